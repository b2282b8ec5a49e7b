use crate::rules::with_rule;
use crate::support::Jwtrail;

#[test]
fn a_portable_rule_is_written_as_it_is() {
    let jwtrail = with_rule("key-probing");
    let text = jwtrail.run(&["rules", "export", "--rules", "rules", "--output", "out"]);
    assert_eq!(text, "exit code: 0\n--- stdout\n--- stderr\n");
    assert_eq!(
        jwtrail.read("out/key-probing.yml"),
        jwtrail.read("rules/key-probing.yml")
    );
}

#[test]
fn a_native_rule_is_refused_unless_an_approximation_is_asked_for() {
    let jwtrail = with_rule("issuance-burst");
    let arguments = ["rules", "export", "--rules", "rules"];
    let named = [&arguments[..], &["--rule", "issuance-burst"]].concat();
    insta::assert_snapshot!(jwtrail.run(&named), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: Sigma can't say all of `issuance-burst`
    help: --approximate writes what comes near it, with these losses
    also: episodes: it fires at every event that finds the condition met
    also: baseline: it fires at the floor, whatever is usual and however it is spread
    also: trust: events of less trust than `verified` count
    ");
    insta::assert_snapshot!(jwtrail.run(&arguments), @r"
    exit code: 0
    --- stdout
    --- stderr
    warning: Sigma can't say all of `issuance-burst`: it is left out without --approximate
    ");
    let near = [&named[..], &["--approximate"]].concat();
    insta::assert_snapshot!(jwtrail.run(&near), @r"
    exit code: 0
    --- stdout
    # Not the rule `issuance-burst` of jwtrail, but what Sigma can say of it. Lost:
    # - episodes: it fires at every event that finds the condition met
    # - baseline: it fires at the floor, whatever is usual and however it is spread
    # - trust: events of less trust than `verified` count
    title: A client is given more tokens than usual, each event
    id: 4a0d8728-110f-44e8-a3dc-3fe67924e2c9
    name: issuance-burst-events
    status: experimental
    description: More tokens issued to one client within 10 minutes than its past explains, and 50 at the least.
    logsource:
      product: jwtrail
      service: audit
    detection:
      issued:
        event: token.issued
      condition: issued
    level: informational
    ---
    title: A client is given more tokens than usual
    id: 8c7b1363-ab1d-4d9d-9808-e83d8010ef47
    name: issuance-burst
    status: experimental
    description: More tokens issued to one client within 10 minutes than its past explains, and 50 at the least.
    references:
    - https://www.rfc-editor.org/rfc/rfc9700#section-2.5
    - https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/
    falsepositives:
    - Everybody logs in again, after a deployment or a revocation of all sessions.
    - A client that asks for a token before every request.
    level: medium
    correlation:
      type: event_count
      rules:
      - issuance-burst-events
      group-by:
      - token_iss
      - client_id
      timespan: 10m
      condition:
        gte: 50
    --- stderr
    warning: issuance-burst: lost: episodes: it fires at every event that finds the condition met
    warning: issuance-burst: lost: baseline: it fires at the floor, whatever is usual and however it is spread
    warning: issuance-burst: lost: trust: events of less trust than `verified` count
    ");
}

#[test]
fn what_nothing_comes_near_to_is_refused_all_the_same() {
    let arguments = [
        "rules",
        "export",
        "--approximate",
        "--rule",
        "scope-changed",
    ];
    insta::assert_snapshot!(Jwtrail::new().run(&arguments), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: nothing in Sigma comes near `scope-changed`: none of its parts can be said
    ");
}
