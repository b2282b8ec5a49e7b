use crate::text::capped;
use crate::{Record, Steps, Text, Timestamp, caps};

impl Record<'_> {
    /// Appends the record as one line of NDJSON, its newline included.
    ///
    /// Every value from outside is cut to its cap and escaped: control characters, U+2028,
    /// U+2029 and bidirectional controls never stand raw, so one record is always one line.
    /// The buffer is only appended to, so that it can be reused.
    ///
    /// ```
    /// use jwtrail_event::{EventName, Outcome, Record, Text, Timestamp};
    /// let mut record = Record::new(EventName::TokenRejected, Outcome::Failure, Timestamp::from_seconds(0));
    /// record.user_agent = Some(Text::from("evil\nline"));
    /// let mut line = Vec::new();
    /// record.write_ndjson(&mut line);
    /// assert_eq!(line.iter().filter(|b| **b == b'\n').count(), 1);
    /// ```
    pub fn write_ndjson(&self, out: &mut Vec<u8>) {
        let mut line = Line { out };
        line.out.extend_from_slice(b"{\"time\":");
        line.time(self.time);
        line.raw(b",\"event_id\":\"");
        let mut id = [0; 36];
        line.raw(self.event_id.encode(&mut id).as_bytes());
        line.raw(b"\",\"schema_version\":");
        line.number(self.schema_version);
        line.word(b",\"kind\":\"", self.kind.as_str());
        line.word(b",\"event\":\"", self.event.as_str());
        line.text(b",\"service\":\"", &self.service, caps::ID);
        line.text(b",\"service_version\":\"", &self.service_version, caps::ID);
        line.text(b",\"instance\":\"", &self.instance, caps::ID);
        line.text(b",\"boot_id\":\"", &self.boot_id, caps::ID);
        line.raw(b",\"seq\":");
        line.number(self.seq);
        line.word(b",\"outcome\":\"", self.outcome.as_str());
        line.optional_word(b",\"reason\":\"", self.reason.map(crate::Reason::as_str));
        if let Some(steps) = &self.steps {
            line.steps(steps);
        }
        line.word(b",\"trust\":\"", self.trust.as_str());
        self.write_token(&mut line);
        self.write_request(&mut line);
        self.write_system(&mut line);
        line.out.extend_from_slice(b"}\n");
    }

    fn write_token(&self, line: &mut Line<'_>) {
        line.optional_text(b",\"token_jti\":\"", self.token_jti.as_ref(), caps::ID);
        line.optional_text(b",\"token_sub\":\"", self.token_sub.as_ref(), caps::ID);
        line.optional_text(b",\"token_iss\":\"", self.token_iss.as_ref(), caps::URI);
        if let Some(audiences) = &self.token_aud {
            line.raw(b",\"token_aud\":[");
            for (index, audience) in audiences.iter().take(caps::AUDIENCES).enumerate() {
                line.text(if index == 0 { b"\"" } else { b",\"" }, audience, caps::URI);
            }
            line.raw(b"]");
        }
        line.optional_text(b",\"client_id\":\"", self.client_id.as_ref(), caps::ID);
        line.optional_text(
            b",\"token_scope\":\"",
            self.token_scope.as_ref(),
            caps::SCOPE,
        );
        line.optional_text(
            b",\"scope_class\":\"",
            self.scope_class.as_ref(),
            caps::WORD,
        );
        line.optional_number(b",\"token_exp\":", self.token_exp);
        line.optional_number(b",\"token_iat\":", self.token_iat);
        line.optional_text(b",\"claimed_jti\":\"", self.claimed_jti.as_ref(), caps::ID);
        line.optional_text(b",\"claimed_sub\":\"", self.claimed_sub.as_ref(), caps::ID);
        line.optional_text(b",\"claimed_iss\":\"", self.claimed_iss.as_ref(), caps::URI);
        line.optional_text(b",\"token_kid\":\"", self.token_kid.as_ref(), caps::ID);
        line.optional_text(b",\"token_alg\":\"", self.token_alg.as_ref(), caps::WORD);
        line.optional_text(b",\"token_typ\":\"", self.token_typ.as_ref(), caps::WORD);
        line.optional_text(b",\"token_fp\":\"", self.token_fp.as_ref(), caps::WORD);
        line.optional_word(b",\"authz\":\"", self.authz.map(crate::Authz::as_str));
        line.optional_text(
            b",\"required_scope\":\"",
            self.required_scope.as_ref(),
            caps::SCOPE,
        );
        line.optional_text(
            b",\"missing_scope\":\"",
            self.missing_scope.as_ref(),
            caps::SCOPE,
        );
        line.optional_text(
            b",\"object_type\":\"",
            self.object_type.as_ref(),
            caps::WORD,
        );
        line.optional_text(
            b",\"refresh_family\":\"",
            self.refresh_family.as_ref(),
            caps::ID,
        );
        line.optional_number(b",\"refresh_generation\":", self.refresh_generation);
        line.optional_text(
            b",\"previous_jti\":\"",
            self.previous_jti.as_ref(),
            caps::ID,
        );
    }

    fn write_request(&self, line: &mut Line<'_>) {
        line.text(b",\"correlation_id\":\"", &self.correlation_id, caps::ID);
        line.word(
            b",\"correlation_source\":\"",
            self.correlation_source.as_str(),
        );
        line.raw(b",\"trace_id\":\"");
        line.raw(&self.trace_id.digits());
        line.raw(b"\",\"span_id\":\"");
        line.raw(&self.span_id.digits());
        line.raw(b"\"");
        if let Some(linked) = self.linked_trace_id {
            line.raw(b",\"linked_trace_id\":\"");
            line.raw(&linked.digits());
            line.raw(b"\"");
        }
        line.optional_text(b",\"client_ip\":\"", self.client_ip.as_ref(), caps::WORD);
        line.optional_text(b",\"peer_ip\":\"", self.peer_ip.as_ref(), caps::WORD);
        line.optional_word(b",\"hop\":\"", self.hop.map(crate::Hop::as_str));
        line.optional_text(b",\"user_agent\":\"", self.user_agent.as_ref(), caps::FREE);
        line.optional_text(b",\"origin\":\"", self.origin.as_ref(), caps::URI);
        line.optional_text(b",\"method\":\"", self.method.as_ref(), caps::WORD);
        line.optional_text(b",\"route\":\"", self.route.as_ref(), caps::URI);
        line.optional_number(b",\"status\":", self.status);
        line.optional_word(b",\"exit\":\"", self.exit.map(crate::Exit::as_str));
        line.optional_flag(b",\"enforced\":", self.enforced);
        line.optional_number(b",\"duration_us\":", self.duration_us);
        line.optional_word(b",\"cache\":\"", self.cache.map(crate::CacheUse::as_str));
    }

    fn write_system(&self, line: &mut Line<'_>) {
        line.optional_text(b",\"issuer\":\"", self.issuer.as_ref(), caps::URI);
        line.optional_text(b",\"option\":\"", self.option.as_ref(), caps::WORD);
        line.optional_text(b",\"sink\":\"", self.sink.as_ref(), caps::ID);
        line.optional_number(b",\"dropped_count\":", self.dropped_count);
        line.optional_word(
            b",\"dropped_kind\":\"",
            self.dropped_kind.map(crate::DroppedKind::as_str),
        );
        line.optional_number(b",\"last_seq\":", self.last_seq);
        if let Some(counts) = &self.counts {
            line.raw(b",\"counts\":{\"accepted\":");
            line.number(counts.accepted);
            line.optional_number(b",\"missing\":", Some(counts.missing));
            line.optional_number(b",\"rejected\":", Some(counts.rejected));
            line.optional_number(b",\"denied\":", Some(counts.denied));
            line.optional_number(b",\"limited\":", Some(counts.limited));
            line.optional_number(b",\"dropped\":", Some(counts.dropped));
            line.raw(b"}");
        }
        line.optional_flag(b",\"final\":", self.r#final);
        line.optional_text(b",\"actor\":\"", self.actor.as_ref(), caps::ID);
        line.optional_text(b",\"rule\":\"", self.rule.as_ref(), caps::ID);
        line.optional_text(b",\"target\":\"", self.target.as_ref(), caps::URI);
        if let Some(until) = self.until {
            line.raw(b",\"until\":");
            line.time(until);
        }
        line.optional_text(b",\"producer\":\"", self.producer.as_ref(), caps::ID);
        if let Some(received_at) = self.received_at {
            line.raw(b",\"received_at\":");
            line.time(received_at);
        }
        line.optional_number(b",\"position\":", self.position);
    }

    /// Cuts every value to its cap, as the writer does.
    pub fn cap(&mut self) {
        let texts = [
            (Some(&mut self.service), caps::ID),
            (Some(&mut self.service_version), caps::ID),
            (Some(&mut self.instance), caps::ID),
            (Some(&mut self.boot_id), caps::ID),
            (Some(&mut self.correlation_id), caps::ID),
            (self.token_jti.as_mut(), caps::ID),
            (self.token_sub.as_mut(), caps::ID),
            (self.token_iss.as_mut(), caps::URI),
            (self.client_id.as_mut(), caps::ID),
            (self.token_scope.as_mut(), caps::SCOPE),
            (self.scope_class.as_mut(), caps::WORD),
            (self.claimed_jti.as_mut(), caps::ID),
            (self.claimed_sub.as_mut(), caps::ID),
            (self.claimed_iss.as_mut(), caps::URI),
            (self.token_kid.as_mut(), caps::ID),
            (self.token_alg.as_mut(), caps::WORD),
            (self.token_typ.as_mut(), caps::WORD),
            (self.token_fp.as_mut(), caps::WORD),
            (self.required_scope.as_mut(), caps::SCOPE),
            (self.missing_scope.as_mut(), caps::SCOPE),
            (self.object_type.as_mut(), caps::WORD),
            (self.refresh_family.as_mut(), caps::ID),
            (self.previous_jti.as_mut(), caps::ID),
            (self.client_ip.as_mut(), caps::WORD),
            (self.peer_ip.as_mut(), caps::WORD),
            (self.user_agent.as_mut(), caps::FREE),
            (self.origin.as_mut(), caps::URI),
            (self.method.as_mut(), caps::WORD),
            (self.route.as_mut(), caps::URI),
            (self.issuer.as_mut(), caps::URI),
            (self.option.as_mut(), caps::WORD),
            (self.sink.as_mut(), caps::ID),
            (self.actor.as_mut(), caps::ID),
            (self.rule.as_mut(), caps::ID),
            (self.target.as_mut(), caps::URI),
            (self.producer.as_mut(), caps::ID),
        ];
        for (text, cap) in texts {
            if let Some(text) = text {
                text.cap(cap);
            }
        }
        if let Some(audiences) = &mut self.token_aud {
            audiences.truncate(caps::AUDIENCES);
            audiences
                .iter_mut()
                .for_each(|audience| audience.cap(caps::URI));
        }
    }
}

