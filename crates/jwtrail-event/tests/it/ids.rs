use jwtrail_event::{EventId, SecretToken, SpanId, Timestamp, TraceId};

#[test]
fn an_event_id_is_a_uuid_of_version_7_that_tells_the_time() {
    let id = EventId::v7(Timestamp::from_millis(0x0123_4567_89ab), &[0xff; 10]);
    assert_eq!(id.to_string(), "01234567-89ab-7fff-bfff-ffffffffffff");
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!(EventId::from_u128(id.as_u128()), id);
}

#[test]
fn event_ids_sort_by_time() {
    let earlier = EventId::v7(Timestamp::from_millis(1), &[0xff; 10]);
    let later = EventId::v7(Timestamp::from_millis(2), &[0; 10]);
    assert!(earlier < later);
}

#[test]
fn trace_ids_follow_trace_context() {
    let text = "4bf92f3577b34da6a3ce929d0e0e4736";
    assert_eq!(text.parse::<TraceId>().unwrap().to_string(), text);
    assert_eq!(
        "00f067aa0ba902b7".parse::<SpanId>().unwrap().as_bits(),
        0x00f0_67aa_0ba9_02b7
    );
    for bad in [
        "",
        "4bf92f3577b34da6a3ce929d0e0e473",
        "4bf92f3577b34da6a3ce929d0e0e47360",
        "4BF92F3577B34DA6A3CE929D0E0E4736",
        "+bf92f3577b34da6a3ce929d0e0e4736",
        "00000000000000000000000000000000",
    ] {
        assert!(bad.parse::<TraceId>().is_err(), "{bad}");
    }
    assert_eq!(TraceId::from_bits(0).as_bits(), 1);
    assert_eq!(SpanId::from_bits(0).to_string(), "0000000000000001");
}

#[test]
fn a_secret_token_is_not_printed() {
    let token = SecretToken::new("eyJhbGciOiJFUzI1NiJ9.e30.AAAA".to_owned());
    assert_eq!(
        format!("{token:?} {:?}", Some(token.clone())),
        "SecretToken(..) Some(SecretToken(..))"
    );
    assert_eq!(token.expose(), "eyJhbGciOiJFUzI1NiJ9.e30.AAAA");
}
