//! Random interleavings of everything that can happen, against a model that says in a few lines
//! what should.

use crate::stores::{Store, on_each_state};
use crate::support::{GRACE, ISSUER, LEEWAY, REFRESH, at, is_good, refresh, sessions, wait_for};
use jwtrail_event::Reason;
use jwtrail_session::{AccessClaims, FamilyId, Grant, RefreshKind, Sessions, TokenId};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

on_each_state! {
    sessions_do_what_the_model_says,
}

fn sessions_do_what_the_model_says(store: &dyn Store) {
    let config = ProptestConfig::with_cases(store.cases());
    let steps = proptest::collection::vec(step(), 1..80);
    let ran = TestRunner::new(config).run(&steps, |steps| {
        let mut world = World {
            sessions: sessions(store),
            now: 0,
            families: Vec::new(),
            tokens: Vec::new(),
        };
        for step in steps {
            world.take(step);
        }
        world.check_tokens();
        Ok(())
    });
    if let Err(failure) = ran {
        panic!("{failure}");
    }
}

#[derive(Clone, Debug)]
enum Step {
    Issue {
        subject: u8,
    },
    // Which family, which of its refresh tokens counted from the newest, by which client.
    Refresh {
        family: usize,
        age: usize,
        honest: bool,
    },
    RevokeFamily {
        family: usize,
    },
    RevokeSubject {
        subject: u8,
    },
    RevokeToken {
        token: usize,
    },
    Wait {
        seconds: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..3_u8).prop_map(|subject| Step::Issue { subject }),
        8 => (any::<usize>(), prop_oneof![6 => Just(0), 3 => Just(1), 1 => 2..5_usize], prop::bool::weighted(0.95))
            .prop_map(|(family, age, honest)| Step::Refresh { family, age, honest }),
        1 => any::<usize>().prop_map(|family| Step::RevokeFamily { family }),
        1 => (0..3_u8).prop_map(|subject| Step::RevokeSubject { subject }),
        1 => any::<usize>().prop_map(|token| Step::RevokeToken { token }),
        3 => prop_oneof![4 => 0..15_i64, 1 => 0..900_i64].prop_map(|seconds| Step::Wait { seconds }),
    ]
}

struct World {
    sessions: Sessions,
    now: i64,
    families: Vec<Modelled>,
    tokens: Vec<ModelledToken>,
}

struct Modelled {
    id: FamilyId,
    subject: u8,
    opened: i64,
    /// Every refresh token that was given, oldest first; the last one is good.
    refresh_tokens: Vec<String>,
    rotated: i64,
    revoked: bool,
    subject_revoked: bool,
}

struct ModelledToken {
    claims: AccessClaims,
    family: usize,
    revoked: bool,
}

#[derive(Debug, PartialEq)]
enum Expected {
    Rotated,
    Replayed,
    Refused(Reason),
}

impl World {
    fn take(&mut self, step: Step) {
        match step {
            Step::Issue { subject } => self.issue(subject),
            Step::Refresh {
                family,
                age,
                honest,
            } if !self.families.is_empty() => {
                self.refresh(family % self.families.len(), age, honest);
            }
            Step::RevokeFamily { family } if !self.families.is_empty() => {
                let family = family % self.families.len();
                wait_for(
                    self.sessions
                        .revoke_family(self.families[family].id, at(self.now)),
                )
                .unwrap();
                self.revoke(family);
            }
            Step::RevokeSubject { subject } => {
                let name = format!("user-{subject}");
                wait_for(self.sessions.revoke_subject(ISSUER, &name, at(self.now))).unwrap();
                for family in self
                    .families
                    .iter_mut()
                    .filter(|family| family.subject == subject)
                {
                    family.subject_revoked = true;
                }
            }
            Step::RevokeToken { token } if !self.tokens.is_empty() => {
                let index = token % self.tokens.len();
                let id = TokenId::Jti(&self.tokens[index].claims.jti);
                wait_for(self.sessions.revoke_token(ISSUER, id, at(self.now))).unwrap();
                self.tokens[index].revoked = true;
            }
            Step::Wait { seconds } => {
                self.now += seconds;
                self.check_tokens();
            }
            Step::Refresh { .. } | Step::RevokeFamily { .. } | Step::RevokeToken { .. } => {}
        }
    }

