//! CLM-04: whom a token is for.

use jwtrail_event::Reason;
use serde_json::{Value, json};

use crate::{Case, Expect};

pub(super) const CASES: &[Case] = &[
    Case::bearer(
        "CLM-04/other",
        "somebody else's audience",
        |f| f.token().audience("https://other.example").sign(),
        BAD,
    ),
    Case::bearer(
        "CLM-04/others",
        "several audiences, none of them ours",
        |f| {
            f.token()
                .claim("aud", vec!["https://a.example", "https://b.example"])
                .sign()
        },
        BAD,
    ),
    Case::bearer(
        "CLM-04/longer",
        "our audience with more behind it",
        |f| {
            f.token()
                .audience(&format!("{}/admin", f.audience()))
                .sign()
        },
        BAD,
    ),
    Case::bearer(
        "CLM-04/upper-case",
        "our audience in upper case",
        |f| {
            let upper = f.differs(f.audience().to_uppercase(), f.audience());
            f.token().audience(&upper).sign()
        },
        BAD,
    ),
    Case::bearer(
        "CLM-04/empty-string",
        "an empty audience",
        |f| f.token().audience("").sign(),
        BAD,
    ),
    Case::bearer(
        "CLM-04/empty-array",
        "no audience in an array",
        |f| f.token().claim("aud", json!([])).sign(),
        BAD,
    ),
    Case::bearer(
        "CLM-04/missing",
        "no `aud`",
        |f| f.token().without_claim("aud").sign(),
        Expect::signed(Reason::MissingClaim),
    ),
    Case::bearer(
        "CLM-04/number",
        "`aud` a number",
        |f| f.token().claim("aud", 123).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-04/object",
        "`aud` an object",
        |f| {
            f.token()
                .claim("aud", json!({ "aud": f.audience() }))
                .sign()
        },
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-04/null",
        "`aud` null",
        |f| f.token().claim("aud", Value::Null).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-04/mixed-array",
        "our audience beside a number",
        |f| f.token().claim("aud", json!([f.audience(), 1])).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-04/nested-array",
        "our audience in an array in an array",
        |f| f.token().claim("aud", json!([[f.audience()]])).sign(),
        BAD_TYPE,
    ),
];

const BAD: Expect = Expect::signed(Reason::BadAudience);
const BAD_TYPE: Expect = Expect::signed(Reason::BadClaimType);
