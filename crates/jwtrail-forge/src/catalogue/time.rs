//! CLM-01, CLM-02, CLM-03: when a token holds.

use jwtrail_event::Reason;
use serde_json::{Value, json};

use crate::{Case, Expect, Precondition};

pub(super) const CASES: &[Case] = &[
    Case::bearer(
        "CLM-01/hour-ago",
        "expired an hour ago",
        |f| f.token().issued_in(-7_200).expires_in(-3_600).sign(),
        Expect::signed(Reason::Expired),
    ),
    Case::bearer(
        "CLM-01/past-leeway",
        "expired 60 s ago, leeway 60 s",
        |f| f.token().issued_in(-300).expires_in(-60).sign(),
        Expect::signed(Reason::Expired),
    )
    .given(Precondition::FixedClock),
    Case::bearer(
        "CLM-01/epoch",
        "`exp` 0",
        |f| f.token().issued_in(-300).claim("exp", 0).sign(),
        Expect::signed(Reason::Expired),
    ),
    Case::bearer(
        "CLM-02/hour-ahead",
        "`nbf` in an hour",
        |f| {
            let token = f.token().expires_in(7_200);
            token.claim("nbf", f.now().as_seconds() + 3_600).sign()
        },
        Expect::signed(Reason::NotYetValid),
    ),
    Case::bearer(
        "CLM-02/past-leeway",
        "`nbf` 61 s ahead, leeway 60 s",
        |f| f.token().claim("nbf", f.now().as_seconds() + 61).sign(),
        Expect::signed(Reason::NotYetValid),
    )
    .given(Precondition::FixedClock),
    Case::bearer(
        "CLM-02/string",
        "`nbf` as a string",
        |f| f.token().claim("nbf", "1").sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-02/issued-hour-ahead",
        "`iat` in an hour",
        |f| f.token().issued_in(3_600).expires_in(7_200).sign(),
        Expect::signed(Reason::IssuedInFuture),
    ),
    Case::bearer(
        "CLM-02/issued-past-leeway",
        "`iat` 61 s ahead, leeway 60 s",
        |f| f.token().issued_in(61).sign(),
        Expect::signed(Reason::IssuedInFuture),
    )
    .given(Precondition::FixedClock),
    Case::bearer(
        "CLM-02/issued-string",
        "`iat` as a string",
        |f| f.token().claim("iat", "1").sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-03/no-exp",
        "no `exp`",
        |f| f.token().without_claim("exp").sign(),
        Expect::signed(Reason::MissingClaim),
    ),
    Case::bearer(
        "CLM-03/string",
        "`exp` as a string",
        |f| {
            let exp = (f.now().as_seconds() + 300).to_string();
            f.token().claim("exp", exp).sign()
        },
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-03/null",
        "`exp` null",
        |f| f.token().claim("exp", Value::Null).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-03/boolean",
        "`exp` true",
        |f| f.token().claim("exp", true).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-03/array",
        "`exp` in an array",
        |f| f.token().claim("exp", json!([9_999_999_999_i64])).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-03/out-of-range",
        "`exp` 1e300",
        |f| f.token().claim("exp", 1e300).sign(),
        BAD_TYPE,
    ),
    Case::bearer(
        "CLM-03/year-9999",
        "`exp` in the year 9999",
        |f| f.token().claim("exp", YEAR_9999).sign(),
        Expect::signed(Reason::LifetimeTooLong),
    ),
    Case::bearer(
        "CLM-03/year-9999-no-iat",
        "`exp` in the year 9999 and no `iat`",
        |f| {
            f.token()
                .claim("exp", YEAR_9999)
                .without_claim("iat")
                .sign()
        },
        Expect::signed(Reason::LifetimeTooLong),
    ),
    Case::bearer(
        "CLM-03/past-longest",
        "a lifetime of 24 hours and a second",
        |f| f.token().expires_in(86_401).sign(),
        Expect::signed(Reason::LifetimeTooLong),
    )
    .given(Precondition::FixedClock),
];

const BAD_TYPE: Expect = Expect::signed(Reason::BadClaimType);
const YEAR_9999: i64 = 253_402_300_799;
