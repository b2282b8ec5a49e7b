use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use jwtrail_actix::SystemClock;

use super::serve::{DEFAULT_DATA, refusal};
use crate::config;
use crate::failure::Failure;
use crate::output;

/// Erase a subject from the data of a monitor that does not run
///
/// Writes the data anew without the subject, so that nothing of it is left on the disk. Events stay
/// as shells that say of nobody; alerts about the subject are gone, and so is what rules remember of
/// everybody: the next start makes it again of the log. An event says that it was done, and not to
/// whom. It needs as much room as the data has.
///
/// Exit codes: 0 erased, or there was nothing; 2 there is no data, or a quarantine names the
/// subject; 4 the monitor runs, or the data cannot be used.
#[derive(Debug, Args)]
pub(crate) struct Erase {
    /// The subject, as events name it: also a pseudonym; may be given several times
    #[arg(long = "sub", value_name = "SUBJECT", required = true)]
    subjects: Vec<String>,
    /// The configuration of the monitor
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The directory that holds everything the monitor keeps [default: jwtrail-data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Erase {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let configured = config::load(self.config.as_deref())?.serve.data;
        let data = self.data.or(configured);
        let data = data.unwrap_or_else(|| DEFAULT_DATA.into());
        let erased = jwtrail_monitor::erase(&data, &self.subjects, Arc::new(SystemClock))
            .map_err(|error| refusal::of(&error))?;
        output::print(&format!("erased: {erased}\n"))
    }
}
