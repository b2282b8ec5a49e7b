use std::fmt;

use super::Report;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules: Vec<String> = self
            .attacks
            .iter()
            .map(|attack| attack.rules.join(", "))
            .collect();
        let ids = self.attacks.iter().map(|attack| attack.id.as_str());
        let id_width = width("attack", ids);
        let rule_width = width("rules", rules.iter().map(String::as_str));
        writeln!(
            f,
            "{:id_width$}  {:rule_width$}  alerted",
            "attack", "rules"
        )?;
        for (attack, rules) in self.attacks.iter().zip(&rules) {
            let alerted = match attack.seconds_to_alert {
                Some(seconds) if attack.alerted => format!("after {seconds:.1} s"),
                Some(_) | None => "NO".to_owned(),
            };
            writeln!(f, "{:id_width$}  {rules:rule_width$}  {alerted}", attack.id)?;
        }
        writeln!(f)?;
        for alert in &self.unexpected_alerts {
            // The key may hold an attacker's bytes: escaped, it can't write to the terminal.
            let key = alert.key.escape_debug();
            writeln!(f, "unexpected alert {}: {} for {key}", alert.id, alert.rule)?;
        }
        if let Some(seconds) = self.seconds_to_refusal {
            writeln!(
                f,
                "a stolen session was refused {seconds:.3} s after its theft showed"
            )?;
        }
        write!(
            f,
            "{} requests to protected routes, {} decision records, {} lost, {} duplicates, \
             {} unexpected alerts",
            self.requests,
            self.events,
            self.lost,
            self.duplicates,
            self.unexpected_alerts.len()
        )
    }
}

fn width<'a>(heading: &str, texts: impl Iterator<Item = &'a str>) -> usize {
    let longest = texts.map(|text| text.chars().count()).max();
    longest.unwrap_or(0).max(heading.len())
}

#[cfg(test)]
mod tests {
    use crate::{AttackResult, Report, UnexpectedAlert};

    #[test]
    fn the_table_says_what_was_seen_and_what_was_not() {
        let report = Report {
            attacks: vec![
                AttackResult {
                    id: "stolen-session".to_owned(),
                    rules: vec!["family-shared".to_owned()],
                    alerted: true,
                    seconds_to_alert: Some(0.25),
                },
                AttackResult {
                    id: "two".to_owned(),
                    rules: vec!["key-probing".to_owned(), "b".to_owned()],
                    alerted: false,
                    seconds_to_alert: None,
                },
            ],
            unexpected_alerts: vec![UnexpectedAlert {
                id: "9".to_owned(),
                rule: "scope-probing".to_owned(),
                key: "\u{1b}[2Jeve".to_owned(),
            }],
            seconds_to_refusal: Some(0.0875),
            requests: 10,
            events: 9,
            lost: 2,
            duplicates: 1,
        };
        let expected = "\
attack          rules           alerted
stolen-session  family-shared   after 0.2 s
two             key-probing, b  NO

unexpected alert 9: scope-probing for \\u{1b}[2Jeve
a stolen session was refused 0.087 s after its theft showed
10 requests to protected routes, 9 decision records, 2 lost, 1 duplicates, 1 unexpected alerts";
        assert_eq!(report.to_string(), expected);
    }
}
