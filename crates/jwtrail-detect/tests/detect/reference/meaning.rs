use std::collections::BTreeMap;

use jwtrail_event::{EventName, Reason};

use super::baseline::Usual;
use super::unseen;
use crate::support::Happening;

/// What one event did to a rule, the evidence by the places of the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Ignored,
    Counted,
    Met(Vec<usize>),
}

impl Said {
    const fn weight(&self) -> u8 {
        match self {
            Self::Ignored => 0,
            Self::Counted => 1,
            Self::Met(_) => 2,
        }
    }
}

/// One moment of a rule's life.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) at: i64,
    /// Whether it is the end of a wait, and not an event.
    pub(crate) waited: bool,
    /// The event, or the one that the wait began with.
    pub(crate) event: usize,
    pub(crate) said: Said,
}

impl Moment {
    /// What comes when a wait ends comes too late.
    pub(crate) const fn order(&self) -> (i64, bool, usize) {
        (self.at, !self.waited, self.event)
    }
}

/// Which events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Expired,
    Forged,
    Accepted,
    Rejected,
    All,
}

impl Of {
    pub(crate) fn selects(self, event: &Happening) -> bool {
        let rejected = event.event == EventName::TokenRejected;
        match self {
            Self::Expired => event.reason == Some(Reason::Expired),
            Self::Forged => event.reason == Some(Reason::BadSignature),
            Self::Accepted => !rejected,
            Self::Rejected => rejected,
            Self::All => true,
        }
    }
}

/// What is asked of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statistic {
    Sum,
    Average,
    Median,
    Percentile(usize),
}

impl Statistic {
    fn is_more_than(self, mut numbers: Vec<i64>, limit: i64) -> bool {
        let n = numbers.len();
        let sum: i64 = numbers.iter().sum();
        numbers.sort_unstable();
        match self {
            Self::Sum => sum > limit,
            Self::Average => sum > limit * n as i64,
            Self::Median if n.is_multiple_of(2) => numbers[n / 2 - 1] + numbers[n / 2] > 2 * limit,
            Self::Median => numbers[n / 2] > limit,
            // The smallest that so many of a hundred do not exceed.
            Self::Percentile(of_a_hundred) => {
                let not_above = |number: i64| numbers.iter().filter(|n| **n <= number).count();
                let enough = |number: &i64| not_above(*number) * 100 >= of_a_hundred * n;
                numbers.iter().copied().find(enough).unwrap() > limit
            }
        }
    }
}

/// What a rule means.
#[derive(Clone, Debug)]
pub(crate) enum Meaning {
    Count {
        of: Of,
        at_least: usize,
        window: i64,
    },
    CountBetween {
        of: Of,
        from: usize,
        to: usize,
        window: i64,
    },
    Distinct {
        of: Of,
        at_least: usize,
        window: i64,
    },
    Statistic {
        what: Statistic,
        of: Of,
        more_than: i64,
        window: i64,
    },
    NewAddress {
        learn: Of,
        fire: Of,
        memory: i64,
    },
    Turns {
        of: Of,
        turns: usize,
        window: i64,
    },
    Ratio {
        part: Of,
        at_least: usize,
        percent: usize,
        distinct: usize,
        window: i64,
    },
    Baseline(Usual),
    Gap {
        of: Of,
    },
    Absence {
        expect: Of,
        until: Of,
        within: i64,
    },
    All {
        one: Of,
        other: Of,
        window: i64,
    },
    Ordered {
        one: Of,
        other: Of,
        window: i64,
    },
    Any(Vec<Self>),
}

impl Meaning {
    /// What happened to the rule, in order: at each event, and where nothing came in time. `end` is
    /// when the log ends.
    pub(crate) fn over(&self, events: &[&Happening], end: i64) -> Vec<Moment> {
        match self {
            Self::Baseline(usual) => at_each(events, usual.over(events)),
            Self::Gap { of } => unseen::missing(events, *of, end),
            Self::Absence {
                expect,
                until,
                within,
            } => unseen::silent(events, *expect, *until, *within, end),
            Self::Any(parts) => {
                let parts = parts.iter().map(|part| part.over(events, end));
                any(parts.collect())
            }
            _ => {
                let said = (1..=events.len()).map(|n| self.of_last(&events[..n]));
                at_each(events, said.collect())
            }
        }
    }

