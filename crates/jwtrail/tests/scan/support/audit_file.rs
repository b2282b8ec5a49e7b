use std::path::Path;
use std::sync::Arc;

use jwtrail_actix::SystemClock;
use jwtrail_scan::LogSource;
use jwtrail_scan::sources::LogFile;

/// A service's log file, followed from where it stands.
pub(crate) fn followed(path: &Path) -> Option<Box<dyn LogSource>> {
    Some(Box::new(
        LogFile::open(path, Arc::new(SystemClock)).unwrap(),
    ))
}
