mod table;
mod tally;

use serde::Serialize;

pub(crate) use tally::Tally;

/// What came of the attack programme: whether every attack was seen, nothing else was taken for
/// one, and no request went without its record.
///
/// Its `Display` is a table for people; [`to_json`](Self::to_json) is the stable form.
///
/// ```
/// use jwtrail_demo::Report;
/// let report = Report::default();
/// assert!(!report.passed(), "a run without attacks proves nothing");
/// assert!(report.to_json().starts_with(b"{"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The attacks, in the order of the programme.
    pub attacks: Vec<AttackResult>,
    /// Alerts of this run that belong to no attack.
    pub unexpected_alerts: Vec<UnexpectedAlert>,
    /// Seconds from the event that shows a token to be stolen to the refusal of the next request
    /// with it. The demo's own monitor holds such tokens by itself; of another one it is not asked.
    pub seconds_to_refusal: Option<f64>,
    /// Requests sent to protected routes, counted by the clients.
    pub requests: u64,
    /// Decision records that the monitor holds of those requests.
    pub events: u64,
    /// Requests without a record.
    pub lost: u64,
    /// Records beyond the first of a request.
    pub duplicates: u64,
}

/// What came of one attack.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AttackResult {
    /// The attack.
    pub id: String,
    /// The rules that must fire for it.
    pub rules: Vec<String>,
    /// Whether each of them fired, for the attack's own key.
    pub alerted: bool,
    /// Seconds from the attack's first request until the monitor showed the last of its alerts.
    pub seconds_to_alert: Option<f64>,
}

/// An alert that belongs to no attack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnexpectedAlert {
    /// The alert's id at the monitor.
    pub id: String,
    /// The rule.
    pub rule: String,
    /// The key, as the monitor shows it.
    pub key: String,
}

impl Report {
    /// Whether all attacks alerted, nothing unexpected came, and every request has exactly one
    /// record.
    #[must_use]
    pub fn passed(&self) -> bool {
        !self.attacks.is_empty()
            && self.attacks.iter().all(|attack| attack.alerted)
            && self.unexpected_alerts.is_empty()
            && self.events == self.requests
            && self.lost == 0
            && self.duplicates == 0
    }

    /// The report as JSON, a newline at the end.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut json = Vec::new();
        // Strings and finite numbers into memory: nothing that could fail.
        if serde_json::to_writer_pretty(&mut json, self).is_ok() {
            json.push(b'\n');
        }
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shortcoming_fails_the_report() {
        assert!(good().passed());
        let spoilt: [fn(&mut Report); 6] = [
            |report| report.attacks.clear(),
            |report| report.attacks[0].alerted = false,
            |report| {
                report.unexpected_alerts.push(UnexpectedAlert {
                    id: "1".to_owned(),
                    rule: "key-probing".to_owned(),
                    key: "192.0.2.1".to_owned(),
                });
            },
            |report| report.events = 9,
            |report| report.lost = 1,
            |report| report.duplicates = 1,
        ];
        for spoil in spoilt {
            let mut report = good();
            spoil(&mut report);
            assert!(!report.passed(), "{report:?}");
        }
    }

    #[test]
    fn the_json_has_the_documented_members() {
        let json: serde_json::Value = serde_json::from_slice(&good().to_json()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "attacks": [{
                    "id": "stolen-session",
                    "rules": ["family-shared"],
                    "alerted": true,
                    "seconds_to_alert": 0.25,
                }],
                "unexpected_alerts": [],
                "seconds_to_refusal": 0.125,
                "requests": 10,
                "events": 10,
                "lost": 0,
                "duplicates": 0,
            })
        );
    }

    fn good() -> Report {
        Report {
            attacks: vec![AttackResult {
                id: "stolen-session".to_owned(),
                rules: vec!["family-shared".to_owned()],
                alerted: true,
                seconds_to_alert: Some(0.25),
            }],
            unexpected_alerts: Vec::new(),
            seconds_to_refusal: Some(0.125),
            requests: 10,
            events: 10,
            lost: 0,
            duplicates: 0,
        }
    }
}
