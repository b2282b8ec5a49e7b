use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jwtrail_verify::{Algorithm, BuildError, Key, KeyError, KeySet, Seed, Verifier};

use crate::support::ES256;

#[test]
fn short_published_and_empty_secrets_are_refused() {
    let refused = |algorithm, secret: &[u8]| Key::hmac(algorithm, secret, None).unwrap_err();
    for secret in [
        "",
        " ",
        "secret",
        "SECRET\n",
        "changeme",
        "your-256-bit-secret",
        "a-string-secret-at-least-256-bits-long",
        "qwertyuiopasdfghjklzxcvbnm123456",
        "secretsecretsecretsecretsecretsecret",
        "ChangeMechangemeCHANGEMEchangemech",
    ] {
        assert_eq!(
            refused(Algorithm::Hs256, secret.as_bytes()),
            KeyError::PublishedSecret
        );
    }
    for (algorithm, least) in [
        (Algorithm::Hs256, 32),
        (Algorithm::Hs384, 48),
        (Algorithm::Hs512, 64),
    ] {
        let length = least - 1;
        let expected = KeyError::ShortSecret {
            algorithm,
            length,
            least,
        };
        assert_eq!(refused(algorithm, &vec![7; length]), expected);
        assert!(Key::hmac(algorithm, vec![7; least], None).is_ok());
    }
}

#[test]
fn a_key_is_for_its_kind_of_algorithm_only() {
    let pem = ES256.pem();
    for algorithm in Algorithm::ALL.iter().filter(|a| **a != Algorithm::Es256) {
        assert!(
            Key::public_pem(*algorithm, &pem, None).is_err(),
            "{algorithm}"
        );
    }
    assert!(Key::hmac(Algorithm::Es256, [7; 64], None).is_err());
    for text in [
        "",
        "word",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        assert_eq!(
            Key::public_pem(Algorithm::Es256, text, None).unwrap_err(),
            KeyError::NotPublicPem
        );
    }
    assert!(matches!(
        Key::hmac(Algorithm::Hs256, [7; 32], Some("")),
        Err(KeyError::Kid { length: 0 })
    ));
}

#[test]
fn weak_rsa_keys_are_refused_as_pem_too() {
    let strong = [vec![0, 0xc5], vec![0x5a; 255]].concat();
    let refused = |modulus: &[u8], exponent: &[u8]| {
        let pem = rsa_pem(modulus, exponent);
        Key::public_pem(Algorithm::Rs256, pem, None)
            .map(|_| ())
            .unwrap_err()
    };
    let short = [vec![0, 0xc5], vec![0x5b; 127]].concat();
    assert_eq!(
        refused(&short, &[1, 0, 1]),
        KeyError::RsaSize { bits: 1024 }
    );
    for exponent in [&[1][..], &[2], &[1, 0, 0], &[4, 0, 0, 0, 1]] {
        assert_eq!(
            refused(&strong, exponent),
            KeyError::RsaExponent,
            "{exponent:?}"
        );
    }
    assert!(Key::public_pem(Algorithm::Rs256, rsa_pem(&[], &[3]), None).is_err());
    let ecdsa = Key::public_pem(Algorithm::Rs256, ES256.pem(), None).unwrap_err();
    assert_eq!(
        ecdsa,
        KeyError::Unusable {
            algorithm: Algorithm::Rs256
        }
    );
}

/// A `SubjectPublicKeyInfo` of these integers, as DER has them.
fn rsa_pem(modulus: &[u8], exponent: &[u8]) -> String {
    let list = element(0x30, &[element(2, modulus), element(2, exponent)].concat());
    let spki = Spki {
        list,
        ..Spki::default()
    };
    spki.pem()
}

/// The parts of an RSA key's `SubjectPublicKeyInfo`, and what may stand behind each of them.
#[derive(Clone)]
struct Spki {
    /// The last number of the algorithm's identifier.
    name: u8,
    list: Vec<u8>,
    beyond: Vec<u8>,
    after: Vec<u8>,
    rest: Vec<u8>,
}

