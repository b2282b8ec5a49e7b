use std::collections::{BTreeMap, BTreeSet};

use jwtrail_event::{Kind, ReadError, Record, SecretToken, Violation};

use crate::leak::{Leak, find_leaks};

/// Asserts that captured events comply; for more than the events, see [`AuditCompliance`].
///
/// ```
/// use jwtrail_testkit::assert_audit_compliance;
///
/// assert!(assert_audit_compliance(b"", &[], 0).is_empty());
/// ```
///
/// # Panics
/// When they don't, naming every breach.
#[track_caller]
pub fn assert_audit_compliance<'a>(
    events: &'a [u8],
    tokens_sent: &[SecretToken],
    decisions: usize,
) -> Vec<Record<'a>> {
    AuditCompliance::of(events)
        .tokens_sent(tokens_sent)
        .decisions(decisions)
        .assert()
}

/// What the audit trail of a test must be.
///
/// Every line is a record that breaks no rule of the schema and holds no raw control
/// character; the numbers of each boot go from 0 without a gap; a request has one
/// decision at most; and no token that was sent is found in any byte given.
///
/// ```
/// use jwtrail_testkit::AuditCompliance;
///
/// let breaches = AuditCompliance::of(b"{\"not\":\"a record\"}\n")
///     .also_written(b"GET / 200")
///     .decisions(0)
///     .check()
///     .unwrap_err();
/// assert!(breaches[0].to_string().starts_with("line 1 is not a record"));
/// ```
#[derive(Clone, Debug)]
#[must_use = "`assert` or `check` looks at it"]
pub struct AuditCompliance<'a> {
    events: &'a [u8],
    elsewhere: Vec<&'a [u8]>,
    tokens: Vec<SecretToken>,
    decisions: Option<usize>,
}

impl<'a> AuditCompliance<'a> {
    /// The events, as the sink wrote them.
    pub fn of(events: &'a [u8]) -> Self {
        Self {
            events,
            elsewhere: Vec::new(),
            tokens: Vec::new(),
            decisions: None,
        }
    }

    /// Bytes that were written elsewhere: logs, bodies, response headers, metrics. They are
    /// searched for tokens only.
    pub fn also_written(mut self, bytes: &'a [u8]) -> Self {
        self.elsewhere.push(bytes);
        self
    }

    /// Tokens that were sent: none of them may be found.
    pub fn tokens_sent(mut self, tokens: &[SecretToken]) -> Self {
        self.tokens.extend_from_slice(tokens);
        self
    }

    /// How many decisions there must be.
    pub fn decisions(mut self, count: usize) -> Self {
        self.decisions = Some(count);
        self
    }

