//! LOG-06: correlation ids are carried.

use crate::check::{About, Remedy};
use crate::severity::{Severity, SubGrade};

pub(crate) const ABOUT: About = About {
    title: "Correlation ids are carried",
    probe: "`x-request-id` and `traceparent`, good and bad",
    expected: "the good ones are in the record; a bad one is replaced",
    why: "one request's traces in several logs could not be joined",
    severity: Some(Severity::Medium),
    grade: SubGrade::Evidence,
    cwe: &[778],
    references: &[
        "OWASP ASVS 5.0 16.2.4",
        "OWASP API8:2023",
        "W3C Trace Context",
    ],
    remedy: Remedy {
        jwtrail: "`JwtAuth` keeps valid ids and replaces others",
        plain: "keep a valid incoming id, replace a bad one, and write it into each record",
    },
};
