use actix_web::http::header::HeaderValue;
use jwtrail_event::CorrelationSource;

use super::*;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[test]
fn a_trace_is_kept_from_inside_and_linked_from_outside() {
    let headers = headers(&[("traceparent", PARENT)]);
    let inside = Correlation::of(RareHeaders::of(&headers), Hop::Internal);
    assert_eq!(inside.trace_id.to_string(), TRACE);
    assert_eq!(inside.linked_trace_id, None);
    let text = inside.ids.trace();
    assert!(text.starts_with(&format!("00-{TRACE}-")) && text.ends_with("-00"));
    assert!(!text.contains("00f067aa0ba902b7"));

    let outside = Correlation::of(RareHeaders::of(&headers), Hop::Edge);
    assert_ne!(outside.trace_id.to_string(), TRACE);
    assert_eq!(outside.linked_trace_id, Some(TRACE.parse().unwrap()));
}

#[test]
fn an_id_is_kept_once_and_made_otherwise() {
    let good = headers(&[("x-request-id", "req-7")]);
    let kept = Correlation::of(RareHeaders::of(&good), Hop::Edge);
    assert_eq!(
        (kept.id(), kept.ids.source()),
        ("req-7", CorrelationSource::Incoming)
    );
    for bad in [
        &[("x-request-id", "a"), ("x-request-id", "b")][..],
        &[("x-request-id", "eyJhbGciOiJub25lIn0.e30.")],
        &[],
    ] {
        let bad = headers(bad);
        let made = Correlation::of(RareHeaders::of(&bad), Hop::Edge);
        assert_eq!(made.ids.source(), CorrelationSource::Generated);
        assert_eq!(made.id(), made.trace_id().to_string());
    }
}

#[test]
fn requests_of_one_trace_have_ids_of_their_own() {
    let headers = headers(&[("traceparent", PARENT)]);
    let [one, other] = [(); 2].map(|()| Correlation::of(RareHeaders::of(&headers), Hop::Internal));
    assert_eq!(one.trace_id(), other.trace_id());
    assert_eq!([one.id().len(), other.id().len()], [32, 32]);
    assert!(one.id() != other.id() && one.id() != TRACE);
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    headers
}
