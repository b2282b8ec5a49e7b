use actix_web::web::{Data, Json};
use jwtrail_detect::{KeyClass, RuleInfo, Severity};
use serde::Serialize;
use serde_json::{Value, json};

use crate::core::Core;

/// The rules, with what each of them holds.
pub(super) async fn handle(core: Data<Core>) -> Json<Value> {
    let stats = core.board.stats();
    let mut rules = Vec::new();
    for rule in &core.rules {
        let held = stats.rules.iter().find(|stats| stats.name == rule.name);
        let keys = held.map_or(0, |stats| stats.keys);
        rules.push(Rule::new(rule, keys, core.board.raised(&rule.name)));
    }
    Json(json!({ "rules": rules }))
}

#[derive(Serialize)]
struct Rule<'a> {
    name: &'a str,
    title: &'a str,
    severity: Severity,
    description: &'a str,
    key_class: KeyClass,
    window_seconds: u64,
    threshold: u64,
    portable: bool,
    keys: usize,
    alerts: u64,
}

impl<'a> Rule<'a> {
    fn new(rule: &'a RuleInfo, keys: usize, alerts: u64) -> Self {
        Self {
            name: &rule.name,
            title: &rule.title,
            severity: rule.severity,
            description: &rule.description,
            key_class: rule.key_class,
            window_seconds: rule.window_seconds,
            threshold: rule.threshold,
            portable: rule.portable,
            keys,
            alerts,
        }
    }
}