    fn of_last(&self, events: &[&Happening]) -> Said {
        let last = events.len() - 1;
        let now = events[last];
        let within = |window: i64, of: Of| -> Vec<usize> {
            let inside = |at: &usize| events[*at].at > now.at - window && of.selects(events[*at]);
            (0..events.len()).filter(inside).collect()
        };
        match self {
            Self::Count {
                of,
                at_least,
                window,
            } => {
                let mut seen = within(*window, *of);
                said(of.selects(now), seen.len() >= *at_least, || {
                    seen.split_off(seen.len() - at_least)
                })
            }
            Self::CountBetween {
                of,
                from,
                to,
                window,
            } => {
                let seen = within(*window, *of);
                only_met(of.selects(now) && (*from..=*to).contains(&seen.len()), seen)
            }
            Self::Distinct {
                of,
                at_least,
                window,
            } => {
                let mut latest: BTreeMap<&str, usize> = BTreeMap::new();
                for at in within(*window, *of) {
                    latest.insert(&events[at].address, at);
                }
                let mut latest: Vec<usize> = latest.into_values().collect();
                latest.sort_unstable();
                said(of.selects(now), latest.len() >= *at_least, || {
                    latest.split_off(latest.len() - at_least)
                })
            }
            Self::Statistic {
                what,
                of,
                more_than,
                window,
            } => {
                let seen = within(*window, *of);
                let numbers: Vec<i64> = seen.iter().map(|at| seq(events[*at])).collect();
                only_met(
                    of.selects(now) && what.is_more_than(numbers, *more_than),
                    seen,
                )
            }
            Self::NewAddress {
                learn,
                fire,
                memory,
            } => new_address(events, *learn, *fire, *memory),
            Self::Turns { of, turns, window } => taken_in_turns(events, *of, *turns, *window),
            Self::Ratio {
                part,
                at_least,
                percent,
                distinct,
                window,
            } => {
                let of_part = within(*window, *part);
                let whole = within(*window, Of::All).len();
                let mut values: Vec<&str> = of_part
                    .iter()
                    .map(|at| events[*at].address.as_str())
                    .collect();
                values.sort_unstable();
                values.dedup();
                let met = part.selects(now)
                    && of_part.len() >= *at_least
                    && of_part.len() * 100 >= whole * percent
                    && values.len() >= *distinct;
                only_met(met, of_part)
            }
            Self::All { one, other, window } => {
                let of_one = within(*window, *one).pop();
                let of_other = within(*window, *other).pop();
                let mut both: Vec<usize> = of_one.into_iter().chain(of_other).collect();
                both.sort_unstable();
                both.dedup();
                let is_part = one.selects(now) || other.selects(now);
                only_met(is_part && of_one.is_some() && of_other.is_some(), both)
            }
            Self::Ordered { one, other, window } => {
                let before = within(*window, *one).into_iter().rfind(|at| *at < last);
                let pair = before.map(|at| vec![at, last]).unwrap_or_default();
                only_met(other.selects(now) && !pair.is_empty(), pair)
            }
            Self::Baseline(_) | Self::Gap { .. } | Self::Absence { .. } | Self::Any(_) => {
                panic!("{self:?} is not about each event")
            }
        }
    }
}

fn at_each(events: &[&Happening], said: Vec<Said>) -> Vec<Moment> {
    let moments = said.into_iter().enumerate();
    let moment = |(event, said): (usize, Said)| Moment {
        at: events[event].at,
        waited: false,
        event,
        said,
    };
    moments.map(moment).collect()
}

/// Of what the parts say at one moment the most, and of equals the first.
fn any(parts: Vec<Vec<Moment>>) -> Vec<Moment> {
    let mut all: Vec<Moment> = parts.into_iter().flatten().collect();
    all.sort_by_key(Moment::order);
    let mut moments: Vec<Moment> = Vec::new();
    for moment in all {
        match moments.last_mut() {
            Some(last) if last.order() == moment.order() => {
                if last.said.weight() < moment.said.weight() {
                    *last = moment;
                }
            }
            _ => moments.push(moment),
        }
    }
    moments
}

/// A rule that counts: each selected event belongs to the burst.
fn said(selected: bool, met: bool, evidence: impl FnOnce() -> Vec<usize>) -> Said {
    match (selected, met) {
        (false, _) => Said::Ignored,
        (true, false) => Said::Counted,
        (true, true) => Said::Met(evidence()),
    }
}

/// A rule that is about nothing but the moments at which it is met.
fn only_met(met: bool, evidence: Vec<usize>) -> Said {
    if met {
        Said::Met(evidence)
    } else {
        Said::Ignored
    }
}

fn new_address(events: &[&Happening], learn: Of, fire: Of, memory: i64) -> Said {
    let last = events.len() - 1;
    let now = events[last];
    if !fire.selects(now) {
        return Said::Ignored;
    }
    // When each address was learnt last; what fires is learnt only where it is known already,
    // or where it is of those that are learnt from.
    let mut known: BTreeMap<&str, i64> = BTreeMap::new();
    for event in &events[..last] {
        known.retain(|_, at| *at > event.at - memory);
        let learnt = learn.selects(event);
        if learnt || (fire.selects(event) && known.contains_key(event.address.as_str())) {
            known.insert(&event.address, event.at);
        }
    }
    known.retain(|_, at| *at > now.at - memory);
    let new = !known.contains_key(now.address.as_str());
    only_met(new && !known.is_empty(), vec![last])
}

fn taken_in_turns(events: &[&Happening], of: Of, turns: usize, window: i64) -> Said {
    let last = events.len() - 1;
    if !of.selects(events[last]) {
        return Said::Ignored;
    }
    let place = |at: usize| (&events[at].address, &events[at].agent);
    let inside: Vec<usize> = (0..=last)
        .filter(|at| of.selects(events[*at]) && events[*at].at > events[last].at - window)
        .collect();
    let differs = |at: usize| {
        events[at].address != events[last].address && events[at].agent != events[last].agent
    };
    let mut others: Vec<usize> = inside.iter().copied().filter(|at| differs(*at)).collect();
    others.reverse();
    for other in others {
        let mut row = vec![last];
        for at in inside.iter().rev().copied().filter(|at| *at < last) {
            let wanted = if row.len() % 2 == 1 {
                place(other)
            } else {
                place(last)
            };
            if place(at) == wanted {
                row.push(at);
            }
            if row.len() == turns {
                row.reverse();
                return Said::Met(row);
            }
        }
    }
    Said::Counted
}

/// The number that stands in the record.
pub(crate) fn seq(event: &Happening) -> i64 {
    i64::try_from(event.id).unwrap() % 1_000
}
