use std::cell::RefCell;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use super::accepted::{ONE_ID, write_authorization, write_request};
use super::line::Line;
use crate::events::{Authorization, TokenAccepted};
use crate::timestamp::{calendar, with_micros};
use crate::{Authz, Hop, Text, Timestamp};

/// What a line has in common with those before it, so that it need not be rendered again: the
/// second, and what is said of a client that comes again. Whoever writes many lines has one.
///
/// It holds the addresses and user agents of some of the last clients, at most 512, as the lines
/// do.
///
/// ```
/// use jwtrail_event::events::{Event, TokenAccepted};
/// use jwtrail_event::{LineMemory, Stamp, Timestamp};
///
/// fn line(event: &TokenAccepted<'_>, stamp: Stamp<'_>, memory: &LineMemory) -> Vec<u8> {
///     let mut line = Vec::new();
///     let stamp = stamp.with_memory(memory);
///     event.write(Timestamp::from_seconds(1_800_000_000), &stamp, &mut line);
///     line
/// }
/// ```
pub struct LineMemory(RefCell<Memory>);

struct Memory {
    second: u64,
    digits: [u8; 20],
    parts: Box<[Option<Box<Part>>]>,
    /// How many came whose place was another's.
    crowded_out: u8,
}

/// Parts of a line, with what they were made of.
pub(super) struct Part {
    client: IpAddr,
    peer: IpAddr,
    hop: Hop,
    has: u8,
    texts: [Vec<u8>; 4],
    /// The authorization, and what mostly comes after it: the ids, with room for their digits.
    up_to_one_id: Vec<u8>,
    pub(super) request: Vec<u8>,
}

/// What the parts of a line are made of.
struct Said<'e> {
    client: IpAddr,
    peer: IpAddr,
    hop: Hop,
    /// A bit for each text that may be missing.
    has: u8,
    /// The route, the method, the user agent and the scope that was required.
    texts: [&'e [u8]; 4],
}

impl LineMemory {
    /// One that remembers nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self(RefCell::new(Memory {
            second: 0,
            digits: calendar(0),
            parts: (0..SLOTS).map(|_| None).collect(),
            crowded_out: 0,
        }))
    }

    /// Runs with the digits of the time, and with what the line has of the request and of what was
    /// asked for beyond its token, where that is kept.
    pub(super) fn with_part<R>(
        &self,
        event: &TokenAccepted<'_>,
        time: Timestamp,
        write: impl FnOnce([u8; 27], Option<&Part>) -> R,
    ) -> R {
        let Ok(mut memory) = self.0.try_borrow_mut() else {
            return write(time.digits(), None);
        };
        let digits = memory.digits(time);
        let part = Said::by(event).and_then(|said| memory.part(&said, event));
        write(digits, part)
    }
}

impl Memory {
    fn digits(&mut self, time: Timestamp) -> [u8; 27] {
        let (second, micros) = time.since_year_0();
        if self.second != second {
            self.second = second;
            self.digits = calendar(second);
        }
        with_micros(self.digits, micros)
    }

    fn part(&mut self, said: &Said<'_>, event: &TokenAccepted<'_>) -> Option<&Part> {
        let place = self.parts.get_mut(said.slot())?;
        if place.as_ref().is_some_and(|part| part.says(said)) {
            return place.as_deref();
        }
        if place.is_some() {
            // Few of them take the place: where clients are too many, none is worth the trouble.
            self.crowded_out = self.crowded_out.wrapping_add(1);
            if !self.crowded_out.is_multiple_of(8) {
                return None;
            }
        }
        if !said.is_short() {
            return None;
        }
        let part = place.get_or_insert_with(|| Box::new(Part::NONE));
        part.say(said, event);
        Some(part)
    }
}

impl Part {
    const NONE: Self = Self {
        client: NOWHERE,
        peer: NOWHERE,
        hop: Hop::Edge,
        has: 0,
        texts: [const { Vec::new() }; 4],
        up_to_one_id: Vec::new(),
        request: Vec::new(),
    };

    pub(super) fn up_to_one_id(&self) -> &[u8] {
        &self.up_to_one_id
    }

    pub(super) fn authorization(&self) -> &[u8] {
        let length = self.up_to_one_id.len().saturating_sub(ONE_ID.len());
        self.up_to_one_id.get(..length).unwrap_or_default()
    }

    fn says(&self, said: &Said<'_>) -> bool {
        let [route, method, agent, scope] = &self.texts;
        let [now_route, now_method, now_agent, now_scope] = said.texts;
        self.client == said.client
            && self.peer == said.peer
            && self.hop == said.hop
            && self.has == said.has
            && route == now_route
            && method == now_method
            && agent == now_agent
            && scope == now_scope
    }

    fn say(&mut self, said: &Said<'_>, event: &TokenAccepted<'_>) {
        (self.client, self.peer) = (said.client, said.peer);
        (self.hop, self.has) = (said.hop, said.has);
        for (kept, text) in self.texts.iter_mut().zip(said.texts) {
            kept.clear();
            kept.extend_from_slice(text);
        }
        self.up_to_one_id.clear();
        let mut line = Line::new(&mut self.up_to_one_id);
        if let Some(authorization) = &event.authorization {
            write_authorization(authorization, &mut line);
        }
        line.raw(ONE_ID);
        self.request.clear();
        write_request(event.request, &mut Line::new(&mut self.request));
    }
}

