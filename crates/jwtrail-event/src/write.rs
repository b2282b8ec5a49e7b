mod accepted;
mod address;
mod escape;
mod line;
mod memory;
mod token;

pub(crate) use self::escape::escape;
use self::line::Line;
pub use self::memory::LineMemory;
pub(crate) use self::token::token;
use crate::{Origin, Record, Text, caps};

/// What every record of a boot carries.
pub(crate) fn origin(origin: &Origin, out: &mut Vec<u8>) {
    let mut line = Line::new(out);
    line.text(b",\"service\":\"", &Text::from(&origin.service), caps::ID);
    let version = Text::from(&origin.service_version);
    line.text(b",\"service_version\":\"", &version, caps::ID);
    line.text(b",\"instance\":\"", &Text::from(&origin.instance), caps::ID);
    line.text(b",\"boot_id\":\"", &Text::from(&origin.boot_id), caps::ID);
}

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
        let mut line = Line::new(out);
        line.raw(b"{\"time\":");
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
        line.raw(b"}\n");
    }

    fn write_token(&self, line: &mut Line<'_>) {
        match self.rendered {
            Some(rendered) => line.raw(rendered.part()),
            None => {
                self.write_claims(line);
                self.write_claimed(line);
                self.write_header(line);
            }
        }
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

    fn write_claims(&self, line: &mut Line<'_>) {
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
    }

    fn write_claimed(&self, line: &mut Line<'_>) {
        line.optional_text(b",\"claimed_jti\":\"", self.claimed_jti.as_ref(), caps::ID);
        line.optional_text(b",\"claimed_sub\":\"", self.claimed_sub.as_ref(), caps::ID);
        line.optional_text(b",\"claimed_iss\":\"", self.claimed_iss.as_ref(), caps::URI);
    }

    fn write_header(&self, line: &mut Line<'_>) {
        line.optional_text(b",\"token_kid\":\"", self.token_kid.as_ref(), caps::ID);
        line.optional_text(b",\"token_alg\":\"", self.token_alg.as_ref(), caps::WORD);
        line.optional_text(b",\"token_typ\":\"", self.token_typ.as_ref(), caps::WORD);
        line.optional_text(b",\"token_fp\":\"", self.token_fp.as_ref(), caps::WORD);
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
}
