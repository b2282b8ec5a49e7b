use std::collections::BTreeSet;

use jwtrail_event::{Record, Timestamp};
use serde::Serialize;

use super::SECOND;
use super::Strength;
use super::attack::Expectation;
use super::draft::Part;
use crate::key::extract;
use crate::{KeyClass, Severity};

/// One attack that was mixed in, and what has to be said of it: a line of the truth.
///
/// ```
/// use jwtrail_detect::generate::{Attack, Generator, Settings};
///
/// let settings = Settings {
///     days: 1,
///     subjects: 20,
///     attacks: vec![Attack::SignatureGuessing],
///     ..Settings::default()
/// };
/// let mut generator = Generator::new(&settings);
/// while generator.next().is_some() {}
/// let truth = generator.truth();
/// assert_eq!(truth[0].id, "signature-guessing/minimal/1");
/// assert!(truth.iter().all(|injection| injection.events > 0));
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Injection {
    /// The attack, its strength, and the how-manieth of them it is.
    pub id: String,
    /// The attack's name.
    pub attack: &'static str,
    /// The attacker's effort.
    pub strength: Strength,
    /// Whether the stated thresholds cover it.
    pub covered: bool,
    /// Where they don't: why.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub note: &'static str,
    /// The alerts that have to come, all of them.
    pub expected: Vec<Expected>,
    /// Its records.
    pub events: u64,
    /// Its first record.
    pub first: Option<Moment>,
    /// The record that decides.
    pub decisive: Option<Moment>,
    /// Its last record.
    pub last: Option<Moment>,
    /// When all that decides has arrived, and the time has passed that the rule waits for.
    pub ready_at: Option<Timestamp>,
    /// Every key that its records have: an alert about one of them in this time is not false.
    #[serde(skip)]
    pub touched: BTreeSet<(KeyClass, String)>,
    #[serde(skip)]
    pub(super) wait: i64,
    #[serde(skip)]
    classes: Vec<Expectation>,
    /// How many of its records decide, whichever; 0 where each that leads is needed.
    #[serde(skip)]
    pub(super) any: u32,
    /// Whether its plan is covered, however late its records come.
    #[serde(skip)]
    planned: bool,
    /// How late the records came that decide: the least and the most, in microseconds.
    #[serde(skip)]
    lateness: Option<(i64, i64)>,
    /// How many came in time of those that decide or would have.
    #[serde(skip)]
    in_time: u32,
}

/// An alert that has to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Expected {
    /// The rule's name.
    pub rule: &'static str,
    /// The class of its key.
    pub key_class: &'static str,
    /// The key, as the alert displays it; empty until the decisive record has been handed out.
    pub key: String,
    /// How severe it has to be at least.
    pub severity: Severity,
}

/// A record, by its time and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Moment {
    /// The record's time.
    pub time: Timestamp,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Its id.
    pub event_id: jwtrail_event::EventId,
}

impl Injection {
    pub(super) fn new(
        id: String,
        attack: &'static str,
        strength: Strength,
        classes: &[Expectation],
    ) -> Self {
        let expected = classes.iter().map(|expectation| Expected {
            rule: expectation.rule,
            key_class: expectation.class,
            key: String::new(),
            severity: expectation.severity,
        });
        Self {
            id,
            attack,
            strength,
            covered: strength.is_over_the_threshold(),
            note: "",
            expected: expected.collect(),
            events: 0,
            first: None,
            decisive: None,
            last: None,
            ready_at: None,
            touched: BTreeSet::new(),
            wait: 0,
            classes: classes.to_vec(),
            any: 0,
            planned: strength.is_over_the_threshold(),
            lateness: None,
            in_time: 0,
        }
    }

    /// Takes note of one of its records.
    pub(super) fn note(&mut self, part: Part, record: &Record<'_>, received_at: Timestamp) {
        let moment = Moment {
            time: record.time,
            received_at,
            event_id: record.event_id,
        };
        self.events += 1;
        if self.first.is_none_or(|first| moment.time < first.time) {
            self.first = Some(moment);
        }
        if self.last.is_none_or(|last| moment.time >= last.time) {
            self.last = Some(moment);
        }
        if part > Part::Aside {
            self.note_lateness(part, received_at.micros_since(record.time));
        }
        if part >= Part::Leading {
            let ready = received_at.plus_micros(self.wait);
            self.ready_at = self.ready_at.max(Some(ready));
        }
        if part == Part::Decisive {
            self.decisive = Some(moment);
            for (expected, expectation) in self.expected.iter_mut().zip(&self.classes) {
                let class = KeyClass::from_name(expectation.class);
                let key = class.and_then(|class| extract(class, record));
                expected.key = key.map(|key| key.to_key().display).unwrap_or_default();
            }
        }
        if self.touched.len() < MOST_TOUCHED {
            for class in KeyClass::ALL {
                if let Some(key) = extract(*class, record) {
                    self.touched.insert((*class, key.to_key().display));
                }
            }
        }
    }

    /// It is beyond what the thresholds cover.
    pub(super) const fn leave_out(&mut self, note: &'static str) {
        self.planned = false;
        self.covered = false;
        self.note = note;
    }

    /// What decides has to come together: records of one moment of which some come an hour later
    /// than the others are judged apart. Where enough of them come in time, the others are not needed.
    fn note_lateness(&mut self, part: Part, late: i64) {
        self.in_time += u32::from(late <= LATENESS + SKEW);
        if part >= Part::Leading {
            let (least, most) = self.lateness.unwrap_or((late, late));
            self.lateness = Some((least.min(late), most.max(late)));
        }
        let (least, most) = self.lateness.unwrap_or_default();
        let enough = self.any > 0 && self.in_time >= self.any;
        if self.planned {
            self.covered = enough || most - least <= LATENESS + SKEW;
            self.note = if self.covered {
                ""
            } else {
                "a part of it came later than the allowed lateness"
            };
        }
    }
}

/// As late an event may come and still be judged with those of its time.
const LATENESS: i64 = 30 * SECOND;
/// By so much the clocks of the fleet may differ.
const SKEW: i64 = 2 * SECOND;
const MOST_TOUCHED: usize = 20_000;
