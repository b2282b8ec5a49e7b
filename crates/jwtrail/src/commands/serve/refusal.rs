use std::path::Path;

use jwtrail_monitor::MonitorError;

use crate::failure::{Failure, Kind};
use crate::rules;

/// A monitor's error as a failure of ours: who has to act decides the exit code.
pub(crate) fn of(error: &MonitorError) -> Failure {
    match error {
        MonitorError::Listen { address, source } => {
            Failure::new(Kind::Machine, format!("cannot listen on {address}"))
                .because(source)
                .remedy(error.remedy().unwrap_or_default())
        }
        MonitorError::Rule(error) => rules::refused(error),
        MonitorError::Exposed { path } => Failure::usage("a file of secrets can be read by others")
            .in_file(path)
            .remedy(format!("run `chmod 600 {}`", path.display())),
        MonitorError::RuleFiles { .. }
        | MonitorError::NoRules { .. }
        | MonitorError::NoSuchRule { .. }
        | MonitorError::RuleSetting(_)
        | MonitorError::Output { .. }
        | MonitorError::PlainHttp { .. }
        | MonitorError::NoData { .. }
        | MonitorError::Held
        | MonitorError::PublicUrl { .. }
        | MonitorError::QuarantinePolicy { .. }
        | MonitorError::Response { .. }
        | MonitorError::Key { .. }
        | MonitorError::Producer { .. } => told(Kind::Usage, error),
        _ => told(Kind::Machine, error),
    }
}

/// The monitor's text, whose remedy follows its last semicolon.
fn told(kind: Kind, error: &MonitorError) -> Failure {
    let text = error.to_string();
    let failure = match text.rsplit_once("; ") {
        Some((what, remedy)) => Failure::new(kind, what).remedy(remedy),
        None => Failure::new(kind, text),
    };
    match error {
        MonitorError::File { path, .. } | MonitorError::Damaged { path, .. } => {
            failure.in_file(Path::new(path))
        }
        _ => failure,
    }
}