impl<'e> Said<'e> {
    /// None for what is rare. Browsers that send an origin are many.
    fn by(event: &'e TokenAccepted<'_>) -> Option<Self> {
        let request = event.request;
        let scope = match &event.authorization {
            None => None,
            Some(Authorization {
                authz: Authz::Granted,
                required_scope: Some(scope),
                missing_scope: None,
                object_type: None,
            }) => Some(scope),
            Some(_) => return None,
        };
        let bytes = |text: Option<&'e Text<'_>>| text.map(Text::as_bytes).unwrap_or_default();
        let agent = request.user_agent.as_ref();
        let said = Self {
            client: request.client_ip,
            peer: request.peer_ip,
            hop: request.hop,
            has: u8::from(agent.is_some()) << 1 | u8::from(scope.is_some()),
            texts: [
                request.route.as_bytes(),
                request.method.as_bytes(),
                bytes(agent),
                bytes(scope),
            ],
        };
        request.origin.is_none().then_some(said)
    }

    fn is_short(&self) -> bool {
        self.texts.iter().all(|text| text.len() <= LONGEST)
    }

    /// Where it is looked for: a few steps, and no more than that.
    fn slot(&self) -> usize {
        let address = match self.client {
            IpAddr::V4(address) => u64::from(address.to_bits()),
            IpAddr::V6(address) => {
                let bits = address.to_bits();
                (bits >> 64) as u64 ^ bits as u64
            }
        };
        let lengths = self
            .texts
            .iter()
            .fold(0, |lengths, text| lengths << 8 ^ text.len() as u64);
        let mixed = (address ^ lengths << 32).wrapping_mul(ODD);
        (mixed >> 55) as usize
    }
}

impl Default for LineMemory {
    fn default() -> Self {
        Self::new()
    }
}

/// What clients say stays out of other people's logs.
impl fmt::Debug for LineMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineMemory").finish_non_exhaustive()
    }
}

const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
/// As many as nine bits can tell apart.
const SLOTS: usize = 512;
/// How long a text may be, in bytes.
const LONGEST: usize = 256;
/// The golden ratio's: its product spreads every bit upwards.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{AcceptedToken, Answer, Claims, Correlation, Event as _};
    use crate::events::{Request, TokenHeader};
    use crate::{CacheUse, CorrelationSource, EventId, Exit, Origin, RenderedToken};
    use crate::{SpanId, Steps, TraceId, Writer};

    /// Few values of each, so that most parts were written before and some share a slot.
    fn line(seed: [u8; 9], memory: Option<&LineMemory>) -> String {
        let [
            client,
            peer,
            hop,
            agent,
            origin,
            method,
            route,
            scope,
            object,
        ] = seed;
        let some = |choice: u8, texts: [&'static str; 3]| {
            texts.get(usize::from(choice % 4)).copied().map(Text::from)
        };
        let request = Request {
            correlation: Correlation {
                id: Text::from(match hop % 4 < 2 {
                    true => "00000000000000000000000000000007",
                    false => "7f3a",
                }),
                source: CorrelationSource::Generated,
                trace_id: TraceId::from_bits(7),
                span_id: SpanId::from_bits(7),
                linked_trace_id: None,
            },
            client_ip: [203, 0, 113, client % 16].into(),
            peer_ip: [10, 0, 0, peer % 2].into(),
            hop: [Hop::Edge, Hop::Internal][usize::from(hop % 2)],
            user_agent: some(agent, ["curl/8", "a\"\n\u{202e}b", ""]),
            origin: (origin % 8 == 0).then(|| Text::from("https://a.example")),
            method: Text::from(["GET", "PUT"][usize::from(method % 2)]),
            route: Text::from(["/orders", "/orders/{id}", ""][usize::from(route % 3)]),
        };
        let event = TokenAccepted {
            request: &request,
            answer: Answer {
                steps: Steps::default(),
                status: Some(200),
                exit: Exit::Responded,
                enforced: true,
                duration_us: 180,
                cache: CacheUse::Hit,
            },
            token: AcceptedToken::Rendered(&RenderedToken::new(
                &TokenHeader::default(),
                &Claims::default(),
            )),
            authorization: some(scope, ["a", "b\"", ""]).map(|scope| Authorization {
                authz: Authz::Granted,
                required_scope: Some(scope),
                missing_scope: None,
                object_type: (object % 4 == 0).then(|| Text::from("order")),
            }),
        };
        let texts = ["orders", "1", "orders-1", "b-1"].map(str::to_owned);
        let [service, service_version, instance, boot_id] = texts;
        let writer = Writer::new(Origin {
            service,
            service_version,
            instance,
            boot_id,
        });
        let mut line = Vec::new();
        let stamp = writer.stamp(EventId::from_u128(7), 0);
        let time = Timestamp::from_seconds(i64::from(object % 3));
        match memory {
            Some(memory) => event.write(time, &stamp.with_memory(memory), &mut line),
            None => event.write(time, &stamp, &mut line),
        };
        String::from_utf8(line).unwrap()
    }

    proptest::proptest! {
        #[test]
        fn what_is_remembered_is_what_would_be_written(seeds: Vec<[u8; 9]>) {
            let memory = LineMemory::new();
            for seed in seeds {
                proptest::prop_assert_eq!(line(seed, Some(&memory)), line(seed, None));
            }
        }

        #[test]
        fn a_second_that_is_remembered_has_the_same_digits(micros: Vec<u32>) {
            let memory = LineMemory::new();
            for micros in micros {
                let time = Timestamp::from_micros(i64::from(micros % 3_000_000));
                proptest::prop_assert_eq!(memory.0.borrow_mut().digits(time), time.digits());
            }
        }
    }
}
