use super::line::Line;
use crate::events::{Answer, Authorization, Correlation, Request, TokenAccepted};
use crate::{
    EventName, Kind, Outcome, RenderedToken, SCHEMA_VERSION, Sort, Stamp, Timestamp, Trust, caps,
};

impl TokenAccepted<'_> {
    /// The line that the record would be, without a record: most lines are this one.
    pub(crate) fn write_rendered(
        &self,
        token: &RenderedToken,
        time: Timestamp,
        stamp: &Stamp<'_>,
        out: &mut Vec<u8>,
    ) -> Sort {
        let mut line = Line::new(out);
        line.raw(b"{\"time\":");
        line.time(time);
        line.raw(b",\"event_id\":\"");
        let mut id = [0; 36];
        line.raw(stamp.event_id.encode(&mut id).as_bytes());
        line.raw(b"\",\"schema_version\":");
        line.number(SCHEMA_VERSION);
        line.word(b",\"kind\":\"", Kind::Decision.as_str());
        line.word(b",\"event\":\"", EventName::TokenAccepted.as_str());
        line.raw(stamp.part());
        line.raw(b",\"seq\":");
        line.number(stamp.seq);
        line.word(b",\"outcome\":\"", Outcome::Success.as_str());
        line.steps(&self.answer.steps);
        line.word(b",\"trust\":\"", Trust::Verified.as_str());
        line.raw(token.part());
        if let Some(authorization) = &self.authorization {
            write_authorization(authorization, &mut line);
        }
        write_correlation(&self.request.correlation, &mut line);
        write_request(self.request, &mut line);
        write_answer(&self.answer, &mut line);
        line.raw(b"}\n");
        Sort {
            event: EventName::TokenAccepted,
            trust: Trust::Verified,
        }
    }
}

fn write_authorization(authorization: &Authorization<'_>, line: &mut Line<'_>) {
    line.word(b",\"authz\":\"", authorization.authz.as_str());
    let required = authorization.required_scope.as_ref();
    line.optional_text(b",\"required_scope\":\"", required, caps::SCOPE);
    let missing = authorization.missing_scope.as_ref();
    line.optional_text(b",\"missing_scope\":\"", missing, caps::SCOPE);
    let object = authorization.object_type.as_ref();
    line.optional_text(b",\"object_type\":\"", object, caps::WORD);
}

fn write_correlation(correlation: &Correlation<'_>, line: &mut Line<'_>) {
    line.text(b",\"correlation_id\":\"", &correlation.id, caps::ID);
    line.word(b",\"correlation_source\":\"", correlation.source.as_str());
    line.raw(b",\"trace_id\":\"");
    line.raw(&correlation.trace_id.digits());
    line.raw(b"\",\"span_id\":\"");
    line.raw(&correlation.span_id.digits());
    line.raw(b"\"");
    if let Some(linked) = correlation.linked_trace_id {
        line.raw(b",\"linked_trace_id\":\"");
        line.raw(&linked.digits());
        line.raw(b"\"");
    }
}

fn write_request(request: &Request<'_>, line: &mut Line<'_>) {
    line.text(b",\"client_ip\":\"", &request.client_ip, caps::WORD);
    line.text(b",\"peer_ip\":\"", &request.peer_ip, caps::WORD);
    line.word(b",\"hop\":\"", request.hop.as_str());
    line.optional_text(
        b",\"user_agent\":\"",
        request.user_agent.as_ref(),
        caps::FREE,
    );
    line.optional_text(b",\"origin\":\"", request.origin.as_ref(), caps::URI);
    line.text(b",\"method\":\"", &request.method, caps::WORD);
    line.text(b",\"route\":\"", &request.route, caps::URI);
}

fn write_answer(answer: &Answer, line: &mut Line<'_>) {
    line.optional_number(b",\"status\":", answer.status);
    line.word(b",\"exit\":\"", answer.exit.as_str());
    line.optional_flag(b",\"enforced\":", Some(answer.enforced));
    line.optional_number(b",\"duration_us\":", Some(answer.duration_us));
    line.word(b",\"cache\":\"", answer.cache.as_str());
}
