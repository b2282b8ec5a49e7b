//! Project Wycheproof's vectors for JSON Web Signature and JSON Web Key, read from the folder
//! that `JWTRAIL_VECTORS` names.

use std::path::PathBuf;

use jwtrail_verify::{Key, KeySet, verify_jws};
use serde::Deserialize;
use serde_json::Value;

#[test]
fn json_web_signature() {
    let Some(suite) = Suite::read("json_web_signature_test.json") else {
        return;
    };
    let (mut run, mut deviations) = (0, Vec::new());
    for group in &suite.test_groups {
        let keys = Key::from_jwk(group.verifying_key().to_string())
            .ok()
            .and_then(|key| KeySet::new(vec![key]).ok());
        for test in &group.tests {
            let holds = keys
                .as_ref()
                .is_some_and(|keys| verify_jws(&test.jws, keys).is_ok());
            if holds != test.is_valid() {
                deviations.push(test.id);
            }
            run += 1;
        }
    }
    assert_eq!(run, suite.number_of_tests);
    assert_eq!(deviations, ids(SIGNATURE_DEVIATIONS));
    assert_eq!(suite.token(367), suite.token(357));
    assert_eq!(suite.token(370), suite.token(357));
}

#[test]
fn json_web_key() {
    let Some(suite) = Suite::read("json_web_key_test.json") else {
        return;
    };
    let (mut run, mut deviations) = (0, Vec::new());
    for group in &suite.test_groups {
        let document = group.verifying_key().to_string();
        let keys = match group.public {
            Some(_) => KeySet::from_jwks(document),
            None => KeySet::from_secret_jwks(document),
        };
        for test in &group.tests {
            let holds = keys
                .as_ref()
                .is_ok_and(|keys| verify_jws(&test.jws, keys).is_ok());
            if holds != test.is_valid() {
                deviations.push(test.id);
            }
            run += 1;
        }
    }
    assert_eq!(run, suite.number_of_tests);
    assert_eq!(deviations, ids(KEY_DEVIATIONS));
}

fn ids(deviations: &[(u32, &str)]) -> Vec<u32> {
    deviations.iter().map(|(id, _)| *id).collect()
}

/// Where we differ from the label, and why.
const KEY_DEVIATIONS: &[(u32, &str)] = &[(
    4,
    "labelled invalid for two keys of one `kid`; the second is not canonical base64url and no \
     key to us, so that it is certain which one is meant",
)];

/// Where we differ from the label, and why.
const SIGNATURE_DEVIATIONS: &[(u32, &str)] = &[
    (
        346,
        "labelled valid: the key is bound to PS256, the token says PS384",
    ),
    (
        347,
        "labelled valid: the key's `alg` is `ES521`, which does not exist",
    ),
    (
        350,
        "labelled valid: the key is bound to PS256, the token says PS384",
    ),
    (
        351,
        "labelled valid: the key's `alg` is `ES521`, which does not exist",
    ),
    (
        367,
        "labelled invalid for its padding: it has none, and is the valid 357 byte for byte",
    ),
    (
        370,
        "labelled invalid for its padding: it has none, and is the valid 357 byte for byte",
    ),
    (
        372,
        "labelled valid: a `?` stands in the header's base64url",
    ),
    (
        373,
        "labelled valid: a `?` stands in the payload's base64url",
    ),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suite {
    number_of_tests: u32,
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    public: Option<Value>,
    private: Option<Value>,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    #[serde(rename = "tcId")]
    id: u32,
    result: String,
    jws: String,
}

impl Suite {
    #[expect(clippy::print_stdout, reason = "says that nothing was tested")]
    #[expect(
        clippy::disallowed_methods,
        reason = "the vectors are not part of the repository"
    )]
    fn read(name: &str) -> Option<Self> {
        let Ok(folder) = std::env::var("JWTRAIL_VECTORS") else {
            println!("skipped: JWTRAIL_VECTORS names no folder with {name}");
            return None;
        };
        let text = std::fs::read(PathBuf::from(folder).join(name)).unwrap();
        Some(serde_json::from_slice(&text).unwrap())
    }
}

impl Suite {
    fn token(&self, id: u32) -> &str {
        let mut tests = self.test_groups.iter().flat_map(|group| &group.tests);
        &tests.find(|test| test.id == id).unwrap().jws
    }
}

impl Group {
    /// The public key, or the secret where there is none.
    fn verifying_key(&self) -> &Value {
        self.public.as_ref().or(self.private.as_ref()).unwrap()
    }
}

impl Test {
    fn is_valid(&self) -> bool {
        self.result == "valid"
    }
}
