//! An ordinary morning: people who mistype, tabs that were left open, an issuer that hiccups, a
//! phone on a train, services that call services.

use jwtrail_event::{EventName, Hop, Reason};

use super::story::{MINUTE, SECOND, Story};
use super::told::{
    BROWSER, CURL, Told, accepted, heartbeat, issued, keys_failed, keys_refreshed, logged_in,
    login_failed, object_denied, of_monitor, over_limit, refresh_refused, refresh_replayed,
    refreshed, rejected, revoked, scope_denied, stopped, without_token,
};

pub(super) fn morning(story: &mut Story) {
    for user in 0..12 {
        login(story, user);
        work(story, user);
    }
    administrator(story);
    phone_on_a_train(story);
    forgotten_tab(story);
    strangers(story);
    clumsiness(story);
    issuer_hiccups(story);
    services(story);
}

fn login(story: &mut Story, user: i64) {
    let start = user * 5 * SECOND;
    if user % 4 == 0 {
        let name = format!("user-{user}");
        let mistyped = login_failed().of(&name, "").from(&home(user));
        story.at(start - 5 * SECOND, mistyped);
    }
    let begun = of(logged_in(), user, 0).without_jti();
    story.at(start, begun);
    let first = of(issued(), user, 0).family(&format!("fam-{user}"), 0);
    story.at(start, first);
}

fn work(story: &mut Story, user: i64) {
    let start = user * 5 * SECOND;
    for request in 0..30 {
        let at = start + SECOND + request * 40 * SECOND;
        let token = request / 8;
        let trace = u64::try_from(user * 100 + request).unwrap();
        story.at(at, of(accepted(), user, token).trace(trace));
        if request % 3 == 0 {
            let hop = of(accepted(), user, token);
            let hop = hop.hop("stock-api", "10.0.0.7", Hop::Internal);
            story.at(at + 4, hop.trace(trace));
        }
    }
    for generation in 1..4 {
        let at = start + generation * 320 * SECOND;
        let number = u64::try_from(generation).unwrap();
        let next = of(refreshed(), user, generation);
        story.at(at, next.family(&format!("fam-{user}"), number));
        if user == 7 && generation == 2 {
            let again = of(refresh_replayed(), user, generation);
            story.at(at + SECOND, again.family("fam-7", number));
        }
        if generation == 1 {
            let old = of(rejected(Reason::Expired), user, 0);
            story.at(at - SECOND, old);
        }
    }
    if user % 4 == 1 {
        for (number, scope) in (0..).zip(["orders:delete", "users:read", "users:write"]) {
            let denied = of(scope_denied(scope), user, 1);
            story.at(start + 400 * SECOND + number * 30 * SECOND, denied);
            let denied = of(object_denied("order"), user, 1);
            story.at(start + 410 * SECOND + number * 30 * SECOND, denied);
        }
        story.each(start + 500 * SECOND, SECOND, 2, |_| {
            of(over_limit(), user, 1)
        });
    }
}

/// Somebody with an administrator's scope does what they always do.
fn administrator(story: &mut Story) {
    story.each(0, 50 * SECOND, 20, |_| {
        let told = accepted().of("admin-1", "admin-1-0").from("192.0.2.200");
        told.scope("orders:read orders:admin").class("admin")
    });
    let nonce = || rejected(Reason::ProofNonceRequired).of("admin-1", "admin-1-0");
    story.each(0, 5 * MINUTE, 4, |_| nonce().from("192.0.2.200"));
    story.at(
        10 * MINUTE,
        of_monitor(EventName::RulesChanged, "changed 5f2c"),
    );
}

/// It leaves one network for the next and does not come back.
fn phone_on_a_train(story: &mut Story) {
    for (number, network) in (0..).zip(["198.51.100.4", "203.0.113.77", "2001:db8:99:1::7"]) {
        story.each(number * 7 * MINUTE, 30 * SECOND, 14, |request| {
            let address = match network.strip_suffix("::7") {
                Some(prefix) => format!("{prefix}::{request}"),
                None => network.to_owned(),
            };
            accepted().of("traveller", "phone-0").from(&address)
        });
    }
}

/// Its user has logged out; it asks three more times, at home.
fn forgotten_tab(story: &mut Story) {
    let tab = |told: Told| told.of("user-40", "tab-0").from("192.0.2.40");
    story.each(0, MINUTE, 5, |_| tab(accepted()));
    story.at(5 * MINUTE, tab(revoked()));
    story.each(6 * MINUTE, 3 * MINUTE, 3, |_| {
        tab(rejected(Reason::Revoked))
    });
}

/// What the internet sends to every address.
fn strangers(story: &mut Story) {
    story.each(0, 40 * SECOND, 30, |number| {
        let address = format!("203.0.113.{}", 100 + number);
        without_token().from(&address).by("scanner")
    });
    story.each(0, 6 * MINUTE, 3, |number| {
        let told = rejected(Reason::MalformedToken).of("", &format!("noise-{number}"));
        told.from("203.0.113.99").by(CURL)
    });
}

/// A header that a proxy cut off, a token for the neighbour, a session that is over.
fn clumsiness(story: &mut Story) {
    story.at(4 * MINUTE, of(rejected(Reason::BadSignature), 2, 77));
    story.at(6 * MINUTE, of(rejected(Reason::BadAudience), 5, 78));
    story.at(7 * MINUTE, of(rejected(Reason::ProofInvalid), 6, 79));
    let over = refresh_refused(Reason::RefreshUnknown, None);
    story.at(11 * MINUTE, over.from(&home(8)));
}

/// For a moment its keys can't be had, and one of its clocks is ahead.
fn issuer_hiccups(story: &mut Story) {
    let issuer = "https://login.example";
    story.at(8 * MINUTE, keys_failed(issuer));
    for user in 0..12 {
        let at = 8 * MINUTE + user * SECOND;
        story.at(at, of(rejected(Reason::KeyUnavailable), user, 1));
    }
    story.at(9 * MINUTE, keys_refreshed(issuer));
    story.each(9 * MINUTE, MINUTE, 3, |number| {
        of(rejected(Reason::UnknownKey), number, 9)
    });
    story.each(9 * MINUTE, MINUTE, 3, |number| {
        of(rejected(Reason::NotYetValid), 3 + number, 9)
    });
}

fn services(story: &mut Story) {
    for service in ["orders-api", "stock-api"] {
        let beat = |told: Told| told.written_by(service, &format!("{service}-1"));
        story.each(-6 * SECOND, 10 * SECOND, 132, |_| beat(heartbeat()));
        story.at(22 * MINUTE, beat(stopped()));
    }
}

fn of(told: Told, user: i64, token: i64) -> Told {
    told.of(&format!("user-{user}"), &format!("fam-{user}-{token}"))
        .from(&home(user))
        .by(BROWSER)
}

/// Four of them sit in one office.
fn home(user: i64) -> String {
    match user {
        0..4 => "192.0.2.1".to_owned(),
        _ => format!("192.0.2.{}", 10 + user),
    }
}
