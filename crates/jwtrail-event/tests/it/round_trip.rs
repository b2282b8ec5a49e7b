//! Any bytes in any text give one valid line that reads back as the capped record.

use jwtrail_event::{
    Authz, CacheUse, CorrelationSource, Counts, DroppedKind, EventId, EventName, Exit, Hop,
    MAX_LINE, Outcome, Reason, Record, SpanId, Step, StepResult, Steps, Text, Timestamp, TraceId,
    Trust,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_anywhere_give_one_line_that_reads_back(
        texts in vec(hostile_bytes(), TEXTS),
        audiences in vec(hostile_bytes(), 0..20),
        numbers in any::<[i64; 12]>(),
        picks in any::<[usize; 12]>(),
    ) {
        let mut record = record(&numbers, &picks);
        for (slot, bytes) in texts_of(&mut record).into_iter().zip(&texts) {
            *slot = Text::from_bytes(bytes);
        }
        record.token_aud = Some(audiences.iter().map(|bytes| Text::from_bytes(bytes)).collect());
        assert_round_trip(record);
    }

    #[test]
    fn absent_fields_stay_absent(
        numbers in any::<[i64; 12]>(),
        picks in any::<[usize; 12]>(),
    ) {
        let full = record(&numbers, &picks);
        let mut bare = Record::new(full.event, full.outcome, full.time);
        bare.seq = full.seq;
        assert_round_trip(bare);
    }
}

#[test]
fn a_megabyte_in_each_field_is_capped() {
    for character in ['a', '\u{1b}', '\u{2028}', '\u{10ffff}', '\u{e0001}', '"'] {
        let megabyte = character
            .to_string()
            .repeat(1_048_576 / character.len_utf8());
        for at in 0..TEXTS {
            let mut record = record(&[0; 12], &[0; 12]);
            *texts_of(&mut record)[at] = Text::from(&megabyte);
            assert_round_trip(record);
        }
    }
}

#[test]
fn the_longest_record_can_be_read() {
    let worst = "\u{1b}".repeat(2_000);
    let mut record = record(&[i64::MIN; 12], &[usize::MAX; 12]);
    for slot in texts_of(&mut record) {
        *slot = Text::from(&worst);
    }
    record.token_aud = Some(vec![Text::from(&worst); 40]);
    let length = assert_round_trip(record);
    assert!(length > MAX_LINE / 2 && length <= MAX_LINE, "{length}");
}

#[test]
fn a_cut_never_splits_a_character() {
    for filler in 0..4 {
        let long = format!("{}{}", "a".repeat(filler), "\u{1f600}".repeat(1_000));
        let mut record = record(&[0; 12], &[0; 12]);
        record.token_sub = Some(Text::from(&long));
        assert_round_trip(record.clone());
        record.cap();
        let kept = record.token_sub.unwrap();
        assert!(kept.as_str().len() > 252 && long.starts_with(kept.as_str()));
    }
}

#[test]
fn what_breaks_lines_terminals_and_reading_order_never_stands_raw() {
    let unsafe_ones: Vec<char> = (0..=0x9f_u32)
        .filter(|code| !(0x20..0x7f).contains(code))
        .chain([0xad, 0x61c, 0x180e, 0xfeff])
        .chain(0x200b..=0x200f)
        .chain(0x2028..=0x202e)
        .chain(0x2060..=0x206f)
        .chain(0xfff9..=0xfffb)
        .chain(0xe0000..=0xe007f)
        .filter_map(char::from_u32)
        .collect();
    for character in unsafe_ones {
        let text = format!("a{character}b");
        let mut record = record(&[0; 12], &[0; 12]);
        record.user_agent = Some(Text::from(&text));
        let mut line = Vec::new();
        record.write_ndjson(&mut line);
        let line = String::from_utf8(line).unwrap();
        let body = line.strip_suffix('\n').unwrap();
        assert!(!body.contains(character), "{:x}", u32::from(character));
        assert_round_trip(record);
    }
}

