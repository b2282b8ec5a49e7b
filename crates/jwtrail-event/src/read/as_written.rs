use self::line::Line;
use crate::{Counts, Record};

mod line;

/// Fills a new record from a line that stands as our own writer writes it: the members in its
/// order, without blanks or escapes, and none that it doesn't know. Any other line, good or bad, is
/// `None` and the parser's, and the record is of no use then; what is read here, the parser reads
/// as the same record.
///
/// Nearly every line is such a one, and it is read in half of the parser's time.
pub(super) fn fill<'a>(r: &mut Record<'a>, line: &'a [u8]) -> Option<()> {
    let mut line = Line::new(line)?;
    // In the order of the line. Only what is there is put into its place.
    line.must("{\"time\":\"", Line::parsed, &mut r.time)?;
    line.must(",\"event_id\":\"", Line::parsed, &mut r.event_id)?;
    line.must(",\"schema_version\":", Line::number, &mut r.schema_version)?;
    line.must(",\"kind\":\"", Line::parsed, &mut r.kind)?;
    line.must(",\"event\":\"", Line::parsed, &mut r.event)?;
    line.must(",\"service\":\"", Line::text, &mut r.service)?;
    line.must(
        ",\"service_version\":\"",
        Line::text,
        &mut r.service_version,
    )?;
    line.must(",\"instance\":\"", Line::text, &mut r.instance)?;
    line.must(",\"boot_id\":\"", Line::text, &mut r.boot_id)?;
    line.must(",\"seq\":", Line::number, &mut r.seq)?;
    line.must(",\"outcome\":\"", Line::parsed, &mut r.outcome)?;
    line.may(",\"reason\":\"", Line::parsed, &mut r.reason)?;
    line.may(",\"steps\":[", Line::steps, &mut r.steps)?;
    line.must(",\"trust\":\"", Line::parsed, &mut r.trust)?;
    line.may(",\"token_jti\":\"", Line::text, &mut r.token_jti)?;
    line.may(",\"token_sub\":\"", Line::text, &mut r.token_sub)?;
    line.may(",\"token_iss\":\"", Line::text, &mut r.token_iss)?;
    line.may(",\"token_aud\":[", Line::texts, &mut r.token_aud)?;
    line.may(",\"client_id\":\"", Line::text, &mut r.client_id)?;
    line.may(",\"token_scope\":\"", Line::text, &mut r.token_scope)?;
    line.may(",\"scope_class\":\"", Line::text, &mut r.scope_class)?;
    line.may(",\"token_exp\":", Line::signed, &mut r.token_exp)?;
    line.may(",\"token_iat\":", Line::signed, &mut r.token_iat)?;
    line.may(",\"claimed_jti\":\"", Line::text, &mut r.claimed_jti)?;
    line.may(",\"claimed_sub\":\"", Line::text, &mut r.claimed_sub)?;
    line.may(",\"claimed_iss\":\"", Line::text, &mut r.claimed_iss)?;
    line.may(",\"token_kid\":\"", Line::text, &mut r.token_kid)?;
    line.may(",\"token_alg\":\"", Line::text, &mut r.token_alg)?;
    line.may(",\"token_typ\":\"", Line::text, &mut r.token_typ)?;
    line.may(",\"token_fp\":\"", Line::text, &mut r.token_fp)?;
    line.may(",\"authz\":\"", Line::parsed, &mut r.authz)?;
    line.may(",\"required_scope\":\"", Line::text, &mut r.required_scope)?;
    line.may(",\"missing_scope\":\"", Line::text, &mut r.missing_scope)?;
    line.may(",\"object_type\":\"", Line::text, &mut r.object_type)?;
    line.may(",\"refresh_family\":\"", Line::text, &mut r.refresh_family)?;
    line.may(
        ",\"refresh_generation\":",
        Line::number,
        &mut r.refresh_generation,
    )?;
    line.may(",\"previous_jti\":\"", Line::text, &mut r.previous_jti)?;
    line.must(",\"correlation_id\":\"", Line::text, &mut r.correlation_id)?;
    line.must(
        ",\"correlation_source\":\"",
        Line::parsed,
        &mut r.correlation_source,
    )?;
    line.must(",\"trace_id\":\"", Line::parsed, &mut r.trace_id)?;
    line.must(",\"span_id\":\"", Line::parsed, &mut r.span_id)?;
    line.may(
        ",\"linked_trace_id\":\"",
        Line::parsed,
        &mut r.linked_trace_id,
    )?;
    line.may(",\"client_ip\":\"", Line::text, &mut r.client_ip)?;
    line.may(",\"peer_ip\":\"", Line::text, &mut r.peer_ip)?;
    line.may(",\"hop\":\"", Line::parsed, &mut r.hop)?;
    line.may(",\"user_agent\":\"", Line::text, &mut r.user_agent)?;
    line.may(",\"origin\":\"", Line::text, &mut r.origin)?;
    line.may(",\"method\":\"", Line::text, &mut r.method)?;
    line.may(",\"route\":\"", Line::text, &mut r.route)?;
    line.may(",\"status\":", Line::number, &mut r.status)?;
    line.may(",\"exit\":\"", Line::parsed, &mut r.exit)?;
    line.may(",\"enforced\":", Line::flag, &mut r.enforced)?;
    line.may(",\"duration_us\":", Line::number, &mut r.duration_us)?;
    line.may(",\"cache\":\"", Line::parsed, &mut r.cache)?;
    line.may(",\"issuer\":\"", Line::text, &mut r.issuer)?;
    line.may(",\"option\":\"", Line::text, &mut r.option)?;
    line.may(",\"sink\":\"", Line::text, &mut r.sink)?;
    line.may(",\"dropped_count\":", Line::number, &mut r.dropped_count)?;
    line.may(",\"dropped_kind\":\"", Line::parsed, &mut r.dropped_kind)?;
    line.may(",\"last_seq\":", Line::number, &mut r.last_seq)?;
    line.may(",\"counts\":{\"accepted\":", counts, &mut r.counts)?;
    line.may(",\"final\":", Line::flag, &mut r.r#final)?;
    line.may(",\"actor\":\"", Line::text, &mut r.actor)?;
    line.may(",\"rule\":\"", Line::text, &mut r.rule)?;
    line.may(",\"target\":\"", Line::text, &mut r.target)?;
    line.may(",\"until\":\"", Line::parsed, &mut r.until)?;
    line.may(",\"producer\":\"", Line::text, &mut r.producer)?;
    line.may(",\"received_at\":\"", Line::parsed, &mut r.received_at)?;
    line.may(",\"position\":", Line::number, &mut r.position)?;
    line.ends("}").then_some(())
}