impl Default for Spki {
    fn default() -> Self {
        let none = Vec::new;
        Self {
            name: 1,
            list: none(),
            beyond: none(),
            after: none(),
            rest: none(),
        }
    }
}

impl Spki {
    fn pem(&self) -> String {
        let rsa = [
            6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, self.name, 5, 0,
        ];
        let bits = element(3, &[&[0], &*self.list, &self.beyond].concat());
        let whole = element(
            0x30,
            &[element(0x30, &rsa), bits, self.after.clone()].concat(),
        );
        let body = STANDARD.encode([whole, self.rest.clone()].concat());
        format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
    }
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match content.len() {
        0..=0x7f => vec![tag, length[1]],
        0x80..=0xff => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [head, content.to_vec()].concat()
}

#[test]
fn an_rsa_modulus_counts_its_bits_and_not_its_bytes() {
    let of_bits = |first: u8, bytes: usize| {
        let modulus = [vec![0, first], vec![0x5b; bytes - 1]].concat();
        Key::public_pem(Algorithm::Rs256, rsa_pem(&modulus, &[1, 0, 1]), None).map(|_| ())
    };
    assert_eq!(of_bits(0x80, 256), Ok(()));
    assert_eq!(of_bits(0x7f, 256), Err(KeyError::RsaSize { bits: 2047 }));
    assert_eq!(of_bits(1, 256), Err(KeyError::RsaSize { bits: 2041 }));
    assert_eq!(of_bits(1, 1025), Err(KeyError::RsaSize { bits: 8193 }));
}

#[test]
fn an_rsa_key_under_another_name_or_with_more_behind_it_is_none() {
    let modulus = [vec![0, 0xc5], vec![0x5b; 255]].concat();
    let list = [element(2, &modulus), element(2, &[1, 0, 1])].concat();
    let good = Spki {
        list: element(0x30, &list),
        ..Spki::default()
    };
    let taken = |spki: &Spki| Key::public_pem(Algorithm::Rs256, spki.pem(), None).map(|_| ());
    assert_eq!(taken(&good), Ok(()));
    let unusable = Err(KeyError::Unusable {
        algorithm: Algorithm::Rs256,
    });
    let (longer, more) = ([list, vec![5, 0]].concat(), vec![5, 0]);
    let bad = [
        // 1.2.840.113549.1.1.10: RSASSA-PSS, and nothing else.
        Spki {
            name: 10,
            ..good.clone()
        },
        Spki {
            list: element(0x30, &longer),
            ..good.clone()
        },
        Spki {
            beyond: more.clone(),
            ..good.clone()
        },
        Spki {
            after: more.clone(),
            ..good.clone()
        },
        Spki { rest: more, ..good },
    ];
    for (index, spki) in bad.iter().enumerate() {
        assert_eq!(taken(spki), unusable, "{index}");
    }
}

#[test]
fn a_key_prints_its_name_and_not_its_secret() {
    let secret = b"Zm9yIG5vYm9keSdzIGV5ZXMgYnV0IG91cnM";
    let key = Key::hmac(Algorithm::Hs256, secret, Some("h-1")).unwrap();
    let text = format!("{key:?}");
    assert_eq!(text, "Key { algorithm: Hs256, kid: Some(\"h-1\"), .. }");
}

#[test]
fn no_verifier_is_built_on_a_secret_of_zeros() {
    let zeros = Key::hmac(Algorithm::Hs256, [0; 32], None).unwrap();
    let built = Verifier::builder()
        .issuer("https://login.example", KeySet::new(vec![zeros]).unwrap())
        .audience("orders-api")
        .build(Seed::new([1; 32]));
    let issuer = "https://login.example".to_owned();
    assert_eq!(built.err(), Some(BuildError::UnfilledSecret { issuer }));
}
