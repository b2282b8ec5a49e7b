use super::Told;

/// What a mail says, and what keeps those of one alert together. Subject and text are single
/// lines and lines of our own making: nothing from outside begins another.
pub(in crate::outbox) struct Letter {
    pub(in crate::outbox) subject: String,
    pub(in crate::outbox) text: String,
    /// Its own name, before the domain.
    pub(in crate::outbox) id: String,
    /// That of the first of the same alert, if this is another.
    pub(in crate::outbox) first: Option<String>,
}

impl Letter {
    /// None for a notice that can't be read.
    pub(in crate::outbox) fn of(notice: &[u8]) -> Option<Self> {
        let told: Told = serde_json::from_slice(notice).ok()?;
        Some(Self::new(&told))
    }

    fn new(told: &Told) -> Self {
        let alert = &told.alert;
        let first = format!("{}.raised", alert.id);
        let (state, id) = match (told.is_over(), told.risen_from()) {
            (true, _) => ("over".to_owned(), format!("{}.resolved", alert.id)),
            (false, Some(before)) => (
                format!("{}, was {before}", alert.severity),
                format!("{first}.{}", alert.severity),
            ),
            (false, None) => (alert.severity.to_string(), first.clone()),
        };
        let subject = format!("[{state}] {}: {}", alert.title, alert.subject());
        Self {
            subject: line(&subject, SUBJECT),
            text: text(told, &state),
            first: (id != first).then_some(first),
            id,
        }
    }
}

fn text(told: &Told, state: &str) -> String {
    let alert = &told.alert;
    let rows = [
        ("State", state.to_owned()),
        (
            "Concerns",
            format!("{} ({})", alert.subject(), alert.key_class),
        ),
        ("Services", alert.services.join(", ")),
        ("Events", alert.count.to_string()),
        ("First", alert.first_time.to_string()),
        ("Last", alert.last_time.to_string()),
        ("Rule", alert.rule.clone()),
        ("Alert", alert.id.clone()),
        ("Event", alert.decisive_event_id.clone()),
    ];
    let mut text = format!("{}\n\n", line(&alert.title, LINE));
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        text.push_str(&format!("{name:<9} {}\n", line(value, LINE)));
    }
    text.push_str(&format!("\n{}\n", line(&alert.description, TEXT)));
    text
}

/// One line of at most so many characters, in which nothing turns the writing round or hides.
fn line(text: &str, most: usize) -> String {
    let mut line = String::with_capacity(text.len().min(most));
    for (at, character) in text.chars().enumerate() {
        if at == most {
            line.push('\u{2026}');
            break;
        }
        let hides = character.is_control()
            || matches!(
                character,
                '\u{200b}'..='\u{200f}'
                    | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}'
                    | '\u{feff}'
            );
        line.push(if hides { ' ' } else { character });
    }
    line
}

/// Characters.
const SUBJECT: usize = 160;
const LINE: usize = 400;
const TEXT: usize = 4_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(notice: &str, severity: &str, name: &str) -> Letter {
        let time = jwtrail_event::Timestamp::from_seconds(0);
        let notice = serde_json::json!({
            "version": 1, "notice": notice,
            "before": (notice != "raised").then_some(serde_json::json!({
                "severity": "informational", "services": [], "raised_at": time,
            })),
            "alert": {
                "id": "00ff", "rule": "r", "title": "A token is forged", "severity": severity,
                "key_class": "subject", "key": { "display": name }, "first_time": time,
                "last_time": time, "raised_at": time, "count": 5, "description": "Once.",
                "services": ["orders-api"], "decisive_event_id": "e",
            },
        });
        Letter::of(notice.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn the_subject_says_how_bad_it_is_what_it_is_and_whom_it_concerns() {
        let raised = letter("raised", "high", "nina");
        assert_eq!(raised.subject, "[high] A token is forged: nina");
        assert_eq!((raised.id.as_str(), raised.first), ("00ff.raised", None));
        let worse = letter("escalated", "high", "nina");
        assert_eq!(
            worse.subject,
            "[high, was informational] A token is forged: nina"
        );
        let first = Some("00ff.raised".to_owned());
        assert_eq!(
            (worse.id.as_str(), &worse.first),
            ("00ff.raised.high", &first)
        );
        let over = letter("resolved", "high", "nina");
        assert_eq!(over.subject, "[over] A token is forged: nina");
        assert_eq!((over.id.as_str(), &over.first), ("00ff.resolved", &first));
    }

    #[test]
    fn what_comes_from_outside_stays_within_its_line() {
        let name = "nina\r\nBcc: eve@evil.example\r\n\r\nAll is well\u{202e}\u{2028}x";
        let letter = letter("raised", "high", name);
        assert!(
            !letter
                .subject
                .contains(['\r', '\n', '\u{202e}', '\u{2028}'])
        );
        let lines: Vec<_> = letter.text.lines().collect();
        assert_eq!(
            lines.iter().filter(|line| line.starts_with("Bcc")).count(),
            0
        );
        assert!(!lines.contains(&"All is well"), "{lines:?}");
        let long = letter_of_length(100_000);
        assert!(long.subject.chars().count() <= SUBJECT + 1);
        assert!(long.text.chars().count() < 2_000);
    }

    fn letter_of_length(length: usize) -> Letter {
        letter("raised", "high", &"n".repeat(length))
    }
}
