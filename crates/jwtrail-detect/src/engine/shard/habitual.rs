use super::{Again, Shard, Shared, To};
use crate::engine::changes::{Cause, Moment};
use crate::engine::digest::Touch;
use crate::engine::entry::{Entry, Item};
use crate::engine::habits::{Bond, Count, Habit, Stand, Tie};
use crate::engine::lane::Context;
use crate::engine::names::Names;
use crate::engine::table::Row;

/// An event that is of a habit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habitual {
    /// The event's number.
    pub(super) event: u64,
    /// By what the caller knows it.
    pub(super) index: usize,
    pub(super) entry: Entry,
    pub(super) trace: u64,
}

impl Shard {
    /// Keeps an event with its habit, and judges it where it is not kept.
    pub(super) fn keep(
        &mut self,
        shared: Shared<'_>,
        signature: u128,
        one: &Habitual,
        touches: &[Touch],
        again: Again<'_>,
    ) {
        let watermark = self.time.watermark();
        let habit = match self.habits.find(signature) {
            Some(habit) => habit,
            None => {
                let habit = if touches.is_empty() {
                    let mut touches = Vec::new();
                    again(one.index, &mut |record, _| {
                        touches = shared.router.touches_of_habit(record);
                    });
                    self.habit(shared, &touches)
                } else {
                    self.habit(shared, touches)
                };
                self.habits.add(signature, habit, watermark)
            }
        };
        // What is behind a watermark comes after what it would have to come before.
        let in_time = one.entry.time > watermark && self.time.keeps_up(one.entry.writer());
        let Some(known) = self.habits.get_mut(habit) else {
            return;
        };
        let pattern = known.pattern;
        let whole = known.is_whole();
        let parting = match (in_time, known.has_room()) {
            (true, true) => Vec::new(),
            (true, false) => known.full(),
            (false, _) => known.kept(),
        };
        if whole && parting.is_empty() {
            known.see(one.entry, one.trace);
            self.habits.patterns.count(pattern);
            return;
        }
        known.last = known.last.max(one.entry.time);
        self.habits.patterns.count(pattern);
        self.bring_out(shared.names, &parting);
        if in_time {
            self.tie(shared, one, habit);
        }
        if let Some(known) = self.habits.get_mut(habit) {
            known.see(one.entry, one.trace);
        }
        self.judge_others(shared, one, habit, again);
    }

    /// What the events of a habit are to the rules of this shard, by the first of them.
    fn habit(&mut self, shared: Shared<'_>, touches: &[Touch]) -> Habit {
        let (mut ties, mut counts) = (Vec::new(), Vec::new());
        for touch in touches {
            let Some(touched) = &touch.what else {
                let first = shared.router.lanes_of(touch.rule).start;
                counts.extend(shared.place(first).map(|place| count(place, true)));
                continue;
            };
            let Some(place) = shared.place(touched.lane) else {
                continue;
            };
            if touch.first {
                counts.push(count(place, false));
            }
            ties.push(Tie {
                bond: Bond {
                    lane: number(place),
                    hash: touched.hash,
                },
                rule: number(touch.rule),
                class: u8::try_from(touched.class).unwrap_or(u8::MAX),
                stand: Stand::Unknown,
                facts: touched.facts.with_trace(0),
            });
        }
        Habit::new(ties, self.habits.patterns.number(counts))
    }

    /// Has the habit keep, from this event on, what is of keys that are not known otherwise.
    fn tie(&mut self, shared: Shared<'_>, one: &Habitual, habit: Row) {
        let mut at = 0;
        while let Some(tie) = self.habits.get(habit).and_then(|h| h.ties().get(at)) {
            let place = tie.bond.lane as usize;
            let lane = self.lanes.get(place);
            let unknown = match tie.stand {
                Stand::Kept(_) => false,
                Stand::Unknown => true,
                Stand::Judged => lane.is_some_and(|lane| !lane.has(tie.bond.hash)),
            };
            if unknown {
                let tie = tie.clone();
                self.changes.at(Moment {
                    event: one.event,
                    cause: Cause::Event,
                    rule: tie.rule as usize,
                    due: 0,
                    key: tie.bond.hash,
                });
                let context = Context {
                    time: &self.time,
                    names: shared.names,
                };
                let stand = self.lanes.get_mut(place).map(|lane| {
                    let (habits, changes) = (&mut self.habits, &mut self.changes);
                    lane.keep(context, habits, habit, &tie, &one.entry, changes)
                });
                if let (Some(stand), Some(habit)) = (stand, self.habits.get_mut(habit)) {
                    habit.set(at, stand);
                }
                self.heed(place);
            }
            at += 1;
        }
    }

    /// Judges an event of a habit for the keys that it keeps nothing for.
    fn judge_others(&mut self, shared: Shared<'_>, one: &Habitual, habit: Row, again: Again<'_>) {
        let mut at = 0;
        while let Some(tie) = self.habits.get(habit).and_then(|h| h.ties().get(at)) {
            if !matches!(tie.stand, Stand::Kept(_)) {
                let to = To {
                    event: one.event,
                    place: tie.bond.lane as usize,
                    rule: tie.rule as usize,
                    class: usize::from(tie.class),
                    hash: tie.bond.hash,
                };
                let item = Item {
                    entry: one.entry,
                    facts: tie.facts.with_trace(one.trace),
                };
                self.judge(shared, &to, item, one.index, again);
            }
            at += 1;
        }
    }

    /// Has keys judged event by event from now on.
    fn bring_out(&mut self, names: &Names, keys: &[Bond]) {
        for bond in keys {
            let place = bond.lane as usize;
            let context = Context {
                time: &self.time,
                names,
            };
            if let Some(lane) = self.lanes.get_mut(place) {
                lane.bring_out_key(context, &mut self.habits, bond.hash);
            }
            self.heed(place);
        }
    }

    /// The same for all keys.
    pub(in crate::engine) fn bring_all_out(&mut self, names: &Names) {
        let context = Context {
            time: &self.time,
            names,
        };
        for lane in &mut self.lanes {
            lane.bring_all_out(context, &mut self.habits);
        }
    }

    /// Counts for each rule what was counted for its patterns.
    pub(super) fn tell_patterns(&mut self) {
        let lanes = &mut self.lanes;
        self.habits.patterns.drain(|count, events| {
            if let Some(lane) = lanes.get_mut(count.lane as usize) {
                lane.count_more(events, count.keyless);
            }
        });
    }
}

fn count(place: usize, keyless: bool) -> Count {
    Count {
        lane: number(place),
        keyless,
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
