//! SCP-03: objects of another user are denied.

use jwtrail_event::{Reason, SecretToken};

use crate::check::{About, CheckId, Remedy};
use crate::operations;
use crate::plan::{self, Plan};
use crate::probe::{Probe, Wanted, WantedAnswer, WantedRecord};
use crate::run::Run;
use crate::severity::{Severity, SubGrade};
use crate::token::Said;

pub(crate) const ABOUT: About = About {
    title: "Objects of another user are denied",
    probe: "the second user's token on an object of the first",
    expected: "403 or 404; a record with `policy_denied`",
    why: "whoever counts up the ids reads everybody's data",
    severity: Some(Severity::Critical),
    grade: SubGrade::Enforcement,
    cwe: &[639],
    references: &["OWASP API1:2023", "OWASP ASVS 5.0 8.2.2"],
    remedy: Remedy {
        jwtrail: "look objects up under the token's subject, and deny with `policy_denied`",
        plain: "look objects up under the token's subject, not by id alone",
    },
};

/// The first user's object with the second user's token.
pub(crate) fn plan(run: &Run<'_>) -> Plan {
    let mut plan = Plan::default();
    let (Some(token), Some(object)) = (&run.options.second_token, &run.options.owned_object) else {
        plan.miss(
            "it needs another user's token (--second-token) and an object of the first user \
             (--owned-object \"GET /orders/1\")",
            "all",
        );
        return plan;
    };
    let request = operations::request(object);
    let probe = |variant: &str, title: &str, token: &SecretToken, wanted: Wanted| Probe {
        check: CheckId::Scp03,
        variant: variant.to_owned(),
        title: title.to_owned(),
        operation: run.deep,
        request: request.again().bearer(token),
        wanted,
    };
    let said = Said::read(token);
    plan.probes.push(probe(
        "owner",
        "the owner's token on the owner's object",
        &run.options.token,
        Wanted {
            answer: WantedAnswer::Accepted,
            record: Some(plan::success(&run.said)),
        },
    ));
    plan.probes.push(probe(
        "stranger",
        "another user's token on the owner's object",
        token,
        Wanted {
            answer: WantedAnswer::Denied,
            record: Some(WantedRecord {
                reasons: vec![Reason::PolicyDenied],
                ..plan::success(&said)
            }),
        },
    ));
    plan
}