#[test]
fn plain_text_stands_as_it_is() {
    let text = "Zo\u{eb} \u{4e2d}\u{6587} \u{1f600} ~ \u{e9}\u{2019}";
    let mut record = record(&[0; 12], &[0; 12]);
    record.user_agent = Some(Text::from(text));
    let mut line = Vec::new();
    record.write_ndjson(&mut line);
    assert!(
        String::from_utf8(line)
            .unwrap()
            .contains(&format!("\"user_agent\":\"{text}\""))
    );
}

#[test]
fn writing_only_appends() {
    let record = record(&[0; 12], &[0; 12]);
    let mut once = Vec::new();
    record.write_ndjson(&mut once);
    let mut twice = once.clone();
    record.write_ndjson(&mut twice);
    assert_eq!(twice, once.repeat(2));
}

/// Writes, checks the line, reads it, and gives its length.
fn assert_round_trip(mut record: Record<'_>) -> usize {
    let mut line = Vec::new();
    record.write_ndjson(&mut line);
    let text = std::str::from_utf8(&line).unwrap();
    let body = text.strip_suffix('\n').unwrap();
    assert!(!body.chars().any(char::is_control));
    assert!(!body.contains(['\u{2028}', '\u{2029}', '\u{202e}', '\u{feff}']));
    record.cap();
    let value: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(value["service"].as_str(), Some(record.service.as_str()));
    assert_eq!(
        value["token_sub"].as_str(),
        record.token_sub.as_ref().map(Text::as_str)
    );
    assert_eq!(Record::read(&line), Ok(record));
    line.len()
}

/// A record whose numbers, flags and words are all there; its texts are empty.
pub(crate) fn record(numbers: &[i64; 12], picks: &[usize; 12]) -> Record<'static> {
    let pick = |index: usize, of: usize| picks[index] % of;
    let unsigned = |index: usize| numbers[index].unsigned_abs();
    let event = EventName::ALL[pick(0, EventName::ALL.len())];
    let outcome = Outcome::ALL[pick(1, 2)];
    let mut record = Record::new(event, outcome, Timestamp::from_micros(numbers[0]));
    record.event_id = EventId::from_u128(u128::from(unsigned(1)) << 64 | u128::from(unsigned(2)));
    record.seq = unsigned(3);
    record.trust = Trust::ALL[pick(2, 3)];
    record.correlation_source = CorrelationSource::ALL[pick(3, 2)];
    record.trace_id = TraceId::from_bits(u128::from(unsigned(4)) * 0x1_0000_0001);
    record.span_id = SpanId::from_bits(unsigned(5));
    record.linked_trace_id = Some(TraceId::from_bits(u128::from(unsigned(6))));
    record.reason = Some(Reason::ALL[pick(4, Reason::ALL.len())]);
    record.steps = Some(steps(picks));
    record.token_exp = Some(numbers[7]);
    record.token_iat = Some(numbers[8]);
    record.authz = Some(Authz::ALL[pick(5, 2)]);
    record.refresh_generation = Some(unsigned(9));
    record.hop = Some(Hop::ALL[pick(6, 2)]);
    record.status = u16::try_from(pick(7, 65_536)).ok();
    record.exit = Some(Exit::ALL[pick(8, 4)]);
    record.enforced = Some(pick(9, 2) == 0);
    record.duration_us = Some(unsigned(10));
    record.cache = Some(CacheUse::ALL[pick(10, 3)]);
    record.dropped_count = Some(unsigned(11));
    record.dropped_kind = Some(DroppedKind::ALL[pick(11, 5)]);
    record.last_seq = Some(u64::MAX);
    record.counts = Some(counts(numbers));
    record.r#final = Some(pick(9, 3) == 0);
    record.until = Some(Timestamp::from_micros(numbers[1]));
    record.received_at = Some(Timestamp::from_micros(numbers[2]));
    record.position = Some(unsigned(0));
    record
}

