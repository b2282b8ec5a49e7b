//! CLM-05: who a token says it is from. A key is bound to its issuer, so a token that names
//! another one has nobody's word: trust none.

use jwtrail_event::Reason;
use serde_json::{Value, json};

use crate::{Case, Expect};

pub(super) const CASES: &[Case] = &[
    Case::bearer(
        "CLM-05/other",
        "another issuer under this issuer's key",
        |f| f.token().issuer("https://evil.example").sign(),
        BAD,
    ),
    Case::bearer(
        "CLM-05/slash",
        "our issuer with a slash behind it",
        |f| f.token().issuer(&format!("{}/", f.issuer())).sign(),
        BAD,
    ),
    Case::bearer(
        "CLM-05/upper-case",
        "our issuer in upper case",
        |f| {
            let upper = f.differs(f.issuer().to_uppercase(), f.issuer());
            f.token().issuer(&upper).sign()
        },
        BAD,
    ),
    Case::bearer(
        "CLM-05/empty",
        "an empty issuer",
        |f| f.token().issuer("").sign(),
        BAD,
    ),
    Case::bearer(
        "CLM-05/missing",
        "no `iss`",
        |f| f.token().without_claim("iss").sign(),
        Expect::signed(Reason::MissingClaim),
    ),
    Case::bearer(
        "CLM-05/number",
        "`iss` a number",
        |f| f.token().claim("iss", 1).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-05/object",
        "`iss` an object",
        |f| f.token().claim("iss", json!({})).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-05/array",
        "our issuer in an array",
        |f| f.token().claim("iss", vec![f.issuer()]).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-05/null",
        "`iss` null",
        |f| f.token().claim("iss", Value::Null).sign(),
        BAD_TYPE,
    ),
];

const BAD: Expect = Expect::untrusted(Reason::BadIssuer);
const BAD_TYPE: Expect = Expect::signed(Reason::BadClaimType);
