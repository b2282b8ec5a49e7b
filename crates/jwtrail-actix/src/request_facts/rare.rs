use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, ORIGIN};

/// The headers that most requests don't have: it costs less to look at a few names than to search
/// for each of these.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RareHeaders<'h> {
    headers: &'h HeaderMap,
    /// What can't be ruled out.
    origin: bool,
    trace_parent: bool,
    request_id: bool,
}

impl<'h> RareHeaders<'h> {
    pub(crate) fn of(headers: &'h HeaderMap) -> Self {
        let many = headers.len_keys() > FEW;
        let mut rare = Self {
            headers,
            origin: many,
            trace_parent: many,
            request_id: many,
        };
        if !many {
            for name in headers.keys() {
                rare.origin |= name == ORIGIN;
                rare.trace_parent |= name == TRACE_PARENT;
                rare.request_id |= name == REQUEST_ID;
            }
        }
        rare
    }

    pub(crate) fn origin(self) -> Option<&'h HeaderValue> {
        self.origin.then(|| self.headers.get(ORIGIN)).flatten()
    }

    /// The `traceparent`, if it stands there once.
    pub(crate) fn trace_parent(self) -> Option<&'h HeaderValue> {
        let search = || only(self.headers, &TRACE_PARENT);
        self.trace_parent.then(search).flatten()
    }

    /// The `x-request-id`, if it stands there once.
    pub(crate) fn request_id(self) -> Option<&'h HeaderValue> {
        let search = || only(self.headers, &REQUEST_ID);
        self.request_id.then(search).flatten()
    }
}

fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name);
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");
/// How many names are a few.
const FEW: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_headers_are_searched_alike() {
        for others in [0, FEW + 1] {
            for count in 0..3_u16 {
                let mut headers = HeaderMap::new();
                for number in 0..others {
                    let name = HeaderName::try_from(format!("x-other-{number}")).unwrap();
                    headers.insert(name, HeaderValue::from_static("1"));
                }
                for value in 0..count {
                    for name in [ORIGIN, TRACE_PARENT, REQUEST_ID] {
                        headers.append(name, HeaderValue::from(value));
                    }
                }
                let rare = RareHeaders::of(&headers);
                let first = HeaderValue::from(0_u16);
                let (some, one) = (
                    (count > 0).then_some(&first),
                    (count == 1).then_some(&first),
                );
                assert_eq!(rare.origin(), some);
                assert_eq!([rare.trace_parent(), rare.request_id()], [one, one]);
            }
        }
    }
}
