//! The line of an accepted token, without a record: most lines are this one. Names stand together
//! with what ends the value before them, and what has always the same length is one piece.

use super::address::AddressText;
use super::line::Line;
use super::memory::Part;
use crate::events::{Answer, Authorization, Correlation, Request, TokenAccepted};
use crate::{
    CacheUse, CorrelationSource, EventName, Exit, RenderedToken, Sort, Stamp, Timestamp, Trust,
    caps,
};

impl TokenAccepted<'_> {
    /// The line that the record would be.
    pub(crate) fn write_rendered(
        &self,
        token: &RenderedToken,
        time: Timestamp,
        stamp: &Stamp<'_>,
        out: &mut Vec<u8>,
    ) -> Sort {
        match stamp.memory() {
            Some(memory) => memory.with_part(self, time, |digits, part| {
                self.write_line(token, &digits, stamp, part, out);
            }),
            None => self.write_line(token, &time.digits(), stamp, None, out),
        }
        Sort {
            event: EventName::TokenAccepted,
            trust: Trust::Verified,
        }
    }

    fn write_line(
        &self,
        token: &RenderedToken,
        time: &[u8; 27],
        stamp: &Stamp<'_>,
        part: Option<&Part>,
        out: &mut Vec<u8>,
    ) {
        let mut line = Line::new(out);
        line.raw(&head(time, stamp));
        line.raw(stamp.part());
        line.number(stamp.seq);
        line.accepted(&self.answer.steps);
        line.raw(token.part());
        match part {
            Some(part) => {
                write_correlation(&self.request.correlation, Some(part), &mut line);
                line.raw(&part.request);
            }
            None => {
                if let Some(authorization) = &self.authorization {
                    write_authorization(authorization, &mut line);
                }
                write_correlation(&self.request.correlation, None, &mut line);
                write_request(self.request, &mut line);
            }
        }
        write_answer(&self.answer, &mut line);
    }
}

fn head(time: &[u8; 27], stamp: &Stamp<'_>) -> [u8; HEAD.len()] {
    let mut head = *HEAD;
    put(&mut head, 9, time);
    put(&mut head, 50, &stamp.event_id.digits());
    head
}

pub(super) fn write_authorization(authorization: &Authorization<'_>, line: &mut Line<'_>) {
    line.word(b",\"authz\":\"", authorization.authz.as_str());
    let required = authorization.required_scope.as_ref();
    line.optional_text(b",\"required_scope\":\"", required, caps::SCOPE);
    let missing = authorization.missing_scope.as_ref();
    line.optional_text(b",\"missing_scope\":\"", missing, caps::SCOPE);
    let object = authorization.object_type.as_ref();
    line.optional_text(b",\"object_type\":\"", object, caps::WORD);
}

/// Up to the span's id, whose quote is still open; with the part's authorization before it.
#[inline]
fn write_correlation(correlation: &Correlation<'_>, part: Option<&Part>, line: &mut Line<'_>) {
    let trace = correlation.trace_id.digits();
    let span = correlation.span_id.digits();
    let is_generated = correlation.source == CorrelationSource::Generated;
    if is_generated && correlation.id.as_bytes() == trace {
        // As is usual where nobody sends ids: one id, which needs no look at its characters.
        line.raw(part.map_or(ONE_ID, Part::up_to_one_id));
        let ids = line.last_mut(ONE_ID.len());
        put(ids, 19, &trace);
        put(ids, 98, &trace);
        put(ids, 143, &span);
    } else {
        line.raw(part.map_or(b"", Part::authorization));
        line.open_text(b",\"correlation_id\":\"", &correlation.id, caps::ID);
        line.raw(b"\",\"correlation_source\":\"");
        line.raw(correlation.source.as_str().as_bytes());
        let mut ids = *IDS;
        put(&mut ids, 14, &trace);
        put(&mut ids, 59, &span);
        line.raw(&ids);
    }
    if let Some(linked) = correlation.linked_trace_id {
        line.raw(b"\",\"linked_trace_id\":\"");
        line.raw(&linked.digits());
    }
}

/// Up to the route, whose quote is still open.
pub(super) fn write_request(request: &Request<'_>, line: &mut Line<'_>) {
    let client = AddressText::of(request.client_ip);
    line.raw(b"\",\"client_ip\":\"");
    line.raw(client.as_bytes());
    line.raw(b"\",\"peer_ip\":\"");
    match request.peer_ip == request.client_ip {
        true => line.raw(client.as_bytes()),
        false => line.raw(AddressText::of(request.peer_ip).as_bytes()),
    }
    line.raw(b"\",\"hop\":\"");
    line.raw(request.hop.as_str().as_bytes());
    if let Some(agent) = &request.user_agent {
        line.open_text(b"\",\"user_agent\":\"", agent, caps::FREE);
    }
    if let Some(origin) = &request.origin {
        line.open_text(b"\",\"origin\":\"", origin, caps::URI);
    }
    line.open_text(b"\",\"method\":\"", &request.method, caps::WORD);
    line.open_text(b"\",\"route\":\"", &request.route, caps::URI);
}

fn write_answer(answer: &Answer, line: &mut Line<'_>) {
    match answer {
        // As is usual.
        Answer {
            status: Some(status @ 100..1_000),
            exit: Exit::Responded,
            enforced: true,
            ..
        } => {
            let mut responded = *RESPONDED;
            let digits = [status / 100, status / 10 % 10, status % 10];
            put(&mut responded, 11, &digits.map(|digit| b'0' + digit as u8));
            line.raw(&responded);
        }
        _ => {
            line.raw(b"\"");
            line.optional_number(b",\"status\":", answer.status);
            line.raw(b",\"exit\":\"");
            line.raw(answer.exit.as_str().as_bytes());
            line.raw(match answer.enforced {
                true => b"\",\"enforced\":true,\"duration_us\":",
                false => b"\",\"enforced\":false,\"duration_us\":",
            });
        }
    }
    line.number(answer.duration_us);
    match answer.cache {
        CacheUse::Hit => line.raw(b",\"cache\":\"hit\"}\n"),
        other => {
            line.raw(b",\"cache\":\"");
            line.raw(other.as_str().as_bytes());
            line.raw(b"\"}\n");
        }
    }
}

/// Puts a value into its place.
fn put<const N: usize>(piece: &mut [u8], at: usize, value: &[u8; N]) {
    if let Some(place) = piece.get_mut(at..at + N) {
        place.copy_from_slice(value);
    }
}

const HEAD: &[u8; 149] = br#"{"time":"0000-00-00T00:00:00.000000Z","event_id":"00000000-0000-0000-0000-000000000000","schema_version":1,"kind":"decision","event":"token.accepted""#;
const IDS: &[u8; 75] =
    br#"","trace_id":"00000000000000000000000000000000","span_id":"0000000000000000"#;
const RESPONDED: &[u8; 64] = br#"","status":000,"exit":"responded","enforced":true,"duration_us":"#;
pub(super) const ONE_ID: &[u8] = br#","correlation_id":"00000000000000000000000000000000","correlation_source":"generated","trace_id":"00000000000000000000000000000000","span_id":"0000000000000000"#;
