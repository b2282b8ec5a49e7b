use super::{Effort, Strength};
use crate::generate::address::Address;
use crate::generate::catalogue::{CHROME, PYTHON};
use crate::generate::cause::Cause;
use crate::generate::draft::{At, Credential, Draft, Part, Source};
use crate::generate::fleet::Fleet;
use crate::generate::machines::Machine;
use crate::generate::names::FIRST_GUESS;
use crate::generate::people::{Person, Persona};
use crate::generate::world::World;
use crate::generate::{DAY, MINUTE, SECOND};

/// An attack's records while they are laid out.
#[derive(Debug)]
pub(in crate::generate) struct Plan<'w> {
    pub(in crate::generate) world: &'w mut World,
    pub(in crate::generate) people: &'w [Person],
    pub(in crate::generate) machines: &'w [Machine],
    pub(in crate::generate) fleet: &'w Fleet,
    pub(in crate::generate) number: u16,
    pub(in crate::generate) strength: Strength,
    /// When it begins.
    pub(in crate::generate) now: i64,
    /// How long the rule waits after the decisive record.
    pub(in crate::generate) wait: i64,
    /// Set where the attack turns out to be beyond what is covered.
    pub(in crate::generate) note: &'static str,
    /// How many of its records decide, whichever; 0 where each that leads is needed.
    pub(in crate::generate) any: u32,
}

impl Plan<'_> {
    /// A moment after the beginning.
    pub(super) const fn after(&self, micros: i64) -> At {
        At {
            time: self.now + micros,
            cause: Cause::Injection(self.number),
        }
    }

    pub(super) fn effort(&self, threshold: u32, window: i64) -> Effort {
        Effort::new(self.strength, threshold, window)
    }

    /// What the decision needs.
    pub(super) fn lead(&mut self, mut draft: Draft) {
        draft.part = Part::Leading;
        self.world.push(draft);
    }

    pub(super) fn decide(&mut self, mut draft: Draft) {
        draft.part = Part::Decisive;
        self.world.push(draft);
    }

    pub(super) fn aside(&mut self, draft: Draft) {
        self.world.push(draft);
    }

    /// Events at equal distances.
    pub(super) fn series(
        &mut self,
        effort: Effort,
        mut draft: impl FnMut(&mut Self, u32, At) -> Draft,
    ) {
        self.any = effort.decisive + 1;
        for index in 0..effort.count {
            let at = self.after(i64::from(index) * effort.gap);
            let mut next = draft(self, index, at);
            next.part = match index.cmp(&effort.decisive) {
                std::cmp::Ordering::Less => Part::Leading,
                std::cmp::Ordering::Equal => Part::Decisive,
                std::cmp::Ordering::Greater => Part::Further,
            };
            self.world.push(next);
        }
    }

    /// Begins with a bucket of five minutes, so that the attack lies in one.
    pub(super) const fn align(&mut self) {
        let bucket = 5 * MINUTE;
        self.now += bucket - self.now.rem_euclid(bucket) + 5 * SECOND;
    }

    /// Where the attacker sits, in one of their networks.
    pub(super) fn attacker(&self, network: u64) -> Source {
        Source::new(Address::attacker(self.number.into(), network), PYTHON | 31)
    }

    /// The same, but where the attack is at the threshold it comes from an office, where
    /// hundreds of honest people are.
    pub(super) fn attacker_in_a_crowd(&self) -> Source {
        if self.strength != Strength::Typical {
            return self.attacker(0);
        }
        Source::new(Address::office(u64::from(self.number) % 3), PYTHON | 31)
    }

    /// Somebody whom the fleet has known for more than two weeks, with a token of their own; not
    /// an administrator, whose usual day looks like some of the attacks.
    pub(super) fn victim(&mut self) -> (Credential, Source) {
        let known = |person: &&Person| {
            person.since < self.now - 14 * DAY - DAY / 2 && person.persona != Persona::Admin
        };
        let count = self.people.iter().filter(known).count();
        let pick = self.world.random.below(count.max(1) as u64) as usize;
        let mut known = self.people.iter().filter(known);
        let person = known.nth(pick).or_else(|| {
            let drawn = self.world.random.below(self.people.len().max(1) as u64);
            self.people.get(drawn as usize)
        });
        let Some(person) = person else {
            return (Credential::default(), Source::default());
        };
        let credential = Credential {
            token: self.world.number(),
            previous: 0,
            family: self.world.number(),
            generation: 1,
            issued: self.now / SECOND - 120,
            lifetime: 7_200,
            ..person.credential
        };
        let home = Address::home(u64::from(person.index));
        (credential, Source::new(home, CHROME | 141))
    }

    /// A heavy machine, with the token it uses.
    pub(super) fn heavy(&mut self) -> (Credential, Source) {
        let heavy: Vec<&Machine> = self
            .machines
            .iter()
            .filter(|machine| machine.is_steady())
            .collect();
        let drawn = self.world.random.below(heavy.len().max(1) as u64) as usize;
        heavy.get(drawn).map_or_else(Default::default, |machine| {
            (machine.credential, machine.source)
        })
    }

    /// A person where the attack is small, a heavy machine where it is typical.
    pub(super) fn someone(&mut self) -> (Credential, Source) {
        if self.strength == Strength::Typical {
            self.heavy()
        } else {
            self.victim()
        }
    }

    /// A token that nobody signed, in a name that may be known.
    pub(super) fn forged(&mut self, who: u32) -> Credential {
        Credential {
            who,
            token: self.world.number(),
            ..Credential::default()
        }
    }

    /// A name that is tried.
    pub(super) const fn guess(&self, index: u32) -> u32 {
        FIRST_GUESS + self.number as u32 * 8_192 + index
    }
}
