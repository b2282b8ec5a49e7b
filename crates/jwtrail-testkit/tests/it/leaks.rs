use jwtrail_event::{SecretToken, Timestamp};
use jwtrail_forge::{Case, Forge, catalogue};
use jwtrail_testkit::find_leaks;

fn tokens_of(case: &Case) -> Vec<SecretToken> {
    let forge = Forge::new(Timestamp::from_seconds(1_800_000_000));
    forge.present(case).tokens().to_vec()
}

#[test]
fn every_token_of_the_catalogue_is_found_wherever_it_stands() {
    for case in catalogue() {
        let tokens = tokens_of(case);
        for (index, token) in tokens.iter().enumerate() {
            let written = format!("{{\"token\":\"{}\"}}\n", token.expose());
            let leaks = find_leaks(written.as_bytes(), &tokens);
            let found = leaks.iter().any(|leak| leak.token == index);
            assert_eq!(found, token.expose().len() >= 8, "{}", case.id);
        }
    }
}

#[test]
fn what_a_record_may_say_of_a_token_is_no_leak() {
    let mut tokens = Vec::new();
    let mut said = String::new();
    for case in catalogue() {
        for token in tokens_of(case) {
            let parts: Vec<&str> = token.expose().split('.').collect();
            for part in parts.iter().take(2).filter(|_| parts.len() == 3) {
                said.push_str(&decoded(part));
                said.push('\n');
            }
            tokens.push(token);
        }
    }
    assert!(said.contains("orders-api") && said.contains("forge-es256"));
    assert_eq!(find_leaks(said.as_bytes(), &tokens), []);
}

fn decoded(part: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part);
    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
}