    /// The records, or everything that is wrong.
    ///
    /// # Errors
    /// Every breach, at least one.
    pub fn check(&self) -> Result<Vec<Record<'a>>, Vec<Breach>> {
        let mut breaches = Vec::new();
        let records = self.read(&mut breaches);
        self.check_numbers(&records, &mut breaches);
        self.check_decisions(&records, &mut breaches);
        for written in std::iter::once(&self.events).chain(&self.elsewhere) {
            let leaks = find_leaks(written, &self.tokens).into_iter();
            breaches.extend(leaks.map(Breach::Leaked));
        }
        if breaches.is_empty() {
            Ok(records)
        } else {
            Err(breaches)
        }
    }

    /// The records.
    ///
    /// # Panics
    /// When something is wrong, naming all of it.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is an assertion for tests")]
    pub fn assert(&self) -> Vec<Record<'a>> {
        match self.check() {
            Ok(records) => records,
            Err(breaches) => {
                let list: Vec<String> = breaches.iter().map(ToString::to_string).collect();
                panic!("the audit trail does not comply:\n- {}", list.join("\n- "))
            }
        }
    }

    fn read(&self, breaches: &mut Vec<Breach>) -> Vec<Record<'a>> {
        let mut records = Vec::new();
        if !self.events.is_empty() && !self.events.ends_with(b"\n") {
            breaches.push(Breach::CutShort);
        }
        let body = self.events.strip_suffix(b"\n").unwrap_or(self.events);
        let lines = body.split(|byte| *byte == b'\n');
        for (index, text) in lines.enumerate().filter(|_| !body.is_empty()) {
            let line = index + 1;
            if has_raw_control(text) {
                breaches.push(Breach::RawControl { line });
            }
            match Record::read(text) {
                Ok(record) => {
                    let violations = record.violations().into_iter();
                    breaches
                        .extend(violations.map(|violation| Breach::Violation { line, violation }));
                    records.push(record);
                }
                Err(error) => breaches.push(Breach::NotARecord { line, error }),
            }
        }
        records
    }

    fn check_numbers(&self, records: &[Record<'_>], breaches: &mut Vec<Breach>) {
        let mut boots: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
        for record in records {
            let boot = record.boot_id.as_str();
            if !boots.entry(boot).or_default().insert(record.seq) {
                breaches.push(Breach::NumberTwice {
                    boot_id: boot.to_owned(),
                    seq: record.seq,
                });
            }
        }
        for (boot, numbers) in boots {
            let gap = (0..).zip(&numbers).find(|(expected, seq)| expected != *seq);
            if let Some((missing, _)) = gap {
                breaches.push(Breach::Gap {
                    boot_id: boot.to_owned(),
                    missing,
                });
            }
        }
    }

    fn check_decisions(&self, records: &[Record<'_>], breaches: &mut Vec<Breach>) {
        let mut seen = BTreeSet::new();
        let decisions = records
            .iter()
            .filter(|record| record.kind == Kind::Decision);
        for decision in decisions.clone() {
            // A caller may ask twice under one id; each request has a span of its own.
            let id = decision.correlation_id.as_str();
            if !seen.insert((id, decision.span_id)) {
                breaches.push(Breach::DecidedTwice {
                    correlation_id: id.to_owned(),
                });
            }
        }
        let found = decisions.count();
        if let Some(expected) = self.decisions.filter(|expected| *expected != found) {
            breaches.push(Breach::Decisions { expected, found });
        }
    }
}

/// One way in which an audit trail does not comply.
///
/// ```
/// use jwtrail_testkit::{AuditCompliance, Breach};
///
/// let breaches = AuditCompliance::of(b"").decisions(1).check().unwrap_err();
/// assert_eq!(breaches, [Breach::Decisions { expected: 1, found: 0 }]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Breach {
    /// A line cannot be read.
    #[error("line {line} is not a record: {error}")]
    NotARecord {
        /// The line, from 1.
        line: usize,
        /// Why.
        error: ReadError,
    },
    /// The last line has no end.
    #[error("the last line has no newline at its end")]
    CutShort,
    /// A control character, or a separator of lines, stands in a line as it is.
    #[error("line {line} holds a raw control character")]
    RawControl {
        /// The line, from 1.
        line: usize,
    },
    /// A record breaks a rule of the schema.
    #[error("line {line}: {violation}")]
    Violation {
        /// The line, from 1.
        line: usize,
        /// The rule.
        violation: Violation,
    },
    /// A boot left a number out.
    #[error("boot {boot_id} has no record {missing}, but later ones")]
    Gap {
        /// The boot.
        boot_id: String,
        /// The first number that is missing.
        missing: u64,
    },
    /// A boot gave a number twice.
    #[error("boot {boot_id} has record {seq} twice")]
    NumberTwice {
        /// The boot.
        boot_id: String,
        /// The number.
        seq: u64,
    },
    /// A request, which is a correlation id and a span, was decided twice.
    #[error("two decisions for one request of correlation id `{correlation_id}`")]
    DecidedTwice {
        /// The request.
        correlation_id: String,
    },
    /// There are more or fewer decisions than requests.
    #[error("{found} decisions, {expected} were expected")]
    Decisions {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A token was written.
    #[error("{0}")]
    Leaked(Leak),
}

fn has_raw_control(line: &[u8]) -> bool {
    let separators = |c: char| matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}');
    match std::str::from_utf8(line) {
        Ok(text) => text.chars().any(|c| c.is_control() || separators(c)),
        Err(_) => true,
    }
}
