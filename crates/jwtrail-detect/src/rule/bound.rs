use crate::selection::Compare;

/// What a number has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// So many, or more. Once met it stays met while the window only grows.
    AtLeast(usize),
    /// All of these hold.
    Within(Vec<(Compare, i64)>),
}

impl Bound {
    /// A bound out of comparisons; one that only asks for enough is known as such.
    pub(crate) fn of(predicates: Vec<(Compare, i64)>) -> Self {
        let least = match predicates.as_slice() {
            [(Compare::GreaterOrEqual, least)] => Some(*least),
            [(Compare::Greater, least)] => Some(least.saturating_add(1)),
            _ => None,
        };
        match least.and_then(|least| usize::try_from(least).ok()) {
            Some(least) => Self::AtLeast(least),
            None => Self::Within(predicates),
        }
    }

    /// A bound of what need not be a whole number: more than 4 is not 5 or more.
    pub(crate) fn of_fraction(predicates: Vec<(Compare, i64)>) -> Self {
        match predicates.as_slice() {
            [(Compare::Greater, _)] => Self::Within(predicates),
            _ => Self::of(predicates),
        }
    }

    pub(crate) fn holds(&self, number: i64) -> bool {
        match self {
            Self::AtLeast(least) => usize::try_from(number).is_ok_and(|number| number >= *least),
            Self::Within(all) => all.iter().all(|(compare, to)| compare.holds(number, *to)),
        }
    }

    pub(crate) fn holds_count(&self, count: usize) -> bool {
        self.holds(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Whether a fraction is as asked, without rounding.
    pub(crate) fn holds_fraction(&self, number: i128, of: i128) -> bool {
        let compare = |compare: &Compare, to: i64| {
            let right = i128::from(to).saturating_mul(of);
            compare.holds_order(number.cmp(&right))
        };
        match self {
            Self::AtLeast(least) => {
                let least = i64::try_from(*least).unwrap_or(i64::MAX);
                compare(&Compare::GreaterOrEqual, least)
            }
            Self::Within(all) => all.iter().all(|(how, to)| compare(how, *to)),
        }
    }

    /// Whether a count of so many at most could hold.
    pub(crate) const fn may_hold(&self, at_most: usize) -> bool {
        match self {
            Self::AtLeast(least) => at_most >= *least,
            Self::Within(_) => true,
        }
    }

    /// Whether more never makes it untrue.
    pub(crate) const fn is_monotone(&self) -> bool {
        matches!(self, Self::AtLeast(_))
    }

    /// The number that a person would call the threshold.
    pub(crate) fn threshold(&self) -> usize {
        match self {
            Self::AtLeast(least) => *least,
            Self::Within(all) => {
                let numbers = all.iter().filter_map(|(_, to)| usize::try_from(*to).ok());
                numbers.max().unwrap_or(0)
            }
        }
    }

    /// How many entries decide it: more than that need not be kept of what only counts.
    pub(crate) fn kept(&self, most: usize) -> usize {
        match self {
            Self::AtLeast(least) => *least,
            Self::Within(_) => most,
        }
    }
}