fn counts(line: &mut Line<'_>) -> Option<Counts> {
    let counts = Counts {
        accepted: line.number()?,
        missing: line.named(",\"missing\":", Line::number)?,
        rejected: line.named(",\"rejected\":", Line::number)?,
        denied: line.named(",\"denied\":", Line::number)?,
        limited: line.named(",\"limited\":", Line::number)?,
        dropped: line.named(",\"dropped\":", Line::number)?,
    };
    line.passes("}").then_some(counts)
}

#[cfg(test)]
mod tests {
    use super::fill;
    use crate::{EventName, FIELD_NAMES, Outcome, Record, Timestamp};

    fn record(line: &[u8]) -> Option<Record<'_>> {
        let time = Timestamp::default();
        let mut record = Record::new(EventName::Heartbeat, Outcome::Success, time);
        fill(&mut record, line).map(|()| record)
    }

    #[test]
    fn whatever_we_write_is_read_here() {
        let full = written(FULL);
        for name in FIELD_NAMES {
            assert!(full.contains(&format!("\"{name}\":")), "{name}");
            let mut members: serde_json::Map<_, _> = serde_json::from_str(FULL).unwrap();
            members.remove(*name);
            let without = serde_json::to_string(&members).unwrap();
            if sonic_rs::from_str::<Record<'_>>(&without).is_ok() {
                written(&without);
            }
        }
    }

    /// The line of a record, which the parser and we read as the same.
    fn written(text: &str) -> String {
        let parsed: Record<'_> = sonic_rs::from_str(text).unwrap();
        let mut line = Vec::new();
        parsed.write_ndjson(&mut line);
        assert_eq!(line.pop(), Some(b'\n'));
        assert_eq!(record(&line), Some(parsed));
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn what_the_parser_has_to_look_at_is_left_to_it() {
        assert!(record(FULL.as_bytes()).is_some());
        for (ours, other) in [
            ("\"seq\":7", "\"seq\": 7"),
            ("\"seq\":7", "\"seq\":07"),
            ("\"seq\":7", "\"seq\":7.0"),
            ("\"seq\":7", "\"seq\":18446744073709551616"),
            ("\"token_iat\":-1", "\"token_iat\":-0"),
            ("\"token_iat\":-1", "\"token_iat\":-9223372036854775809"),
            ("\"status\":401", "\"status\":65536"),
            ("\"enforced\":true", "\"enforced\":null"),
            ("user-7", "user\\u002d7"),
            ("user-7", "user\u{1}7"),
            ("\"boot_id\":\"b1\",", ""),
            (
                "\"method\":\"GET\"",
                "\"method\":\"GET\",\"method\":\"GET\"",
            ),
            ("\"method\":\"GET\"", "\"newer\":1,\"method\":\"GET\""),
            ("[\"a\",\"b\"]", "[\"a\" ,\"b\"]"),
            ("[\"a\",\"b\"]", "[\"a\",\"b\",]"),
            ("\"position\":9}", "\"position\":9} "),
            ("\"position\":9}", "\"position\":9}{"),
            ("\"position\":9}", "\"position\":9"),
        ] {
            let line = FULL.replacen(ours, other, 1);
            assert_ne!(line, FULL, "{ours}");
            assert_eq!(record(line.as_bytes()), None, "{other}");
        }
        let mut bytes = FULL.as_bytes().to_vec();
        bytes[FULL.find("user-7").unwrap()] = 0xff;
        assert_eq!(record(&bytes), None);
    }

    /// All members that there are, in their order.
    const FULL: &str = concat!(
        r#"{"time":"2026-01-02T03:04:05.000006Z","event_id":"019b7c3e-2a4b-7c5d-8e6f-0123456789ab","#,
        r#""schema_version":1,"kind":"decision","event":"token.rejected","service":"orders","#,
        r#""service_version":"1.0","instance":"orders-1","boot_id":"b1","seq":7,"outcome":"failure","#,
        r#""reason":"expired","steps":["parse:ok","claims:expired"],"trust":"signed","#,
        r#""token_jti":"j1","token_sub":"user-7","token_iss":"https://login.example","#,
        r#""token_aud":["a","b"],"client_id":"app","token_scope":"orders:read","scope_class":"admin","#,
        r#""token_exp":1767323045,"token_iat":-1,"claimed_jti":"j2","claimed_sub":"nina","#,
        r#""claimed_iss":"x","token_kid":"k1","token_alg":"ES256","token_typ":"at+jwt","#,
        r#""token_fp":"k1:00","authz":"denied","required_scope":"a","missing_scope":"b","#,
        r#""object_type":"order","refresh_family":"f1","refresh_generation":3,"previous_jti":"j0","#,
        r#""correlation_id":"c1","correlation_source":"incoming","#,
        r#""trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","#,
        r#""linked_trace_id":"4bf92f3577b34da6a3ce929d0e0e4737","client_ip":"192.0.2.7","#,
        r#""peer_ip":"192.0.2.8","hop":"edge","user_agent":"Zoë/1","origin":"https://a.example","#,
        r#""method":"GET","route":"/orders/{id}","status":401,"exit":"responded","enforced":true,"#,
        r#""duration_us":120,"cache":"miss","issuer":"https://login.example","option":"none","#,
        r#""sink":"file","dropped_count":1,"dropped_kind":"failed","last_seq":6,"#,
        r#""counts":{"accepted":1,"missing":2,"rejected":3,"denied":4,"limited":5,"dropped":6},"#,
        r#""final":false,"actor":"ops","rule":"r","target":"t","until":"2026-01-03T00:00:00.000000Z","#,
        r#""producer":"orders","received_at":"2026-01-02T03:04:06.000000Z","position":9}"#,
    );
}