struct Line<'b> {
    out: &'b mut Vec<u8>,
}

impl Line<'_> {
    fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn time(&mut self, time: Timestamp) {
        self.out.push(b'"');
        self.raw(&time.digits());
        self.out.push(b'"');
    }

    /// A word of ours, which needs no escaping.
    fn word(&mut self, name: &[u8], word: &str) {
        self.raw(name);
        self.raw(word.as_bytes());
        self.out.push(b'"');
    }

    fn optional_word(&mut self, name: &[u8], word: Option<&str>) {
        if let Some(word) = word {
            self.word(name, word);
        }
    }

    fn text(&mut self, name: &[u8], text: &Text<'_>, cap: usize) {
        self.raw(name);
        escape(capped(text.as_str(), cap), self.out);
        self.out.push(b'"');
    }

    fn optional_text(&mut self, name: &[u8], text: Option<&Text<'_>>, cap: usize) {
        if let Some(text) = text {
            self.text(name, text, cap);
        }
    }

    fn number(&mut self, number: impl itoa::Integer) {
        self.raw(itoa::Buffer::new().format(number).as_bytes());
    }

    fn optional_number(&mut self, name: &[u8], number: Option<impl itoa::Integer>) {
        if let Some(number) = number {
            self.raw(name);
            self.number(number);
        }
    }

    fn optional_flag(&mut self, name: &[u8], flag: Option<bool>) {
        if let Some(flag) = flag {
            self.raw(name);
            self.raw(if flag { b"true" } else { b"false" });
        }
    }

    fn steps(&mut self, steps: &Steps) {
        self.raw(b",\"steps\":[");
        for (index, (step, result)) in steps.taken().enumerate() {
            self.raw(if index == 0 { b"\"" } else { b",\"" });
            self.raw(step.as_str().as_bytes());
            self.out.push(b':');
            self.raw(result.as_str().as_bytes());
            self.out.push(b'"');
        }
        self.raw(b"]");
    }
}

