use uuid::Uuid;

/// The correlation ids of one request: no two requests of any scan have the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ids {
    /// `x-request-id`.
    pub(crate) request: String,
    /// The trace id in `traceparent`.
    pub(crate) trace: String,
    span: String,
}

impl Ids {
    pub(crate) fn random() -> Self {
        let request = Uuid::new_v4().simple().to_string();
        let trace = Uuid::new_v4().simple().to_string();
        let span = trace.chars().rev().take(16).collect::<String>();
        // An id of zeros alone is invalid, and a version digit is never zero.
        Self {
            request: format!("scan-{request}"),
            span: format!("1{}", span.get(1..).unwrap_or_default()),
            trace,
        }
    }

    /// W3C Trace Context section 3.2.
    pub(crate) fn traceparent(&self) -> String {
        format!("00-{}-{}-01", self.trace, self.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_has_its_form() {
        let ids = Ids::random();
        let parent = ids.traceparent();
        let lengths: Vec<usize> = parent.split('-').map(str::len).collect();
        assert_eq!(lengths, [2, 32, 16, 2]);
        assert_ne!(ids, Ids::random());
    }
}
