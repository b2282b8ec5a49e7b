//! CLM-06: other kinds of token used as an access token.

use jwtrail_event::{Reason, SecretToken};

use crate::text::base64url;
use crate::{Case, Expect, Precondition, Presentation};

pub(super) const CASES: &[Case] = &[
    Case::bearer(
        "CLM-06/id-token",
        "an id token, made out to us",
        |f| {
            let token = f.token().header("typ", "JWT").without_scope();
            token
                .claim("nonce", "n-0S6_WzA2Mj")
                .claim("auth_time", f.now().as_seconds())
                .sign()
        },
        WRONG,
    ),
    Case::bearer(
        "CLM-06/refresh-token",
        "a refresh token that is a JWT",
        |f| {
            f.token()
                .header("typ", "rt+jwt")
                .claim("token_use", "refresh")
                .sign()
        },
        WRONG,
    ),
    Case::bearer(
        "CLM-06/logout-token",
        "a logout token",
        |f| f.token().header("typ", "logout+jwt").sign(),
        WRONG,
    ),
    Case::bearer(
        "CLM-06/dpop-proof",
        "a proof of possession",
        |f| f.token().header("typ", "dpop+jwt").sign(),
        WRONG,
    ),
    Case::bearer(
        "CLM-06/plain-jwt",
        "`typ: JWT`",
        |f| f.token().header("typ", "JWT").sign(),
        WRONG,
    ),
    Case::bearer(
        "CLM-06/no-typ",
        "no `typ`",
        |f| f.token().without_header("typ").sign(),
        WRONG,
    ),
    Case::bearer(
        "CLM-06/typ-number",
        "`typ` a number",
        |f| f.token().header("typ", 1).sign(),
        WRONG,
    ),
    Case::bearer(
        "CLM-06/expired-id-token",
        "an id token that has expired: foremost it is no access token",
        |f| {
            let token = f.token().header("typ", "JWT").issued_in(-7_200);
            token.expires_in(-3_600).sign()
        },
        WRONG,
    ),
    Case::bearer(
        "CLM-06/legacy-refresh-token",
        "a refresh token that is a JWT, where the legacy profile is checked",
        |f| f.token().header("typ", "rt+jwt").sign(),
        WRONG,
    )
    .given(Precondition::LegacyProfile),
    Case::bearer(
        "CLM-06/opaque",
        "an opaque token",
        |f| SecretToken::new(base64url(&f.next_bytes())),
        Expect::untrusted(Reason::MalformedToken),
    ),
    Case::nothing(
        "CLM-06/opaque-refresh-token",
        "an opaque refresh token of the service's",
        Presentation::FromService,
        Expect::untrusted(Reason::MalformedToken),
    )
    .given(Precondition::RefreshTokenIssued),
];

const WRONG: Expect = Expect::signed(Reason::WrongType);
