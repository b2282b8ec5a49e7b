//! CLM-07: tokens that say too little to leave a trail.

use jwtrail_event::Reason;
use serde_json::{Value, json};

use crate::{Case, Expect};

pub(super) const CASES: &[Case] = &[
    Case::bearer(
        "CLM-07/no-sub",
        "no `sub`",
        |f| f.token().without_claim("sub").sign(),
        Expect::signed(Reason::MissingClaim),
    ),
    Case::bearer(
        "CLM-07/empty-sub",
        "an empty `sub`",
        |f| f.token().subject("").sign(),
        Expect::signed(Reason::MissingClaim),
    ),
    Case::bearer(
        "CLM-07/sub-number",
        "`sub` a number",
        |f| f.token().claim("sub", 42).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-07/sub-null",
        "`sub` null",
        |f| f.token().claim("sub", Value::Null).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-07/jti-number",
        "`jti` a number",
        |f| f.token().claim("jti", 7).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-07/empty-object",
        "no claims at all",
        |f| f.token().raw_payload(json!({}).to_string()).sign(),
        Expect::signed(Reason::MissingClaim),
    ),
    Case::bearer(
        "CLM-07/no-jti",
        "no `jti`: accepted, and known by its fingerprint",
        |f| f.token().without_claim("jti").sign(),
        Expect::accepted(),
    ),
];

const BAD_TYPE: Expect = Expect::signed(Reason::BadClaimType);
