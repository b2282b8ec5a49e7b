use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jwtrail_event::{EventName, Record, Timestamp};

use super::attack::{Attack, Plan, Strength};
use super::background::{self, first_deploy};
use super::catalogue::{MONITOR, NOTHING, ORDERS};
use super::cause::{Cause, Honest};
use super::draft::{At, Detail, Draft};
use super::fleet::{Fleet, Written};
use super::machines::Machine;
use super::people::Person;
use super::queue::{Queue, Stamp, Waiting};
use super::random::mix;
use super::render::Texts;
use super::session::refresh;
use super::truth::Injection;
use super::world::World;
use super::{DAY, HOUR, Lateness, MILLISECOND, MINUTE, SECOND, Settings};

/// Traffic, record by record, as a monitor would get it.
///
/// It is no iterator: a record borrows the texts that the next one writes over.
#[derive(Debug)]
pub struct Generator {
    world: World,
    fleet: Fleet,
    people: Vec<Person>,
    machines: Vec<Machine>,
    attacks: Vec<(Attack, Strength)>,
    truth: Vec<Injection>,
    actors: BinaryHeap<Reverse<(i64, Actor)>>,
    /// Records that were written and have not arrived.
    under_way: Queue,
    lateness: Lateness,
    behind: Option<u8>,
    texts: Texts,
    current: Waiting,
    handed_out: u64,
}

/// A record, and how it arrived.
#[derive(Debug)]
#[non_exhaustive]
pub struct Arrival<'a> {
    /// The record.
    pub record: Record<'a>,
    /// When it arrived: never before the one handed out last.
    pub received_at: Timestamp,
    /// Who delivered it.
    pub producer: &'a str,
    /// What it is part of.
    pub cause: Cause,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Actor {
    Instance(u8),
    KeySets,
    Deploy,
    Attack(u16),
    Scanner,
    Machine(u32),
    Person(u32),
}

