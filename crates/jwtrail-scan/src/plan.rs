//! From the forge's catalogue to the probes of a check.

use std::collections::BTreeMap;

use jwtrail_event::{Reason, Trust};
use jwtrail_forge::{Case, Endpoint, Forge, Precondition, Presentation, Unforgeable, catalogue};

use crate::check::CheckId;
use crate::operations::Scanned;
use crate::probe::{Probe, Wanted, WantedAnswer, WantedRecord};
use crate::secrets::Secrets;
use crate::token::Said;

/// What a check sends, and what it cannot.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) probes: Vec<Probe>,
    /// Variants that cannot be tried, by the reason.
    pub(crate) not_verified: BTreeMap<String, Vec<String>>,
}

impl Plan {
    pub(crate) fn miss(&mut self, why: &str, variant: &str) {
        self.not_verified
            .entry(why.to_owned())
            .or_default()
            .push(variant.to_owned());
    }

    /// For people, one line a reason.
    pub(crate) fn missed(&self) -> Vec<String> {
        self.not_verified
            .iter()
            .map(|(why, variants)| match variants.len() {
                0..=3 => format!("{}: {why}", variants.join(", ")),
                n => format!("{n} variants: {why}"),
            })
            .collect()
    }
}

/// What probes are made from.
#[derive(Debug)]
pub(crate) struct Workshop<'a> {
    pub(crate) forge: &'a Forge,
    /// The token at hand.
    pub(crate) said: &'a Said,
    pub(crate) secrets: &'a Secrets,
}

impl Workshop<'_> {
    /// The probes of a check from the catalogue, on one operation.
    pub(crate) fn cases(&self, check: CheckId, number: usize, operation: &Scanned) -> Plan {
        let mut plan = Plan::default();
        for case in catalogue().filter(|case| case.check() == check.as_str()) {
            self.add(case, number, operation, &mut plan);
        }
        plan
    }

    /// One of them.
    pub(crate) fn case(&self, id: &str, number: usize, operation: &Scanned) -> Plan {
        let mut plan = Plan::default();
        if let Some(case) = jwtrail_forge::find(id) {
            self.add(case, number, operation, &mut plan);
        }
        plan
    }

    fn add(&self, case: &'static Case, number: usize, operation: &Scanned, plan: &mut Plan) {
        let (check, variant) = case.id.split_once('/').unwrap_or((case.id, ""));
        let Ok(check) = check.parse::<CheckId>() else {
            return;
        };
        if case.endpoint() != Endpoint::Protected || !self.applies(case, operation) {
            return;
        }
        let forge = match operation.scopes.first() {
            Some(scope) => self.forge.clone().with_scope(scope),
            None => self.forge.clone(),
        };
        let presented = match forge.try_present(case) {
            Ok(presented) => presented,
            Err(hindrance @ (Unforgeable::NeedsKey | Unforgeable::NeedsPublicKey)) => {
                let remedy = match hindrance {
                    Unforgeable::NeedsKey => "give it with --sign-key",
                    _ => "give it with --public-key",
                };
                plan.miss(&format!("{hindrance}; {remedy}"), variant);
                return;
            }
            Err(_) => return,
        };
        for token in presented.tokens() {
            self.secrets.token(token);
        }
        let said = presented
            .tokens()
            .first()
            .map(Said::read)
            .unwrap_or_default();
        plan.probes.push(Probe {
            check,
            variant: variant.to_owned(),
            title: case.title.to_owned(),
            operation: number,
            request: operation.request().presenting(&presented),
            wanted: self.wanted(case, said),
        });
    }

    /// Whether a case means for this service what it says.
    fn applies(&self, case: &Case, operation: &Scanned) -> bool {
        let holds = match case.precondition {
            Precondition::Default => true,
            Precondition::Hmac => self.said.hmac(),
            Precondition::LegacyProfile => !self.said.access_typ(),
            Precondition::ScopeRequired => !operation.scopes.is_empty(),
            _ => false,
        };
        let legacy = case.check() == "CLM-06"
            && !self.said.access_typ()
            && LIKE_GOOD_ONES.contains(&case.id);
        let without_hmac = case.id.ends_with("-without-hmac") && self.said.hmac();
        let by_service = case.presentation == Presentation::FromService;
        holds && !legacy && !without_hmac && !by_service
    }

    fn wanted(&self, case: &Case, said: Said) -> Wanted {
        let expect = &case.expect;
        let answer = match expect.status {
            Some(200) if case.id == "CLM-07/no-jti" => WantedAnswer::Any,
            // The limit is ours: others may have a higher one.
            _ if case.id == "AUT-03/one-byte-too-large" => WantedAnswer::Any,
            Some(200) if case.check() == "LOG-04" => WantedAnswer::Any,
            Some(200) => WantedAnswer::Accepted,
            Some(403) => WantedAnswer::Denied,
            Some(status) => WantedAnswer::Refused(status),
            None => WantedAnswer::Any,
        };
        let reasons = expect
            .reason
            .iter()
            .copied()
            .chain(also_right(case))
            .collect();
        Wanted {
            answer,
            record: Some(WantedRecord {
                reasons,
                trust: expect.trust,
                literal: case.check() != "LOG-04" && said_is_plain(&said),
                said,
            }),
        }
    }
}

/// Reasons that are as right where the service's keys are not those that the case was made for.
fn also_right(case: &Case) -> Vec<Reason> {
    match case.check() {
        // Where keys are fetched, any algorithm that they may be for is allowed.
        "SIG-03" if case.id == "SIG-03/not-configured" => {
            vec![Reason::UnknownKey, Reason::BadSignature]
        }
        // Where the service has no key for the stranger's algorithm, or none of that name.
        "KEY-01" | "KEY-02" => vec![Reason::AlgorithmNotAllowed],
        // Signed by a stranger where we have no key to sign with.
        "KEY-03" | "KEY-04" => vec![Reason::BadSignature, Reason::AlgorithmNotAllowed],
        "SIG-05" | "SIG-06" => vec![
            Reason::AlgorithmNotAllowed,
            Reason::BadSignature,
            Reason::UnknownKey,
        ],
        "CLM-04" | "CLM-05" | "CLM-07" | "CLM-03" => Vec::new(),
        _ => Vec::new(),
    }
}

fn said_is_plain(said: &Said) -> bool {
    [&said.jti, &said.sub, &said.scope]
        .into_iter()
        .flatten()
        .all(|text| text.len() <= 128 && text.chars().all(|c| c.is_ascii_graphic() || c == ' '))
}

/// Tokens of CLM-06 that look like the good ones of a service whose access tokens have no `typ`
/// of their own.
const LIKE_GOOD_ONES: [&str; 5] = [
    "CLM-06/id-token",
    "CLM-06/plain-jwt",
    "CLM-06/no-typ",
    "CLM-06/typ-number",
    "CLM-06/expired-id-token",
];

/// A success of the token at hand.
pub(crate) fn success(said: &Said) -> WantedRecord {
    WantedRecord {
        reasons: Vec::new(),
        trust: Trust::Verified,
        said: said.clone(),
        literal: true,
    }
}
