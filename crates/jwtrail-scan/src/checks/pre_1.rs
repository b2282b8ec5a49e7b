//! PRE-1: valid tokens are accepted.

use crate::check::{About, Remedy};
use crate::severity::SubGrade;

pub(crate) const ABOUT: About = About {
    title: "Valid tokens are accepted",
    probe: "a valid token on each protected operation, and the same request without it",
    expected: "2xx, 404 or 422 with the token; a success record with the token's id, subject and scope",
    why: "without it no other result means anything: a service that refuses everything would pass",
    severity: None,
    grade: SubGrade::Enforcement,
    cwe: &[],
    references: &[],
    remedy: Remedy {
        jwtrail: "give the service the issuer's keys and the audience, and check the record's `reason`",
        plain: "check issuer, audience and key of the token that you gave, and that the service is up",
    },
};