/// Appends text as the inside of a JSON string. Besides what JSON asks for, it escapes what
/// could break a line, a terminal or the order in which a reader sees the text.
pub(crate) fn escape(text: &str, out: &mut Vec<u8>) {
    let mut plain = 0;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let class = CLASS.get(usize::from(byte)).copied().unwrap_or(ALWAYS);
        if class == PLAIN {
            at += 1;
            continue;
        }
        let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) else {
            break;
        };
        let length = character.len_utf8();
        if class == ALWAYS || is_unsafe(character) {
            out.extend_from_slice(bytes.get(plain..at).unwrap_or_default());
            escape_character(character, out);
            plain = at + length;
        }
        at += length;
    }
    out.extend_from_slice(bytes.get(plain..).unwrap_or_default());
}

fn escape_character(character: char, out: &mut Vec<u8>) {
    match character {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        other => {
            let mut units = [0; 2];
            for unit in other.encode_utf16(&mut units) {
                let [high, low] = unit.to_be_bytes();
                out.extend_from_slice(b"\\u");
                for nibble in [high >> 4, high & 0x0f, low >> 4, low & 0x0f] {
                    out.push(crate::hex::digit(nibble));
                }
            }
        }
    }
}

/// Characters beyond ASCII that must not stand raw: C1 controls, line and paragraph
/// separators, bidirectional and other invisible format controls, the byte order mark.
const fn is_unsafe(character: char) -> bool {
    matches!(
        character,
        '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

const PLAIN: u8 = 0;
const ALWAYS: u8 = 1;
const LOOK: u8 = 2;

/// What to do with a byte that begins a character.
#[expect(clippy::indexing_slicing, reason = "evaluated when compiled")]
const CLASS: [u8; 256] = {
    let mut class = [PLAIN; 256];
    let mut byte = 0;
    while byte < 256 {
        if byte < 0x20 || byte == b'"' as usize || byte == b'\\' as usize || byte == 0x7f {
            class[byte] = ALWAYS;
        } else if byte == 0xc2
            || byte == 0xd8
            || byte == 0xe1
            || byte == 0xe2
            || byte == 0xef
            || byte == 0xf3
        {
            class[byte] = LOOK;
        }
        byte += 1;
    }
    class
};
