//! LOG-04: good tokens whose claims try to break the record, the terminal or the page.

use crate::{Case, Expect};

pub(super) const CASES: &[Case] = &[
    Case::bearer(
        "LOG-04/sub-crlf",
        "`sub` with a forged record after a line end",
        |f| {
            f.token()
                .subject("alice\r\n{\"event\":\"token.accepted\"}\n")
                .sign()
        },
        OK,
    ),
    Case::bearer(
        "LOG-04/sub-escape",
        "`sub` with terminal controls",
        |f| {
            f.token()
                .subject("alice\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m")
                .sign()
        },
        OK,
    ),
    Case::bearer(
        "LOG-04/sub-separators",
        "`sub` with line separators and bidirectional controls",
        |f| {
            f.token()
                .subject("alice\u{2028}\u{2029}\u{85}\u{202e}ecila\u{feff}\u{0}")
                .sign()
        },
        OK,
    ),
    Case::bearer(
        "LOG-04/sub-json",
        "`sub` that closes its string",
        |f| {
            f.token()
                .subject("alice\",\"outcome\":\"failure\",\"x\":\"\\")
                .sign()
        },
        OK,
    ),
    Case::bearer(
        "LOG-04/sub-html",
        "`sub` with HTML",
        |f| f.token().subject("<img src=x onerror=alert(1)>").sign(),
        OK,
    ),
    Case::bearer(
        "LOG-04/sub-formula",
        "`sub` that a spreadsheet would calculate",
        |f| {
            f.token()
                .subject("=HYPERLINK(\"http://evil.example\")")
                .sign()
        },
        OK,
    ),
    Case::bearer(
        "LOG-04/sub-long",
        "`sub` of 4,000 bytes",
        |f| f.token().subject(&"\u{e9}".repeat(2_000)).sign(),
        OK,
    ),
    Case::bearer(
        "LOG-04/jti-crlf",
        "`jti` with a line end",
        |f| f.token().id("forge\r\njti").sign(),
        OK,
    ),
    Case::bearer(
        "LOG-04/client-crlf",
        "`client_id` with a line end",
        |f| f.token().claim("client_id", "web\r\nclient").sign(),
        OK,
    ),
];

const OK: Expect = Expect::accepted();
