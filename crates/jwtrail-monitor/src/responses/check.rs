use std::time::Duration;

use jwtrail_detect::{KeyClass, RuleInfo, RuleSet};

use super::{ResponsePolicy, RuleResponse};
use crate::MonitorError;

impl ResponsePolicy {
    /// Whether these rules can respond as they are to: what no signature vouches for must hold
    /// nobody.
    ///
    /// # Errors
    /// [`MonitorError::Response`] with the first rule that can't.
    pub fn check(&self, known: &RuleSet, max_time: Duration) -> Result<(), MonitorError> {
        for (name, response) in &self.rules {
            check(name, *response, known, max_time)?;
        }
        Ok(())
    }
}

fn check(
    name: &str,
    response: RuleResponse,
    known: &RuleSet,
    most: Duration,
) -> Result<(), MonitorError> {
    let problem = |problem: String| {
        Err(MonitorError::Response {
            rule: name.chars().filter(|c| !c.is_control()).take(64).collect(),
            problem,
        })
    };
    let Some(rule) = known.info(name) else {
        return problem(
            "there is no such rule; write its `name` as it stands in its file".to_owned(),
        );
    };
    if let Err(found) = can_respond(rule) {
        return problem(found);
    }
    if response.max_time.as_secs() == 0 || response.max_time > most {
        return problem(format!(
            "`max` must be 1 second to {}, which `quarantine.max_time` allows; shorten it",
            span(most.as_secs())
        ));
    }
    if response.per_hour == 0 {
        return problem(
            "`per_hour` must be at least 1; to switch the response off, leave the rule out"
                .to_owned(),
        );
    }
    Ok(())
}

/// Whether a rule names a token or a family whose claims a signature vouches for.
fn can_respond(rule: &RuleInfo) -> Result<(), String> {
    let held = |class: &&KeyClass| matches!(class, KeyClass::Token | KeyClass::Family);
    if let Some(other) = rule.key_classes.iter().find(|class| !held(class)) {
        return Err(format!(
            "it fires for each {}, and a rule holds only a token or a family; let it alert",
            other.as_str().replace('_', " ")
        ));
    }
    if rule.trust == jwtrail_event::Trust::None.as_str() {
        return Err(
            "it counts tokens whose signature does not hold, and whoever forges one would hold \
             somebody else's; let it alert"
                .to_owned(),
        );
    }
    Ok(())
}

fn span(seconds: u64) -> String {
    match seconds {
        _ if seconds.is_multiple_of(86_400) => format!("{}d", seconds / 86_400),
        _ if seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
        _ => format!("{seconds}s"),
    }
}
