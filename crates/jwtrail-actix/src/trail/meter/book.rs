use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jwtrail_event::{EventName, Reason};

/// The series of decisions that there are, numbered for all threads, and no more than so many.
#[derive(Debug, Default)]
pub(crate) struct Book(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    numbers: HashMap<Series, usize>,
    series: Vec<Series>,
    /// Issuers and sinks.
    names: HashSet<Box<str>>,
}

/// The labels of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Series {
    pub(crate) event: EventName,
    pub(crate) reason: Option<Reason>,
    pub(crate) route: Box<str>,
    pub(crate) scope_class: Box<str>,
}

impl Book {
    /// The number of a series. Those that come when there are enough share one for each event
    /// and reason.
    pub(super) fn number(
        &self,
        event: EventName,
        reason: Option<Reason>,
        route: &str,
        scope_class: &str,
    ) -> usize {
        let own = Series {
            event,
            reason,
            route: route.into(),
            scope_class: scope_class.into(),
        };
        let mut pages = self.lock();
        if let Some(number) = pages.numbers.get(&own) {
            return *number;
        }
        if pages.series.len() < MAX_SERIES {
            return pages.add(own);
        }
        let shared = Series {
            route: MANY.into(),
            scope_class: MANY.into(),
            ..own
        };
        match pages.numbers.get(&shared) {
            Some(number) => *number,
            None => pages.add(shared),
        }
    }

    /// The name of an issuer or a sink, or what those share that come when there are enough.
    pub(super) fn name(&self, name: &str) -> Box<str> {
        let names = &mut self.lock().names;
        let known = name.is_empty() || names.contains(name);
        if !known && names.len() >= MAX_NAMES {
            return MANY.into();
        }
        if !known {
            names.insert(name.into());
        }
        name.into()
    }

    /// All of them, in the order of their numbers.
    pub(crate) fn series(&self) -> Vec<Series> {
        self.lock().series.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    fn add(&mut self, series: Series) -> usize {
        let number = self.series.len();
        self.numbers.insert(series.clone(), number);
        self.series.push(series);
        number
    }
}

/// How many series have labels of their own.
const MAX_SERIES: usize = 1_000;

/// How many issuers and sinks are counted by themselves.
const MAX_NAMES: usize = 100;

/// The route and the class of all that came later.
const MANY: &str = "(other)";
