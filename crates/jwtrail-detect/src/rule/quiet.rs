use jwtrail_event::EventName;

use super::{Bound, LeafSet, NeedId, Plan, Shape, Step, What};
use crate::KeyClass;
use crate::selection::Field;

/// What many events are that are alike: a key that has seen nothing else can't meet its rule.
#[derive(Clone, Copy)]
pub(crate) struct Alike<'a> {
    /// All leaves that any of them is of.
    pub(crate) leaves: LeafSet,
    /// How many values each of them has for a need, which are the same for all.
    pub(crate) values: &'a dyn Fn(NeedId) -> usize,
    /// The budget of one key.
    pub(crate) max_entries: usize,
}

impl Plan {
    /// Whether events that are alike can be kept without being judged: they never meet the rule
    /// by themselves, in whatever number and order, and nothing is to be done by their clock.
    pub(crate) fn is_quiet(&self, leaves: LeafSet, values: &dyn Fn(NeedId) -> usize) -> bool {
        let alike = Alike {
            leaves,
            values,
            max_entries: self.max_entries,
        };
        self.step.is_quiet(alike) && !self.step.waits()
    }

    /// What of a record decides what an event of this name is to the rule, where it may be
    /// quiet; none where it never is, or where hardly two events are alike in it.
    pub(crate) fn reads(&self, event: EventName) -> Option<Vec<Field>> {
        let asks = self.escalation.as_ref().is_some_and(|e| e.known_subject);
        let can = |at: &usize| {
            let leaf = self.leaves.get(*at);
            leaf.is_some_and(|leaf| leaf.selection.can_select(event))
        };
        let mut leaves = (0..self.leaves.len()).filter(can);
        let quiet = leaves.any(|at| self.is_quiet(LeafSet::of(at), &|_| 1));
        if asks || !quiet || !self.keys.iter().all(|class| class.is_somebodys()) {
            return None;
        }
        let mut fields = vec![Field::Trust];
        for leaf in &self.leaves {
            leaf.selection.read_by(event, &mut fields);
        }
        fields.extend(&self.per);
        fields.extend(self.keys.iter().flat_map(|class| class.fields()));
        for need in &self.needs {
            match need.what {
                What::Values(field) | What::Number(field) => fields.push(field),
                What::Source(place, kind) => {
                    fields.push(place);
                    fields.extend(kind);
                }
                What::Place => return None,
            }
        }
        let mut stands: Vec<Field> = Vec::new();
        for field in fields {
            for field in field.stands_in()? {
                if !stands.contains(field) {
                    stands.push(*field);
                }
            }
        }
        Some(stands)
    }
}

impl Step {
    /// Whether events that are alike never meet it.
    fn is_quiet(&self, alike: Alike<'_>) -> bool {
        let touches = |leaves: LeafSet| alike.leaves.meets(leaves);
        let few = |bound: &Bound, at_most: usize| !bound.may_hold(at_most);
        match &self.shape {
            Shape::EventCount { of, .. } | Shape::Statistic { of, .. } | Shape::Gap { of, .. } => {
                !touches(*of)
            }
            Shape::ValueCount {
                of, need, bound, ..
            } => !touches(*of) || few(bound, (alike.values)(*need).max(1)),
            Shape::NewValueCount {
                of,
                need,
                threshold,
                memory,
            } => {
                // A value that is forgotten within the window is news again.
                let once = *memory >= self.window;
                !touches(*of) || (once && (alike.values)(*need) < *threshold)
            }
            Shape::NewValue {
                fire, need, first, ..
            } => !touches(*fire) || (!first && (alike.values)(*need) <= alike.max_entries),
            Shape::Interleaved { .. } => true,
            Shape::Ratio { part, .. } => !touches(*part),
            Shape::Baseline(rule) => !touches(rule.of) && !rule.whole.is_some_and(touches),
            Shape::Absence { expect, until, .. } => !touches(*expect) && !touches(*until),
            Shape::Any(parts) => parts.iter().all(|part| part.is_quiet(alike)),
            Shape::All(parts) | Shape::Ordered(parts) => {
                parts.iter().any(|part| part.is_quiet(alike))
            }
        }
    }

    /// Whether it waits for what does not come.
    fn waits(&self) -> bool {
        match &self.shape {
            Shape::Absence { .. } | Shape::Gap { .. } => true,
            Shape::Any(parts) | Shape::All(parts) | Shape::Ordered(parts) => {
                parts.iter().any(Self::waits)
            }
            _ => false,
        }
    }
}

impl KeyClass {
    /// What of a record decides which key of this class it has.
    const fn fields(self) -> &'static [Field] {
        match self {
            Self::Token => &[Field::TokenIss, Field::TokenJti, Field::TokenFp],
            Self::ClaimedToken => &[
                Field::TokenIss,
                Field::TokenJti,
                Field::ClaimedIss,
                Field::ClaimedJti,
            ],
            Self::Subject => &[Field::TokenIss, Field::TokenSub],
            Self::Address => &[Field::ClientIp],
            Self::Origin => &[Field::Origin],
            Self::Family => &[Field::RefreshFamily],
            Self::Client => &[Field::TokenIss, Field::ClientId],
            Self::Issuer => &[Field::Issuer, Field::TokenIss],
            Self::Route => &[Field::Service, Field::Route],
            Self::Service | Self::Monitor => &[Field::Service],
            Self::Instance => &[Field::Service, Field::Instance],
        }
    }

    /// Whether it tells actors apart: what all of them share is busy with all of them.
    const fn is_somebodys(self) -> bool {
        !matches!(
            self,
            Self::Issuer | Self::Route | Self::Service | Self::Instance | Self::Monitor
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::RuleSet;
    use crate::rule::LeafSet;

    #[test]
    fn what_is_news_again_within_the_window_is_never_quiet() {
        let text = include_str!("../../../../rules/scope-probing.yml");
        let quiet = |text: &str| {
            let rules = RuleSet::parse([("rule.yml", text)]).unwrap().into_rules();
            rules[0].plan.is_quiet(LeafSet::of(0), &|_| 1)
        };
        assert!(quiet(text));
        assert!(text.contains("memory: 14d"));
        assert!(!quiet(&text.replace("memory: 14d", "memory: 5m")));
    }
}
