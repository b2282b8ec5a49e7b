//! Our protection with everything on that has to be asked on a request.

use std::sync::Arc;

use anyhow::Context as _;
use jwtrail_actix::{JwtAuth, QuarantineList, Trail};
use jwtrail_event::quarantine::{Hold, Kind, Target};
use jwtrail_event::{EventId, FingerprintKey, Timestamp};
use jwtrail_forge::{Algorithm, Forge};
use jwtrail_session::{
    Family, FamilyId, Limits, MemoryState, Quota, Revocation, Sessions, SigningKey, State as _,
    TokenId,
};
use jwtrail_verify::{Key, KeySet, Seed, Verifier};

pub async fn auth(algorithm: Algorithm, trail: &Trail, cached: usize) -> anyhow::Result<JwtAuth> {
    let forge = Forge::new(Timestamp::from_seconds(0));
    let verifier = Verifier::builder()
        .issuer(forge.issuer(), keys(&forge, algorithm)?)
        .audience(forge.audience())
        .scope_class("admin", ["orders:admin"])
        .fingerprint_key(FingerprintKey::new("2026", &[7; 32])?)
        .cache_capacity(cached)
        .build(Seed::new([9; 32]))?;
    Ok(JwtAuth::with_verifier(Arc::new(verifier), trail)
        .sessions(Arc::new(sessions(&forge).await?))
        .quarantine(&quarantine(&forge))
        .limits(Arc::new(limits()?))
        .build()?)
}

fn keys(forge: &Forge, algorithm: Algorithm) -> anyhow::Result<KeySet> {
    if algorithm != Algorithm::Hs256 {
        return Ok(KeySet::from_jwks(forge.jwks())?);
    }
    let kid = Some(algorithm.kid());
    let secret = forge.hmac_secret();
    let key = Key::hmac(jwtrail_verify::Algorithm::Hs256, secret, kid)?;
    Ok(KeySet::new(vec![key])?)
}

/// Every kind of revocation has happened, so that each has to be looked up.
async fn sessions(forge: &Forge) -> anyhow::Result<Sessions> {
    let state = MemoryState::new();
    let (start, end) = (Timestamp::from_seconds(0), Timestamp::MAX);
    let issuer = forge.issuer();
    for number in 0..ENTRIES {
        let (jti, subject) = (format!("revoked-{number}"), format!("former-{number}"));
        let token = Revocation::Token {
            issuer,
            id: TokenId::Jti(&jti),
        };
        state.revoke(token, end, start).await?;
        let of_subject = Revocation::Subject {
            issuer,
            subject: &subject,
            before: end,
        };
        state.revoke(of_subject, end, start).await?;
        let id = FamilyId::from_bits(u128::try_from(number)?);
        state.open(id, family(), end, start).await?;
        state
            .revoke_family(id, end, start)
            .await?
            .context("a family that was opened")?;
    }
    Ok(
        Sessions::builder(SigningKey::generate_ed25519()?, "2026-01")
            .issuer(issuer)
            .audience(forge.audience())
            .refresh_key([7; 32])
            .state(Arc::new(state))
            .build()?,
    )
}

fn family() -> Family {
    let start = Timestamp::from_seconds(0);
    Family {
        subject: "former".to_owned(),
        client_id: "web".to_owned(),
        scope: None,
        opened_at: start,
        expires_at: Timestamp::MAX,
        generation: 1,
        rotated_at: start,
        access_jti: 1,
        revoked: false,
    }
}

fn quarantine(forge: &Forge) -> QuarantineList {
    let iss = || forge.issuer().to_owned();
    let target = |number: u128| match number % 4 {
        0 => Target::Token {
            iss: iss(),
            jti: format!("held-{number}"),
        },
        1 => Target::Family {
            iss: iss(),
            family: format!("held-{number}"),
        },
        2 => Target::Subject {
            iss: iss(),
            sub: format!("held-{number}"),
            before: None,
        },
        _ => Target::Fingerprint {
            fingerprint: format!("2026:{number:032x}"),
        },
    };
    let holds = (0..ENTRIES as u128).map(|number| Hold {
        id: EventId::from_u128(number),
        kind: Kind::Quarantine,
        target: target(number),
        services: Vec::new(),
        until: Timestamp::MAX,
    });
    let list = QuarantineList::new();
    list.replace(&holds.collect::<Vec<_>>());
    list
}

/// The limits are charged and never reached: the load stands for many clients, each of which
/// keeps to its own.
fn limits() -> anyhow::Result<Limits> {
    let plenty = Quota::per_second(1_000_000);
    Ok(Limits::builder()
        .failures_per_address(plenty)
        .failures_per_token(plenty)
        .per_subject(plenty)
        .build()?)
}

const ENTRIES: u64 = 100;
