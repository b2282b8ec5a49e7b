use std::net::IpAddr;
use std::sync::Arc;

use jwtrail_event::events::{
    AcceptedToken, Claims, Event, LoginFailed, Request, TokenAccepted, TokenHeader, TokenRevoked,
};
use jwtrail_event::{
    EventId, Origin, Pseudonyms, Record, RenderedToken, Text, Timestamp, UnusablePseudonymKey,
    Writer,
};

use crate::every_event::each_unstamped;
use crate::every_event::facts::{answer, claims, correlation, header, request};

fn pseudonyms() -> Pseudonyms {
    Pseudonyms::new("2026", &[7; 32]).unwrap()
}

fn address(text: &str) -> String {
    pseudonyms().address(text.parse().unwrap())
}

/// The event's line, by whoever writes under these pseudonyms.
fn line(event: &(impl Event + ?Sized), pseudonyms: Pseudonyms) -> String {
    let origin = Origin {
        service: "orders-api".to_owned(),
        service_version: "1".to_owned(),
        instance: "a".to_owned(),
        boot_id: "b1".to_owned(),
    };
    let writer = Writer::new(origin).with_pseudonyms(Arc::new(pseudonyms));
    let mut line = Vec::new();
    let stamp = writer.stamp(EventId::from_u128(7), 0);
    event.write(Timestamp::from_seconds(1_800_000_000), &stamp, &mut line);
    String::from_utf8(line).unwrap()
}

fn accepted<'a>(request: &'a Request<'a>, token: AcceptedToken<'a>) -> TokenAccepted<'a> {
    TokenAccepted {
        request,
        answer: answer(200),
        token,
        authorization: None,
    }
}

#[test]
fn no_event_says_whose_it_is() {
    let mut seen = 0;
    each_unstamped(|event| {
        let text = line(event, pseudonyms());
        let record = Record::read(text.as_bytes()).unwrap();
        assert_eq!(record.violations(), [], "{text}");
        for known in ["alice", "mallory", "192.0.2.7\"", "10.0.0.1\""] {
            assert!(!text.contains(known), "{text}");
        }
        if let Some(subject) = record.token_sub {
            assert_eq!(subject, pseudonyms().subject("alice").as_str());
            seen += 1;
        }
        if let Some(client) = record.client_ip {
            assert_eq!(client, address("192.0.2.7").as_str());
        }
        if let Some(peer) = record.peer_ip {
            assert_eq!(peer, address("10.0.0.1").as_str());
        }
    });
    assert!(seen > 5);
}

#[test]
fn a_token_rendered_before_has_the_pseudonym_of_its_facts() {
    for subject in ["alice", "", "al\"ice\\", "é\u{2028}\n", &"x".repeat(300)] {
        let claims = || Claims {
            sub: Some(Text::from(subject)),
            ..claims()
        };
        let request = request();
        let rendered = RenderedToken::new(&header(), &claims());
        let rendered = line(
            &accepted(&request, AcceptedToken::Rendered(&rendered)),
            pseudonyms(),
        );
        let facts = AcceptedToken::Facts {
            header: header(),
            claims: claims(),
        };
        assert_eq!(rendered, line(&accepted(&request, facts), pseudonyms()));
        assert!(rendered.contains(&pseudonyms().subject(subject)));
    }
}

#[test]
fn a_token_without_a_subject_stays_as_it_is() {
    let claims = Claims {
        jti: Some(Text::from(",\"token_sub\":\"alice\"")),
        ..Claims::default()
    };
    let rendered = RenderedToken::new(&TokenHeader::default(), &claims);
    let request = request();
    let event = accepted(&request, AcceptedToken::Rendered(&rendered));
    let text = line(&event, pseudonyms());
    let record = Record::read(text.as_bytes()).unwrap();
    assert_eq!(record.token_jti, claims.jti);
    assert_eq!(record.token_sub, None);
}

