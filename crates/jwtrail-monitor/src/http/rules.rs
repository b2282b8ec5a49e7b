use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use actix_web::web::{self, Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use jwtrail_actix::{AccessToken, Correlation};
use jwtrail_detect::{KeyClass, RuleInfo, Severity};
use jwtrail_event::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::csrf::SameOrigin;
use super::error::ApiError;
use crate::core::Core;
use crate::own_audit::asked_by;
use crate::quarantine::By;
use crate::rules::{Answer, Request, Wish};

/// The rules in force, with what each of them holds, and why others are not, if that was tried.
pub(super) async fn handle(core: Data<Core>) -> Json<Value> {
    let stats = core.board.stats();
    let in_force = core.rules.in_force();
    let mut rules = Vec::new();
    for rule in &in_force.infos {
        let held = stats.rules.iter().find(|stats| stats.name == rule.name);
        let keys = held.map_or(0, |stats| stats.keys);
        rules.push(Rule::new(rule, keys, core.board.raised(&rule.name)));
    }
    let refused = core.rules.refused();
    Json(json!({
        "rules": rules,
        "set": in_force.hash,
        "since": in_force.since,
        "disabled": in_force.disabled,
        "refused": refused.map(|refused| Problem { at: refused.at, problem: refused.problem }),
    }))
}

/// Reads the files again; answered when what they say is in force, or why it is not.
pub(super) async fn reload(
    core: Data<Core>,
    _: SameOrigin,
    request: HttpRequest,
    ids: Correlation,
    token: AccessToken,
) -> Result<HttpResponse, ApiError> {
    let by = asked_by(&request, &ids, token.subject());
    change(&core, by, Wish::Reload).await
}

/// Switches a rule off.
pub(super) async fn disable(
    core: Data<Core>,
    _: SameOrigin,
    request: HttpRequest,
    ids: Correlation,
    token: AccessToken,
    rule: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let by = asked_by(&request, &ids, token.subject());
    let rule = rule.into_inner();
    change(&core, by, Wish::Switch { rule, on: false }).await
}

/// Switches it on again.
pub(super) async fn enable(
    core: Data<Core>,
    _: SameOrigin,
    request: HttpRequest,
    ids: Correlation,
    token: AccessToken,
    rule: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let by = asked_by(&request, &ids, token.subject());
    let rule = rule.into_inner();
    change(&core, by, Wish::Switch { rule, on: true }).await
}

async fn change(core: &Arc<Core>, by: By, wish: Wish) -> Result<HttpResponse, ApiError> {
    let (answer, answered) = sync_channel(1);
    let asked = core.rules.ask(Request {
        by,
        wish,
        answer: Some(answer),
    });
    if !asked {
        return Err(ApiError::TooMany("the rules are being changed", 1));
    }
    let answer = web::block(move || answered.recv_timeout(PATIENCE).ok()).await;
    match answer.map_err(|_| ApiError::Internal)? {
        Some(Answer::Same(set)) => {
            Ok(HttpResponse::Ok().json(json!({ "set": set, "changed": false })))
        }
        Some(Answer::Changed(set)) => {
            Ok(HttpResponse::Ok().json(json!({ "set": set, "changed": true })))
        }
        Some(Answer::Announced(set)) => {
            Ok(HttpResponse::Accepted().json(json!({ "set": set, "changed": true })))
        }
        Some(Answer::Unknown) => Err(ApiError::NotFound("no such rule")),
        Some(Answer::Refused(problem)) => Err(ApiError::Conflict(problem)),
        None => Err(ApiError::Unavailable("the rules can't be changed now")),
    }
}

#[derive(Serialize)]
struct Problem {
    at: Timestamp,
    problem: String,
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

/// Longer than a change takes that goes through the log.
const PATIENCE: Duration = Duration::from_secs(10);
