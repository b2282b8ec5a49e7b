use super::{Again, Shard, Shared, To};
use crate::engine::changes::{Cause, Moment};
use crate::engine::digest::Touch;
use crate::engine::entry::{Entry, Item};
use crate::engine::habits::{Bond, Forming, Habit, Room, Stand};
use crate::engine::lane::Context;
use crate::engine::names::Names;
use crate::engine::table::Row;

/// An event that is of a habit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habitual<'e> {
    /// The event's number.
    pub(super) event: u64,
    /// By what the caller knows it.
    pub(super) index: usize,
    pub(super) entry: &'e Entry,
    /// Where the habit most likely is.
    pub(super) guess: Option<Row>,
    pub(super) trace: u64,
}

impl Shard {
    /// Keeps an event with its habit, and judges it where it is not kept.
    pub(super) fn keep(
        &mut self,
        shared: Shared<'_>,
        signature: u128,
        one: &Habitual<'_>,
        touches: &[Touch],
        again: Again<'_>,
    ) {
        let habit = match self.habits.find(signature, one.guess) {
            Some(habit) => habit,
            None => {
                let mut read = Vec::new();
                let touches = if touches.is_empty() {
                    again(one.index, &mut |record, _| {
                        read = shared.router.touches_of_habit(record);
                    });
                    &read
                } else {
                    touches
                };
                let Some(habit) = self.habit(shared, touches) else {
                    self.judge_all(shared, one, touches, again);
                    return;
                };
                self.habits.add(signature, habit, self.time.watermark())
            }
        };
        // What is behind a watermark comes after what it would have to come before.
        let in_time =
            one.entry.time > self.time.watermark() && self.time.keeps_up(one.entry.writer());
        if in_time && self.habits.keep(habit, one.entry, one.trace) {
            return;
        }
        let Some(known) = self.habits.get_mut(habit) else {
            return;
        };
        let form = known.form;
        let room = known.room(one.entry);
        known.last = known.last.max(one.entry.time);
        self.habits.forms.count(form);
        if !in_time || room != Room::Enough {
            let all = !in_time || room == Room::TooFar;
            let parting = self.habits.kept(habit, all);
            self.bring_out(shared.names, &parting);
        }
        if in_time {
            self.tie(shared, one, habit);
        }
        self.habits.see(habit, one.entry, one.trace);
        self.judge_others(shared, one, habit, again);
    }

    /// What the events of a habit are to the rules of this shard, by the first of them.
    fn habit(&mut self, shared: Shared<'_>, touches: &[Touch]) -> Option<Habit> {
        let mut forming = Forming::new();
        for touch in touches {
            let lanes = shared.router.all_lanes_of(touch.rule);
            let places = lanes.map(|lane| shared.place(lane).map_or(u32::MAX, number));
            let Some(touched) = &touch.what else {
                let first = shared.place(lanes[0]);
                if let Some(first) = first {
                    forming.count(number(first), true);
                }
                continue;
            };
            let Some(place) = shared.place(touched.lane) else {
                continue;
            };
            if touch.first {
                let least = places.iter().min();
                forming.count(least.copied().unwrap_or_else(|| number(place)), false);
            }
            let class = u8::try_from(touched.class).ok()?;
            forming.tie(
                (number(touch.rule), class),
                places,
                touched.hash,
                &touched.facts,
            )?;
        }
        self.habits.make(forming)
    }

    /// Has the habit keep, from this event on, what is of keys that are not known otherwise.
    fn tie(&mut self, shared: Shared<'_>, one: &Habitual<'_>, habit: Row) {
        let mut at = 0;
        while let Some((bond, stand)) = self.habits.stand(habit, at) {
            let place = bond.lane as usize;
            let unknown = match stand {
                Stand::Kept { .. } => false,
                Stand::Unknown => true,
                Stand::Judged => {
                    let lane = self.lanes.get(place);
                    lane.is_some_and(|lane| !lane.has(bond.hash))
                }
            };
            if unknown && let Some(rule) = self.habits.rule(habit, at) {
                self.changes.at(Moment {
                    event: one.event,
                    cause: Cause::Event,
                    rule,
                    due: 0,
                    key: bond.hash,
                });
                let context = Context {
                    time: &self.time,
                    names: shared.names,
                };
                let cap = self.lanes.get_mut(place).and_then(|lane| {
                    let (habits, changes) = (&mut self.habits, &mut self.changes);
                    lane.keep(context, habits, (habit, at), bond, one.entry.time, changes)
                });
                if let Some(habit) = self.habits.get_mut(habit) {
                    habit.tie(at, cap, one.entry);
                }
                self.heed(place);
            }
            at += 1;
        }
    }

    /// Judges an event of a habit for the keys that it keeps nothing for.
    fn judge_others(
        &mut self,
        shared: Shared<'_>,
        one: &Habitual<'_>,
        habit: Row,
        again: Again<'_>,
    ) {
        let mut at = 0;
        while let Some((bond, stand)) = self.habits.stand(habit, at) {
            if !matches!(stand, Stand::Kept { .. })
                && let Some(tie) = self.habits.tie(habit, at, one.trace)
            {
                let to = To {
                    event: one.event,
                    place: bond.lane as usize,
                    rule: tie.rule,
                    class: tie.class,
                    hash: bond.hash,
                };
                let item = Item {
                    entry: *one.entry,
                    facts: tie.facts,
                };
                self.judge(shared, &to, item, one.index, again);
            }
            at += 1;
        }
    }

    /// Judges an event that can be of no habit.
    fn judge_all(
        &mut self,
        shared: Shared<'_>,
        one: &Habitual<'_>,
        all: &[Touch],
        again: Again<'_>,
    ) {
        for touch in all {
            if touch.what.is_none()
                && let Some(place) = shared.place(shared.router.lanes_of(touch.rule).start)
                && let Some(lane) = self.lanes.get_mut(place)
            {
                lane.count_more(1, true);
            }
            self.judge_touch(shared, one, touch, false, again);
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

    /// Counts for each rule what was counted for its forms.
    pub(super) fn tell_forms(&mut self) {
        let lanes = &mut self.lanes;
        self.habits.forms.drain(|count, events| {
            if let Some(lane) = lanes.get_mut(count.lane as usize) {
                lane.count_more(events, count.keyless);
            }
        });
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
