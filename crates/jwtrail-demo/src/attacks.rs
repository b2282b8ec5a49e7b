mod forged_headers;
mod key_id_injection;
mod scope_tour;
mod signature_search;
mod stolen_refresh_token;
mod stolen_session;
mod token_after_logout;

use futures_util::future::BoxFuture;
use jwtrail_event::Timestamp;

use crate::DemoError;
use crate::expected::ExpectedAlert;
use crate::stage::Stage;

/// An attack of the programme: one for each shipped rule.
#[derive(Clone, Copy)]
pub(crate) struct Attack {
    pub(crate) id: &'static str,
    /// One line for whoever watches.
    pub(crate) title: &'static str,
    pub(crate) rules: &'static [&'static str],
    play: Play,
}

/// Plays an attack, and says whom the alerts must name.
type Play = for<'a> fn(&'a Stage, Seat) -> BoxFuture<'a, Result<Vec<ExpectedAlert>, DemoError>>;

/// Who attacks, where the programme is played more than once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat(pub(crate) u32);

/// An attack that was played.
#[derive(Clone, Debug)]
pub(crate) struct Played {
    pub(crate) id: &'static str,
    pub(crate) rules: &'static [&'static str],
    pub(crate) started: Timestamp,
    pub(crate) expected: Vec<ExpectedAlert>,
}

impl Attack {
    pub(crate) async fn play(&self, stage: &Stage, seat: Seat) -> Result<Played, DemoError> {
        let started = stage.clock.now();
        Ok(Played {
            id: self.id,
            rules: self.rules,
            started,
            expected: (self.play)(stage, seat).await?,
        })
    }
}

/// The programme, in order.
pub(crate) const PROGRAMME: &[Attack] = &[
    forged_headers::ATTACK,
    stolen_session::ATTACK,
    signature_search::ATTACK,
    token_after_logout::ATTACK,
    key_id_injection::ATTACK,
    stolen_refresh_token::ATTACK,
    scope_tour::ATTACK,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_programme_has_one_attack_for_each_of_these_rules() {
        let rules: Vec<&str> = PROGRAMME
            .iter()
            .flat_map(|attack| attack.rules)
            .copied()
            .collect();
        let distinct: BTreeSet<&str> = rules.iter().copied().collect();
        assert_eq!(distinct.len(), rules.len(), "{rules:?}");
        let expected: BTreeSet<&str> = [
            "family-shared",
            "forgery-attempt",
            "key-probing",
            "origin-repeated-401",
            "refresh-reused",
            "scope-probing",
            "signature-guessing",
            "token-repeated-rejections",
        ]
        .into();
        assert_eq!(distinct, expected);
    }

    #[test]
    fn attacks_have_ids_of_their_own() {
        let ids: BTreeSet<&str> = PROGRAMME.iter().map(|attack| attack.id).collect();
        assert_eq!(ids.len(), PROGRAMME.len());
        assert!(PROGRAMME.iter().all(|attack| !attack.title.is_empty()));
    }
}
