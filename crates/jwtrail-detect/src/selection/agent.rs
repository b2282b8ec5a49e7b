use jwtrail_event::{Record, Text};

/// What kind of program sent the request: a browser's name without its version, or the first
/// product of the `User-Agent`. A request without one is a kind of its own.
pub(crate) fn agent_family<'r>(record: &'r Record<'_>) -> &'r str {
    let agent = record.user_agent.as_ref().map_or("", Text::as_str);
    match browser(agent).filter(|_| agent.starts_with("Mozilla/")) {
        Some(family) => family,
        None => agent.split(['/', ' ', ';', '(']).next().unwrap_or(agent),
    }
}

/// The most special browser that is named, in one pass.
fn browser(agent: &str) -> Option<&'static str> {
    let mut found = BROWSERS;
    let mut family = None;
    for (at, byte) in agent.bytes().enumerate() {
        if matches!(byte, b'C' | b'E' | b'F' | b'O' | b'S') {
            let rest = agent.as_bytes().get(at..).unwrap_or_default();
            let named = |(mark, _): &(&str, &str)| rest.starts_with(mark.as_bytes());
            if let Some(place) = found.iter().position(named) {
                family = found.get(place).map(|(_, family)| *family);
                found = found.get(..place).unwrap_or_default();
            }
        }
    }
    family
}

/// Most browsers also name those that they want to be taken for: the more special come first.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "edge"),
    ("OPR/", "opera"),
    ("SamsungBrowser/", "samsung"),
    ("Firefox/", "firefox"),
    ("FxiOS/", "firefox"),
    ("CriOS/", "chrome"),
    ("Chrome/", "chrome"),
    ("Safari/", "safari"),
];

#[cfg(test)]
mod tests {
    use jwtrail_event::{EventName, Outcome, Record, Text, Timestamp};

    use super::agent_family;

    #[test]
    fn versions_are_one_family() {
        let family = |agent: &'static str| {
            let time = Timestamp::from_seconds(0);
            let mut record = Record::new(EventName::TokenAccepted, Outcome::Success, time);
            record.user_agent = Some(Text::from(agent));
            agent_family(&record).to_owned()
        };
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/";
        let of = |version: &str| format!("{chrome}{version} Safari/537.36").leak() as &'static str;
        assert_eq!(family(of("120.0.0.0")), family(of("121.0.0.0")));
        let edge = "Mozilla/5.0 (Windows NT 10.0) Chrome/121.0.0.0 Safari/537.36 Edg/121.0";
        assert_eq!(family(edge), "edge");
        assert_eq!(family("curl/8.5.0"), "curl");
        assert_eq!(family("python-requests/2.31"), "python-requests");
        assert_eq!(family(""), "");
    }
}
