use jwtrail_event::EventName;

use super::draft::Draft;
use super::queue::{Queue, Stamp, Waiting};
use super::random::Random;
use super::{DAY, Mix, Settings};

/// What every actor sees and writes to.
#[derive(Debug)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) start: i64,
    pub(super) end: i64,
    /// From here on everybody is granted a new scope.
    pub(super) release: i64,
    pub(super) heartbeat: u32,
    pub(super) mix: Mix,
    pub(super) random: Random,
    offices: u64,
    /// Drafts that wait for the moment in which they happen.
    pub(super) planned: Queue,
    /// When the last of them happens, signs of life apart.
    pub(super) last: i64,
    numbers: u64,
}

impl World {
    pub(super) fn new(settings: &Settings) -> Self {
        let start = settings.start.as_micros();
        let length = i64::from(settings.days) * DAY;
        let workers = u64::from(settings.subjects) * u64::from(settings.mix.office) / 1_000;
        Self {
            seed: settings.seed,
            start,
            end: start + length,
            release: start + length * 7 / 10,
            heartbeat: settings.heartbeat,
            mix: settings.mix,
            random: Random::new(settings.seed),
            offices: (workers / PEOPLE_IN_AN_OFFICE).max(1),
            planned: Queue::default(),
            last: start + length,
            numbers: 0,
        }
    }

    pub(super) fn push(&mut self, draft: Draft) {
        if draft.event != EventName::Heartbeat {
            self.last = self.last.max(draft.time);
        }
        let stamp = Stamp::default();
        self.planned.push(draft.time, Waiting { draft, stamp });
    }

    /// A number that was not given before; never 0.
    pub(super) const fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(super) const fn office_of(&self, person: u32) -> u64 {
        person as u64 % self.offices
    }
}

const PEOPLE_IN_AN_OFFICE: u64 = 300;
