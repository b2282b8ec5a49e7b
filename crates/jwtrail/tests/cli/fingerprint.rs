use crate::support::Jwtrail;

const KEY: &str = "lq3nVQ0W8FqTt5oCzM1yJ7uRkHxA2eGd";

#[test]
fn a_token_from_a_file_is_fingerprinted() {
    let jwtrail = Jwtrail::new()
        .with_file("token", "a.b.c\n")
        .with_file("key", KEY)
        .with_variable("JWTRAIL_FINGERPRINT_KEY", "@file:key");
    let expected = jwtrail_event::FingerprintKey::new("k1", KEY.as_bytes())
        .unwrap()
        .fingerprint("a.b.c");
    let text = jwtrail.run(&["fingerprint", "@file:token"]);
    assert_eq!(
        text,
        format!(
            "exit code: 0\n--- stdout\n{}\n--- stderr\n",
            expected.as_str()
        )
    );
}

#[test]
fn a_token_on_the_command_line_is_refused_and_not_repeated() {
    let text = Jwtrail::new().run(&["fingerprint", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: a secret is named as `@file:PATH` or `@env:NAME`, never written out
    ");
}

#[test]
fn without_a_key_there_is_none() {
    let text = Jwtrail::new()
        .with_file("token", "a.b.c")
        .run(&["fingerprint", "@file:token"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: no fingerprint key is configured
    help: name the key of your services as `key` in the section [fingerprint] of --config, or as JWTRAIL_FINGERPRINT_KEY; without one each process makes its own, which cannot be had
    ");
}

#[test]
fn a_bad_id_is_refused() {
    let text = Jwtrail::new()
        .with_file("token", "a.b.c")
        .with_variable("KEY", KEY)
        .with_variable("JWTRAIL_FINGERPRINT_KEY", "@env:KEY")
        .with_variable("JWTRAIL_FINGERPRINT_ID", "Not An Id")
        .run(&["fingerprint", "@file:token"]);
    insta::assert_snapshot!(text, @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the fingerprint key cannot be used
    cause: the fingerprint key's id must be 1 to 16 of [a-z0-9-]
    help: correct `id` and `key` in the section [fingerprint]
    ");
}