impl Generator {
    /// A generator at its start.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let mut world = World::new(settings);
        let fleet = Fleet::new(settings);
        let people = (0..settings.subjects).map(|n| Person::new(n, &settings.mix, settings.seed));
        let machines = 4 + settings.subjects / 1_000;
        let pace = settings.mix.machine_requests;
        let machines = (0..machines).map(|n| Machine::new(n, pace));
        let planned = planned(settings, &mut world);
        let behind = settings.lateness.backlog_seconds > 0;
        let mut generator = Self {
            people: people.collect(),
            machines: machines.collect(),
            attacks: planned.iter().map(|(_, attack, _)| *attack).collect(),
            truth: planned.iter().map(|(.., truth)| truth.clone()).collect(),
            actors: BinaryHeap::new(),
            under_way: Queue::default(),
            lateness: settings.lateness,
            behind: behind.then(|| fleet.last_of(ORDERS)),
            texts: Texts::default(),
            current: Waiting {
                draft: Draft::new(
                    0,
                    EventName::Heartbeat,
                    NOTHING,
                    Cause::Honest(Honest::Operations),
                ),
                stamp: Stamp::default(),
            },
            handed_out: 0,
            world,
            fleet,
        };
        generator.break_integrations(settings.mix.broken_integrations);
        generator.wake_all();
        for (number, (time, ..)) in (0..).zip(&planned) {
            generator.wake(*time, Actor::Attack(number));
        }
        generator
    }

    /// The next record in order of arrival.
    #[expect(
        clippy::should_implement_trait,
        reason = "the record borrows from the generator"
    )]
    pub fn next(&mut self) -> Option<Arrival<'_>> {
        let received_at = loop {
            let planned = self.world.planned.due();
            let actor = self.actors.peek().map_or(i64::MAX, |Reverse((at, _))| *at);
            let written = self.under_way.due();
            if written <= planned.min(actor) {
                let (at, waiting) = self.under_way.pop()?;
                self.current = waiting;
                break at;
            } else if planned <= actor {
                self.write();
            } else {
                self.act();
            }
        };
        self.handed_out += 1;
        let received_at = Timestamp::from_micros(received_at);
        self.texts.write(&self.current, self.world.seed);
        let cause = self.current.draft.cause;
        let record = self.texts.record(&self.current, &self.fleet);
        if let Cause::Injection(number) = cause
            && let Some(injection) = self.truth.get_mut(usize::from(number))
        {
            injection.note(self.current.draft.part, &record, received_at);
        }
        let producer = self.fleet.get(self.current.stamp.instance);
        Some(Arrival {
            record,
            received_at,
            producer: producer.map_or("", |instance| instance.producer.as_str()),
            cause,
        })
    }

    /// What was mixed in: complete when [`Generator::next`] has given nothing.
    #[must_use]
    pub fn truth(&self) -> &[Injection] {
        &self.truth
    }

    /// How many records were handed out.
    #[must_use]
    pub const fn handed_out(&self) -> u64 {
        self.handed_out
    }

    /// Hands out all records, and says how many there were.
    #[must_use]
    pub fn records(mut self) -> u64 {
        while self.next().is_some() {}
        self.handed_out
    }

    /// How many records wait, written or not.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.world.planned.len() + self.under_way.len()
    }

    fn wake(&mut self, at: i64, actor: Actor) {
        if at < i64::MAX {
            self.actors.push(Reverse((at, actor)));
        }
    }

    fn wake_all(&mut self) {
        let start = self.world.start;
        for number in 0..self.fleet.len() {
            let at = start + i64::from(number) * 1_300 * MILLISECOND;
            self.wake(at, Actor::Instance(number));
        }
        self.wake(start + 5 * MINUTE, Actor::KeySets);
        self.wake(first_deploy(start), Actor::Deploy);
        self.wake(start + MINUTE, Actor::Scanner);
        for (number, _) in (0..).zip(&self.machines) {
            let at = start + self.world.random.between(0, HOUR);
            self.actors.push(Reverse((at, Actor::Machine(number))));
        }
        for (number, person) in (0..).zip(&self.people) {
            let at = person.arrives(&mut self.world);
            self.actors.push(Reverse((at, Actor::Person(number))));
        }
    }

    /// From the middle of the time on, the last machines but the heavy ones.
    fn break_integrations(&mut self, count: u32) {
        let (start, end) = (self.world.start, self.world.end);
        let steady = self.machines.iter_mut().rev();
        for (index, machine) in (0..i64::from(count)).zip(steady.filter(|m| m.is_light())) {
            let from = start + (end - start) * (45 + 20 * index.min(2)) / 100;
            machine.breaks(from, from + 3 * DAY);
        }
    }

    /// Lets the actor whose time has come act.
    fn act(&mut self) {
        let Some(Reverse((now, actor))) = self.actors.pop() else {
            return;
        };
        let world = &mut self.world;
        let next = match actor {
            Actor::Person(number) => self
                .people
                .get_mut(number as usize)
                .map_or(i64::MAX, |person| person.step(now, world)),
            Actor::Machine(number) => self
                .machines
                .get_mut(number as usize)
                .map_or(i64::MAX, |machine| machine.step(now, world)),
            Actor::Instance(number) => background::heartbeat(number, now, &self.fleet, world),
            Actor::KeySets => background::key_sets(now, &self.fleet, world),
            Actor::Scanner => background::scan(now, world),
            Actor::Deploy => self.deploy(now),
            Actor::Attack(number) => {
                self.attack(number, now);
                i64::MAX
            }
        };
        if next < self.ends(actor) {
            self.wake(next, actor);
        }
    }

    /// Until when an actor acts. Instances live as long as anything is written or still comes: a
    /// trail that stopped a while before the last record would be one with a hole.
    fn ends(&self, actor: Actor) -> i64 {
        let last = self.world.last;
        match actor {
            Actor::Instance(number) if self.behind.is_some_and(|behind| behind != number) => {
                last + i64::from(self.lateness.backlog_seconds) * SECOND
            }
            Actor::Instance(_) => last + MINUTE,
            _ => self.world.end,
        }
    }

    /// A service is restarted, and everybody who is there refreshes within two minutes.
    fn deploy(&mut self, now: i64) -> i64 {
        let at = At {
            time: now,
            cause: Cause::Honest(Honest::Operations),
        };
        let detail = Detail::Changed {
            actor: "configuration",
            rule: "signature-guessing",
            target: "changed",
        };
        let mut rules = Draft::system(at, EventName::RulesChanged, NOTHING, detail);
        rules.pinned = Some(self.fleet.last_of(MONITOR));
        self.world.push(rules);
        for person in &mut self.people {
            if person.credential.family != 0 && person.last > now - 12 * HOUR {
                let at = now + 30 * SECOND + self.world.random.between(0, 2 * MINUTE);
                refresh(person, at, Cause::Honest(Honest::Deploy), &mut self.world);
            }
        }
        background::restart(now, &self.fleet, &mut self.world)
    }

    fn attack(&mut self, number: u16, now: i64) {
        let at = usize::from(number);
        let (Some((attack, strength)), Some(truth)) =
            (self.attacks.get(at).copied(), self.truth.get_mut(at))
        else {
            return;
        };
        let age = now - self.world.start;
        let mut plan = Plan {
            world: &mut self.world,
            people: &self.people,
            machines: &self.machines,
            fleet: &self.fleet,
            number,
            strength,
            now,
            wait: 0,
            note: "",
            any: 0,
        };
        attack.plan(&mut plan);
        truth.wait = plan.wait;
        if age < attack.warm_up() * DAY {
            plan.note = "within the rule's warm-up";
        }
        truth.any = plan.any;
        if !plan.note.is_empty() {
            truth.leave_out(plan.note);
        }
    }

    /// Lets an instance write the draft whose time has come.
    fn write(&mut self) {
        let Some((_, Waiting { mut draft, .. })) = self.world.planned.pop() else {
            return;
        };
        match self.fleet.write(&draft) {
            Written::Record(stamp) => {
                let at = draft.time + self.delay(&stamp);
                self.under_way.push(at, Waiting { draft, stamp });
            }
            Written::Later(at) => {
                draft.time = at;
                self.world.push(draft);
            }
            Written::Nothing => {}
        }
    }

    /// How long the record takes to arrive.
    fn delay(&mut self, stamp: &Stamp) -> i64 {
        let random = mix(stamp.number);
        if self.behind == Some(stamp.instance) {
            return i64::from(self.lateness.backlog_seconds) * SECOND;
        }
        let late = random % 1_000 < u64::from(self.lateness.late_per_mille);
        let most = i64::from(self.lateness.at_most_ms) * MILLISECOND;
        let usual = 60 * MILLISECOND;
        if late {
            usual + self.world.random.between(0, most)
        } else {
            usual
        }
    }
}

