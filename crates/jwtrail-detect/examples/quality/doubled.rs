//! A rule with one of its thresholds doubled, by its text.

use crate::options::RuleFile;

/// A change of one number in a rule's file.
#[derive(Debug)]
pub(crate) struct Doubled {
    /// The rule's name.
    pub(crate) rule: String,
    /// What was changed, as `gte: 5 -> 10`.
    pub(crate) what: String,
    pub(crate) file: RuleFile,
}

/// The file with each of its thresholds doubled, one at a time.
pub(crate) fn doubled((name, text): &RuleFile) -> Vec<Doubled> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((before, number, twice)) = threshold(line) else {
            continue;
        };
        let mut changed: Vec<&str> = lines.clone();
        let fresh = format!("{before}{twice}");
        if let Some(place) = changed.get_mut(at) {
            *place = &fresh;
        }
        found.push(Doubled {
            rule: name.trim_end_matches(".yml").to_owned(),
            what: format!("line {}: {} {number} -> {twice}", at + 1, before.trim()),
            file: (name.clone(), changed.join("\n") + "\n"),
        });
    }
    found
}

/// The parts of a line that says how much it takes.
fn threshold(line: &str) -> Option<(&str, &str, String)> {
    let colon = line.find(": ")?;
    let (before, number) = line.split_at_checked(colon + 2)?;
    let key = before.trim().trim_start_matches("- ").trim_end_matches(':');
    let says = KEYS.contains(&key);
    let number = number.split(" #").next().unwrap_or(number).trim();
    if !says {
        return None;
    }
    // A duration is a number and its unit.
    let unit = number.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = number.strip_suffix(unit)?;
    if !UNITS.contains(&unit) {
        return None;
    }
    let twice = format!("{}{unit}", digits.parse::<u64>().ok()? * 2);
    Some((before, number, twice))
}

/// What a rule says of how much it takes. Windows, memories and ceilings say something else.
const KEYS: [&str; 9] = [
    "threshold",
    "gte",
    "gt",
    "floor",
    "at_least",
    "percent",
    "distinct",
    "turns",
    "within",
];
const UNITS: [&str; 5] = ["", "s", "m", "h", "d"];