    fn issue(&mut self, subject: u8) {
        let grant = Grant::new(format!("user-{subject}"), "web");
        let issued = wait_for(self.sessions.issue(grant, at(self.now))).unwrap();
        let claims = issued.access.claims;
        self.families.push(Modelled {
            id: claims.family.unwrap().id,
            subject,
            opened: self.now,
            refresh_tokens: vec![issued.refresh_token.expose().to_owned()],
            rotated: self.now,
            revoked: false,
            subject_revoked: false,
        });
        self.tokens.push(ModelledToken {
            claims,
            family: self.families.len() - 1,
            revoked: false,
        });
    }

    fn refresh(&mut self, index: usize, age: usize, honest: bool) {
        let family = &self.families[index];
        let newest = family.refresh_tokens.len() - 1;
        let age = age.min(newest);
        let token = family.refresh_tokens[newest - age].clone();
        let expected = family.expect(age, honest, self.now);
        let client = if honest { "web" } else { "thief" };
        let answer = refresh(&self.sessions, &token, client, self.now);
        match (&expected, answer) {
            (Expected::Rotated, Ok(refreshed)) => {
                assert_eq!(refreshed.kind, RefreshKind::Rotated);
                let family = &mut self.families[index];
                family
                    .refresh_tokens
                    .push(refreshed.refresh_token.expose().to_owned());
                family.rotated = self.now;
                let claims = refreshed.access.claims;
                self.tokens.push(ModelledToken {
                    claims,
                    family: index,
                    revoked: false,
                });
            }
            (Expected::Replayed, Ok(refreshed)) => {
                assert_eq!(refreshed.kind, RefreshKind::Replayed);
                let newest = self.families[index].refresh_tokens.last();
                assert_eq!(newest.unwrap(), refreshed.refresh_token.expose());
                let claims = refreshed.access.claims;
                self.tokens.push(ModelledToken {
                    claims,
                    family: index,
                    revoked: false,
                });
            }
            (Expected::Refused(reason), Err(refusal)) => {
                assert_eq!(refusal.reason(), *reason);
                let revokes =
                    [Reason::RefreshReused, Reason::RefreshClientMismatch].contains(reason);
                assert_eq!(refusal.family_revoked(), revokes);
                if revokes {
                    self.revoke(index);
                }
            }
            (_, answer) => panic!("expected {expected:?}, got {answer:?}"),
        }
    }

    fn revoke(&mut self, family: usize) {
        self.families[family].revoked = true;
    }

    /// Every token that has not expired is good exactly when nothing of it was revoked.
    fn check_tokens(&self) {
        for token in &self.tokens {
            if token.claims.expires_at + i64::from(LEEWAY) <= at(self.now).as_seconds() {
                continue;
            }
            let family = &self.families[token.family];
            let good = !token.revoked && !family.revoked && !family.subject_revoked;
            assert_eq!(
                is_good(&self.sessions, &token.claims, self.now),
                good,
                "{:?}",
                token.claims
            );
        }
    }
}

impl Modelled {
    fn expect(&self, age: usize, honest: bool, now: i64) -> Expected {
        let forgotten = self.opened + i64::from(REFRESH + LEEWAY);
        if now >= forgotten || self.revoked {
            // Known as revoked, or forgotten: the client can't tell.
            return Expected::Refused(Reason::RefreshUnknown);
        }
        if now >= self.opened + i64::from(REFRESH) {
            return Expected::Refused(Reason::Expired);
        }
        if !honest {
            return Expected::Refused(Reason::RefreshClientMismatch);
        }
        let replay = age == 1 && now - self.rotated <= i64::from(GRACE);
        match age {
            _ if age > 0 && !replay => Expected::Refused(Reason::RefreshReused),
            _ if self.subject_revoked => Expected::Refused(Reason::Revoked),
            0 => Expected::Rotated,
            _ => Expected::Replayed,
        }
    }
}
