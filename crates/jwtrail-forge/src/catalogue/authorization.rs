//! AUT-01, AUT-02, AUT-04, AUT-05: credentials that are missing, of another scheme, repeated,
//! or in a place where they may not be.

use jwtrail_event::SecretToken;

use crate::text::base64_standard;
use crate::{Case, Expect, Forge, Precondition, Presentation, Presented};

pub(super) const CASES: &[Case] = &[
    Case::nothing(
        "AUT-01/none",
        "no credentials at all",
        Presentation::Nothing,
        Expect::missing(),
    ),
    Case::wire(
        "AUT-02/basic",
        "a name and a password",
        Presentation::Authorization,
        |f| {
            let password = SecretToken::new("forge-TEST-ONLY-password".to_owned());
            let text = format!("{}:{}", f.subject(), password.expose());
            let token = SecretToken::new(base64_standard(text.as_bytes()));
            let value = format!("Basic {}", token.expose());
            Presented::header(value.into_bytes(), token).and_token(password)
        },
        Expect::missing(),
    ),
    Case::wire(
        "AUT-02/other-scheme",
        "a good token under another scheme",
        Presentation::Authorization,
        |f| good_token_after(f, "Token "),
        Expect::missing(),
    ),
    Case::wire(
        "AUT-02/no-scheme",
        "a good token without a scheme",
        Presentation::Authorization,
        |f| good_token_after(f, ""),
        Expect::missing(),
    ),
    Case::wire(
        "AUT-02/empty-bearer",
        "`Bearer` with nothing after it",
        Presentation::Authorization,
        |_| Presented::default().and_header("Bearer"),
        Expect::malformed_header(),
    ),
    Case::wire(
        "AUT-02/empty-header",
        "an empty header",
        Presentation::Authorization,
        |_| Presented::default().and_header(""),
        Expect::malformed_header(),
    ),
    Case::wire(
        "AUT-02/two-words",
        "two good tokens after one `Bearer`",
        Presentation::Authorization,
        |f| {
            let (first, second) = (f.token().sign(), f.token().sign());
            let value = format!("Bearer {} {}", first.expose(), second.expose());
            Presented::header(value.into_bytes(), first).and_token(second)
        },
        Expect::malformed_header(),
    ),
    Case::wire(
        "AUT-02/comma",
        "two good credentials in one header, a comma between them",
        Presentation::Authorization,
        |f| {
            let (first, second) = (f.token().sign(), f.token().sign());
            let value = format!("Bearer {}, Bearer {}", first.expose(), second.expose());
            Presented::header(value.into_bytes(), first).and_token(second)
        },
        Expect::malformed_header(),
    ),
    Case::wire(
        "AUT-02/not-text",
        "bytes that are not ASCII after a good token",
        Presentation::Authorization,
        |f| {
            let token = f.token().sign();
            let mut value = format!("Bearer {}", token.expose()).into_bytes();
            value.extend_from_slice(&[0xff, 0xfe]);
            Presented::header(value, token)
        },
        Expect::malformed_header(),
    ),
    Case::wire(
        "AUT-04/same-twice",
        "one good token in two headers",
        Presentation::Authorization,
        |f| {
            let token = f.token().sign();
            let value = format!("Bearer {}", token.expose());
            Presented::bearer(token).and_header(value)
        },
        Expect::malformed_header(),
    ),
    Case::wire(
        "AUT-04/bad-then-good",
        "a bad token's header before a good one's",
        Presentation::Authorization,
        |f| two_headers(f.token().signed_by_stranger().sign(), f.token().sign()),
        Expect::malformed_header(),
    ),
    Case::wire(
        "AUT-04/good-then-bad",
        "a good token's header before a bad one's",
        Presentation::Authorization,
        |f| two_headers(f.token().sign(), f.token().signed_by_stranger().sign()),
        Expect::malformed_header(),
    ),
    Case::wire(
        "AUT-04/header-and-cookie",
        "one good token in the header, another in the cookie",
        Presentation::Cookie,
        |f| Presented::bearer(f.token().sign()).and_cookie(f.cookie_name(), f.token().sign()),
        Expect::malformed_header(),
    )
    .given(Precondition::Cookie),
    Case::wire(
        "AUT-05/query",
        "a good token in the query",
        Presentation::Query,
        |f| Presented::in_query(f.token().sign()),
        Expect::missing(),
    ),
    Case::wire(
        "AUT-05/cookie-not-read",
        "a good token in a cookie that the service does not read",
        Presentation::Cookie,
        |f| Presented::default().and_cookie(f.cookie_name(), f.token().sign()),
        Expect::missing(),
    ),
];

fn good_token_after(forge: &Forge, scheme: &str) -> Presented {
    let token = forge.token().sign();
    Presented::header(format!("{scheme}{}", token.expose()).into_bytes(), token)
}

fn two_headers(first: SecretToken, second: SecretToken) -> Presented {
    let value = format!("Bearer {}", second.expose());
    Presented::bearer(first).and_header(value).and_token(second)
}