type Planned = (i64, (Attack, Strength), Injection);

/// The attacks with their times: each somewhere in the later part, when the rules have learned.
fn planned(settings: &Settings, world: &mut World) -> Vec<Planned> {
    let mut planned = Vec::new();
    for copy in 1..=settings.copies {
        for attack in &settings.attacks {
            for strength in attack.strengths() {
                let (from, until) = span(*attack, *strength, world);
                let time = world.random.between(from, until);
                let id = format!("{attack}/{strength}/{copy}");
                let expects = [attack.expects(*strength)];
                let truth = Injection::new(id, attack.as_str(), *strength, &expects);
                planned.push((time, (*attack, *strength), truth));
            }
        }
    }
    planned.truncate(usize::from(u16::MAX / 2));
    planned
}

/// The part of the time in which an attack comes: when its rule has learned what is usual. What
/// no threshold covers comes last where it would be learned, too: else it would hide the others.
fn span(attack: Attack, strength: Strength, world: &World) -> (i64, i64) {
    let length = world.end - world.start;
    let learned = (attack.warm_up() * DAY).min(length * 8 / 10);
    let from = world.start + learned.max(length * 4 / 10);
    // Those that prepare take a day.
    let until = (world.end - DAY - 4 * HOUR).max(from + 1);
    let last = until - (until - from) / 5;
    match (attack.warm_up(), strength.is_over_the_threshold()) {
        (0, _) => (from, until),
        (_, true) => (from, last - (until - from) / 20),
        (_, false) => (last, until),
    }
}