#[test]
fn what_is_to_be_kept_is_kept() {
    let request = request();
    let rendered = RenderedToken::new(&header(), &claims());
    let event = accepted(&request, AcceptedToken::Rendered(&rendered));
    let with = |pseudonyms| line(&event, pseudonyms);
    let kept = with(pseudonyms().keep_subjects().keep_client_addresses());
    assert!(kept.contains("\"token_sub\":\"alice\"") && kept.contains("\"192.0.2.7\""));
    assert!(!kept.contains("\"10.0.0.1\""));
    let kept = with(pseudonyms().keep_peer_addresses());
    assert!(!kept.contains("alice") && !kept.contains("\"192.0.2.7\""));
    assert!(kept.contains("\"peer_ip\":\"10.0.0.1\""));

    let failed = LoginFailed {
        request: &request,
        claimed_sub: Some(Text::from("mallory")),
    };
    assert!(line(&failed, pseudonyms().keep_claimed_subjects()).contains("mallory"));
}

#[test]
fn a_peer_that_is_the_client_does_not_give_it_away() {
    let direct = Request {
        peer_ip: [192, 0, 2, 7].into(),
        ..request()
    };
    let failed = LoginFailed {
        request: &direct,
        claimed_sub: None,
    };
    let rendered = RenderedToken::new(&header(), &claims());
    let accepted = accepted(&direct, AcceptedToken::Rendered(&rendered));
    let (kept, clients) = (
        || pseudonyms().keep_peer_addresses(),
        || pseudonyms().keep_client_addresses(),
    );
    for text in [line(&failed, kept()), line(&accepted, kept())] {
        assert!(!text.contains("\"192.0.2.7\""), "{text}");
    }
    for text in [line(&failed, clients()), line(&accepted, clients())] {
        assert!(text.contains("\"peer_ip\":\"192.0.2.7\""), "{text}");
    }
}

#[test]
fn a_revocation_does_not_name_whom_it_is_about() {
    let revoked = |actor, target| {
        let event = TokenRevoked {
            correlation: &correlation(),
            actor: Text::from(actor),
            target: Text::from(target),
            claims: None,
            family: None,
            until: None,
        };
        line(&event, pseudonyms())
    };
    let alice = pseudonyms().subject("alice");
    let text = revoked("alice", "subject:alice");
    assert!(text.contains(&format!(
        "\"actor\":\"{alice}\",\"target\":\"subject:{alice}\""
    )));
    for actor in ["jwtrail", "client"] {
        let text = revoked(actor, "family:7");
        assert!(text.contains(&format!("\"actor\":\"{actor}\",\"target\":\"family:7\"")));
    }
}

#[test]
fn another_key_gives_other_pseudonyms() {
    let other = Pseudonyms::new("2027", &[8; 32]).unwrap();
    assert_ne!(
        other.subject("alice").rsplit(':').next(),
        pseudonyms().subject("alice").rsplit(':').next()
    );
    assert_ne!(pseudonyms().subject("alice"), pseudonyms().subject("bob"));
    // A subject that is written as an address has not the address's pseudonym.
    let whole = pseudonyms().whole_addresses();
    assert_ne!(
        whole.address([192, 0, 2, 7].into()),
        whole.subject("192.0.2.7")
    );
}

#[test]
fn addresses_that_are_nobodys_stay() {
    for text in ["0.0.0.0", "127.0.0.1", "::1", "::"] {
        assert_eq!(address(text), text);
        let whole = pseudonyms().whole_addresses();
        assert_eq!(whole.address(text.parse().unwrap()), text);
    }
    assert_eq!(address("::ffff:192.0.2.7"), address("192.0.2.7"));
}

#[test]
fn an_address_keeps_its_network_or_nothing() {
    let within = address("2001:db8:1:2:3:4:5:6").parse().unwrap();
    let IpAddr::V6(within) = within else {
        panic!("{within}")
    };
    assert_eq!(within.segments()[..3], [0x2001, 0xdb8, 1]);
    let whole = pseudonyms()
        .whole_addresses()
        .address([192, 0, 2, 7].into());
    assert!(whole.starts_with("p:2026:") && whole.len() == 7 + 32);
}

#[test]
fn a_key_must_be_long_and_have_a_plain_id() {
    assert_eq!(
        Pseudonyms::new("2026", &[7; 31]).unwrap_err(),
        UnusablePseudonymKey::Short { length: 31 }
    );
    for id in ["", "A", "a:b", "12345678901234567"] {
        let error = Pseudonyms::new(id, &[7; 32]).unwrap_err();
        assert_eq!(error, UnusablePseudonymKey::Id);
    }
    assert!(!format!("{:?}", pseudonyms()).contains('7'));
}
