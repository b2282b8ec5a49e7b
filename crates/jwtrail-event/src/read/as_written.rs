use self::line::Line;
use crate::{Counts, Record};

mod line;

/// The record of a line that stands as our own writer writes it: the members in its order, without
/// blanks or escapes, and none that it doesn't know. Any other line, good or bad, is `None` and the
/// parser's; what is read here, the parser reads as the same record.
///
/// Nearly every line is such a one, and it is read in a third of the parser's time.
pub(super) fn record(line: &[u8]) -> Option<Record<'_>> {
    let mut line = Line::new(line)?;
    // In the order of the line: the values are read in the order that they stand here.
    let record = Record {
        time: line.named("{\"time\":\"", Line::parsed)?,
        event_id: line.named(",\"event_id\":\"", Line::parsed)?,
        schema_version: line.named(",\"schema_version\":", Line::number)?,
        kind: line.named(",\"kind\":\"", Line::parsed)?,
        event: line.named(",\"event\":\"", Line::parsed)?,
        service: line.named(",\"service\":\"", Line::text)?,
        service_version: line.named(",\"service_version\":\"", Line::text)?,
        instance: line.named(",\"instance\":\"", Line::text)?,
        boot_id: line.named(",\"boot_id\":\"", Line::text)?,
        seq: line.named(",\"seq\":", Line::number)?,
        outcome: line.named(",\"outcome\":\"", Line::parsed)?,
        reason: line.optional(",\"reason\":\"", Line::parsed)?,
        steps: line.optional(",\"steps\":[", Line::steps)?,
        trust: line.named(",\"trust\":\"", Line::parsed)?,
        token_jti: line.optional(",\"token_jti\":\"", Line::text)?,
        token_sub: line.optional(",\"token_sub\":\"", Line::text)?,
        token_iss: line.optional(",\"token_iss\":\"", Line::text)?,
        token_aud: line.optional(",\"token_aud\":[", Line::texts)?,
        client_id: line.optional(",\"client_id\":\"", Line::text)?,
        token_scope: line.optional(",\"token_scope\":\"", Line::text)?,
        scope_class: line.optional(",\"scope_class\":\"", Line::text)?,
        token_exp: line.optional(",\"token_exp\":", Line::signed)?,
        token_iat: line.optional(",\"token_iat\":", Line::signed)?,
        claimed_jti: line.optional(",\"claimed_jti\":\"", Line::text)?,
        claimed_sub: line.optional(",\"claimed_sub\":\"", Line::text)?,
        claimed_iss: line.optional(",\"claimed_iss\":\"", Line::text)?,
        token_kid: line.optional(",\"token_kid\":\"", Line::text)?,
        token_alg: line.optional(",\"token_alg\":\"", Line::text)?,
        token_typ: line.optional(",\"token_typ\":\"", Line::text)?,
        token_fp: line.optional(",\"token_fp\":\"", Line::text)?,
        authz: line.optional(",\"authz\":\"", Line::parsed)?,
        required_scope: line.optional(",\"required_scope\":\"", Line::text)?,
        missing_scope: line.optional(",\"missing_scope\":\"", Line::text)?,
        object_type: line.optional(",\"object_type\":\"", Line::text)?,
        refresh_family: line.optional(",\"refresh_family\":\"", Line::text)?,
        refresh_generation: line.optional(",\"refresh_generation\":", Line::number)?,
        previous_jti: line.optional(",\"previous_jti\":\"", Line::text)?,
        correlation_id: line.named(",\"correlation_id\":\"", Line::text)?,
        correlation_source: line.named(",\"correlation_source\":\"", Line::parsed)?,
        trace_id: line.named(",\"trace_id\":\"", Line::parsed)?,
        span_id: line.named(",\"span_id\":\"", Line::parsed)?,
        linked_trace_id: line.optional(",\"linked_trace_id\":\"", Line::parsed)?,
        client_ip: line.optional(",\"client_ip\":\"", Line::text)?,
        peer_ip: line.optional(",\"peer_ip\":\"", Line::text)?,
        hop: line.optional(",\"hop\":\"", Line::parsed)?,
        user_agent: line.optional(",\"user_agent\":\"", Line::text)?,
        origin: line.optional(",\"origin\":\"", Line::text)?,
        method: line.optional(",\"method\":\"", Line::text)?,
        route: line.optional(",\"route\":\"", Line::text)?,
        status: line.optional(",\"status\":", Line::number)?,
        exit: line.optional(",\"exit\":\"", Line::parsed)?,
        enforced: line.optional(",\"enforced\":", Line::flag)?,
        duration_us: line.optional(",\"duration_us\":", Line::number)?,
        cache: line.optional(",\"cache\":\"", Line::parsed)?,
        issuer: line.optional(",\"issuer\":\"", Line::text)?,
        option: line.optional(",\"option\":\"", Line::text)?,
        sink: line.optional(",\"sink\":\"", Line::text)?,
        dropped_count: line.optional(",\"dropped_count\":", Line::number)?,
        dropped_kind: line.optional(",\"dropped_kind\":\"", Line::parsed)?,
        last_seq: line.optional(",\"last_seq\":", Line::number)?,
        counts: line.optional(",\"counts\":{\"accepted\":", counts)?,
        r#final: line.optional(",\"final\":", Line::flag)?,
        actor: line.optional(",\"actor\":\"", Line::text)?,
        rule: line.optional(",\"rule\":\"", Line::text)?,
        target: line.optional(",\"target\":\"", Line::text)?,
        until: line.optional(",\"until\":\"", Line::parsed)?,
        producer: line.optional(",\"producer\":\"", Line::text)?,
        received_at: line.optional(",\"received_at\":\"", Line::parsed)?,
        position: line.optional(",\"position\":", Line::number)?,
        rendered: None,
    };
    line.ends("}").then_some(record)
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
    use super::record;
    use crate::{FIELD_NAMES, Record};

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
