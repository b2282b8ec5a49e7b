use jwtrail_event::{SpanId, TraceId};

/// The `traceparent` header of W3C Trace Context, level 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TraceParent {
    pub(super) trace_id: TraceId,
    pub(super) flags: u8,
}

impl TraceParent {
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let version = parts.next()?;
        let trace_id = parts.next()?.parse().ok()?;
        let _parent: SpanId = parts.next()?.parse().ok()?;
        let flags = hex_byte(parts.next()?)?;
        // Version ff is forbidden; a version after 00 may have more parts.
        let more = parts.next().is_some();
        let known = match hex_byte(version)? {
            0 => !more,
            0xff => false,
            _ => true,
        };
        known.then_some(Self { trace_id, flags })
    }
}

fn hex_byte(text: &str) -> Option<u8> {
    let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if text.len() != 2 || !text.bytes().all(lower) {
        return None;
    }
    u8::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_recommendation_allows_is_read() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let parent = TraceParent::read(good).unwrap();
        assert_eq!(
            parent.trace_id.to_string(),
            "4bf92f3577b34da6a3ce929d0e0e4736"
        );
        assert_eq!(parent.flags, 1);
        assert!(
            TraceParent::read(&format!("01{}-more", good.strip_prefix("00").unwrap())).is_some()
        );
        for bad in [
            "",
            "00",
            &format!("{good}-more"),
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-+1",
        ] {
            assert_eq!(TraceParent::read(bad), None, "{bad}");
        }
    }
}