fn steps(picks: &[usize; 12]) -> Steps {
    let mut steps = Steps::default();
    for (step, pick) in Step::ALL.iter().zip(picks) {
        match pick % 3 {
            0 => {}
            1 => steps.passed(*step),
            _ => steps.set(
                *step,
                StepResult::Failed(Reason::ALL[pick % Reason::ALL.len()]),
            ),
        }
    }
    steps
}

fn counts(numbers: &[i64; 12]) -> Counts {
    let mut counts = Counts::default();
    counts.accepted = numbers[0].unsigned_abs();
    counts.missing = numbers[1].unsigned_abs();
    counts.rejected = numbers[2].unsigned_abs();
    counts.denied = numbers[3].unsigned_abs();
    counts.limited = numbers[4].unsigned_abs();
    counts.dropped = numbers[5].unsigned_abs();
    counts
}

/// How many texts a record has besides `token_aud`.
pub(crate) const TEXTS: usize = 36;

pub(crate) fn texts_of<'r, 'a>(record: &'r mut Record<'a>) -> [&'r mut Text<'a>; TEXTS] {
    [
        &mut record.service,
        &mut record.service_version,
        &mut record.instance,
        &mut record.boot_id,
        &mut record.correlation_id,
        record.token_jti.get_or_insert_default(),
        record.token_sub.get_or_insert_default(),
        record.token_iss.get_or_insert_default(),
        record.client_id.get_or_insert_default(),
        record.token_scope.get_or_insert_default(),
        record.scope_class.get_or_insert_default(),
        record.claimed_jti.get_or_insert_default(),
        record.claimed_sub.get_or_insert_default(),
        record.claimed_iss.get_or_insert_default(),
        record.token_kid.get_or_insert_default(),
        record.token_alg.get_or_insert_default(),
        record.token_typ.get_or_insert_default(),
        record.token_fp.get_or_insert_default(),
        record.required_scope.get_or_insert_default(),
        record.missing_scope.get_or_insert_default(),
        record.object_type.get_or_insert_default(),
        record.refresh_family.get_or_insert_default(),
        record.previous_jti.get_or_insert_default(),
        record.client_ip.get_or_insert_default(),
        record.peer_ip.get_or_insert_default(),
        record.user_agent.get_or_insert_default(),
        record.origin.get_or_insert_default(),
        record.method.get_or_insert_default(),
        record.route.get_or_insert_default(),
        record.issuer.get_or_insert_default(),
        record.option.get_or_insert_default(),
        record.sink.get_or_insert_default(),
        record.actor.get_or_insert_default(),
        record.rule.get_or_insert_default(),
        record.target.get_or_insert_default(),
        record.producer.get_or_insert_default(),
    ]
}

/// Bytes of every kind: any at all, and many of those that break things.
pub(crate) fn hostile_bytes() -> impl Strategy<Value = Vec<u8>> {
    let trouble: Vec<&'static [u8]> = vec![
        b"\r\n",
        b"\n",
        b"\0",
        b"\x1b[2J",
        b"\x7f",
        b"\"",
        b"\\",
        b"\\u0000",
        b"\",\"outcome\":\"success\"}\n{",
        b"\xff",
        b"\xc2",
        b"\xed\xa0\x80",
        b"\xf0\x9f\x98",
        "\u{85}\u{9b}".as_bytes(),
        "\u{2028}\u{2029}".as_bytes(),
        "\u{202e}\u{2066}\u{61c}".as_bytes(),
        "\u{feff}\u{200b}".as_bytes(),
        "\u{e0041}\u{1f600}".as_bytes(),
        b"plain text",
    ];
    prop_oneof![
        3 => vec(select(trouble), 0..40).prop_map(|parts| parts.concat()),
        2 => vec(any::<u8>(), 0..300),
        1 => any::<String>().prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 1_000..1_500),
    ]
}
