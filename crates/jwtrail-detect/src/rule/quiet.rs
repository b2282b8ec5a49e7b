use jwtrail_event::EventName;

use super::{LeafSet, NeedId, Plan, Shape, Step, What};
use crate::KeyClass;
use crate::selection::Field;

/// What some events of one key are.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    /// How many of them are of some of these leaves, at most.
    pub(crate) count: &'a dyn Fn(LeafSet) -> usize,
    /// How many values one has for a need, at most.
    pub(crate) values: &'a dyn Fn(NeedId) -> usize,
    /// Whether all that answer a need answer it alike.
    pub(crate) alike: &'a dyn Fn(NeedId) -> bool,
}

impl Plan {
    /// Whether a key that has seen nothing but these events can't have met the rule, in whatever
    /// order they came, and nothing is to be done by its clock: they need not be judged.
    pub(crate) fn is_quiet(&self, seen: Seen<'_>) -> bool {
        self.step.is_quiet(seen, self.max_entries) && self.shortest_wait.is_none()
    }

    /// The same of a single event, of this leaf.
    fn is_quiet_once(&self, leaf: usize) -> bool {
        let of = LeafSet::of(leaf);
        self.is_quiet(Seen {
            count: &|leaves| usize::from(leaves.meets(of)),
            values: &|_| 1,
            alike: &|_| true,
        })
    }

    /// What of a record decides what an event of this name is to the rule, where it may be
    /// quiet; none where it never is, or where hardly two events are alike in it.
    pub(crate) fn reads(&self, event: EventName) -> Option<Vec<Field>> {
        let asks = self.escalation.as_ref().is_some_and(|e| e.known_subject);
        let quiet = self.leaves_of(event).any(|at| self.is_quiet_once(at));
        if asks || !quiet || !self.keys.iter().all(|class| class.is_somebodys()) {
            return None;
        }
        let mut fields = self.reads_keys(event);
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

    /// The same, with the boot, but for the number in its sequence, where nothing of it is an
    /// actor's: then nearly all events are alike in it.
    pub(crate) fn reads_shared(&self, event: EventName) -> Option<Vec<Field>> {
        let mut fields = self.reads_keys(event);
        let leaves = self.leaves_of(event).map(LeafSet::of);
        let possible = leaves.fold(LeafSet::default(), LeafSet::with);
        for need in self.needs.iter().filter(|need| need.leaves.meets(possible)) {
            match need.what {
                What::Values(field) | What::Number(field) => fields.push(field),
                What::Source(..) => return None,
                What::Place => fields.push(Field::BootId),
            }
        }
        let shared = fields.iter().all(|field| field.is_nobodys());
        shared.then_some(fields)
    }

    /// What of a record decides which leaves select it, and which keys it has.
    fn reads_keys(&self, event: EventName) -> Vec<Field> {
        let mut fields = vec![Field::Trust];
        for leaf in &self.leaves {
            leaf.selection.read_by(event, &mut fields);
        }
        fields.extend(&self.per);
        fields.extend(self.keys.iter().flat_map(|class| class.fields()));
        if self.is_of_holdable() {
            fields.extend([Field::TokenIss, Field::TokenSub]);
        }
        fields
    }

    /// The leaves that can select an event of this name.
    fn leaves_of(&self, event: EventName) -> impl Iterator<Item = usize> {
        let leaves = self.leaves.iter().enumerate();
        leaves
            .filter(move |(_, leaf)| leaf.selection.can_select(event))
            .map(|(at, _)| at)
    }
}

impl Step {
    /// Whether these events can't meet it.
    fn is_quiet(&self, seen: Seen<'_>, max_entries: usize) -> bool {
        let none = |leaves: LeafSet| (seen.count)(leaves) == 0;
        match &self.shape {
            Shape::EventCount { of, bound } => !bound.may_hold((seen.count)(*of)),
            Shape::Statistic { of, .. } | Shape::Gap { of, .. } => none(*of),
            Shape::ValueCount {
                of, need, bound, ..
            } => {
                let values = (seen.values)(*need).max(1);
                let known = (seen.alike)(*need) && !bound.may_hold(values);
                none(*of) || known || !bound.may_hold((seen.count)(*of).saturating_mul(values))
            }
            Shape::NewValueCount {
                of,
                need,
                threshold,
                memory,
            } => {
                // A value that is forgotten within the window is news again.
                let once = *memory >= self.window && (seen.alike)(*need);
                none(*of) || (once && (seen.values)(*need) < *threshold)
            }
            Shape::NewValue {
                fire, need, first, ..
            } => {
                let known = (seen.alike)(*need) && (seen.values)(*need) <= max_entries;
                none(*fire) || (!first && known)
            }
            Shape::Interleaved { need, .. } => (seen.alike)(*need),
            Shape::Ratio {
                part, threshold, ..
            } => (seen.count)(*part) < (*threshold).max(1),
            Shape::Baseline(rule) => {
                let of_whole = rule.whole.map_or(0, |whole| (seen.count)(whole));
                (seen.count)(rule.of).max(of_whole) < rule.floor.max(1)
            }
            Shape::Absence { expect, until, .. } => none(*expect) && none(*until),
            Shape::Any(parts) => parts.iter().all(|part| part.is_quiet(seen, max_entries)),
            Shape::All(parts) | Shape::Ordered(parts) => {
                parts.iter().any(|part| part.is_quiet(seen, max_entries))
            }
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

    fn is_quiet_once(text: &str) -> bool {
        let rules = RuleSet::parse([("rule.yml", text)]).unwrap().into_rules();
        rules[0].plan.is_quiet_once(0)
    }

    #[test]
    fn what_is_news_again_within_the_window_is_never_quiet() {
        let text = include_str!("../../../../rules/scope-probing.yml");
        assert!(is_quiet_once(text));
        assert!(text.contains("memory: 14d"));
        assert!(!is_quiet_once(&text.replace("memory: 14d", "memory: 5m")));
    }

    #[test]
    fn fewer_than_the_threshold_are_quiet() {
        let text = include_str!("../../../../rules/refresh-burst.yml");
        assert!(is_quiet_once(text));
        assert!(text.contains("floor: 10"));
        assert!(!is_quiet_once(&text.replace("floor: 10", "floor: 1")));
    }
}
