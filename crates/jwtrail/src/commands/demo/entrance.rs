use jwtrail_actix::{Outbound, OutboundError};
use jwtrail_event::SecretToken;

use crate::access::{CREDENTIAL, Content, TOKEN};
use crate::failure::{Failure, Kind};

/// Asks whether a monitor lets us in, before anything is played: with a credential that it does
/// not know the whole programme would be written to a spool that nobody reads.
pub(super) async fn check(access: &Content) -> Result<(), Failure> {
    let unreachable = |error: OutboundError| {
        Failure::new(Kind::Unreachable, "the monitor does not answer")
            .at_url(&access.url)
            .because(&error)
            .remedy("start it with `jwtrail serve`, or correct --monitor")
    };
    let refused = |what: &str, status: u16, variable: &str| {
        Failure::new(
            Kind::Unreachable,
            format!("the monitor refuses the {what} with {status}"),
        )
        .at_url(&access.url)
        .remedy(format!(
            "correct {variable}, or unset it where `jwtrail serve` runs as this user"
        ))
    };
    // The operator names the monitor, which mostly stands in a private network.
    let outbound = Outbound::builder()
        .allow_private_targets()
        .build()
        .map_err(unreachable)?;
    if outbound.is_usable(&access.url) && !outbound.protects(&access.url) {
        return Err(
            Failure::usage("what lets us into the monitor would go over http, where anybody on the way can read it")
                .at_url(&access.url)
                .remedy("use https, or a tunnel that ends on this machine"),
        );
    }
    let base = access.url.trim_end_matches('/');
    let credential = SecretToken::new(access.producer_credential.clone());
    let nothing = outbound
        .post(&format!("{base}/api/v1/events"))
        .header("content-type", "application/x-ndjson")
        .bearer(&credential);
    let answer = nothing.send().await.map_err(unreachable)?;
    if !good(answer.status()) {
        return Err(refused("credential", answer.status(), CREDENTIAL));
    }
    let token = SecretToken::new(access.access_token.clone());
    let health = outbound
        .get(&format!("{base}/api/v1/health"))
        .bearer(&token);
    let answer = health.send().await.map_err(unreachable)?;
    if !good(answer.status()) {
        return Err(refused("token", answer.status(), TOKEN));
    }
    Ok(())
}

fn good(status: u16) -> bool {
    (200..300).contains(&status)
}
