//! `Authorization` headers that no library would send, with the valid token in them.

use jwtrail_event::{Reason, SecretToken, Trust};

use crate::check::CheckId;
use crate::probe::{Probe, Wanted, WantedAnswer, WantedRecord};
use crate::run::Run;
use crate::token::Said;

/// Those of AUT-02 and of AUT-04, on the deep operation.
///
/// A server may refuse each of them, or read a blank in the place of what no field may hold (RFC
/// 9110 section 5.5, RFC 9112 section 5.2), or a line's end in that of a bare line feed (RFC 9112
/// section 2.2). The headers are refused whatever it does.
pub(super) fn probes(run: &Run<'_>, check: CheckId) -> Vec<Probe> {
    let good = &run.options.token;
    match check {
        CheckId::Aut02 => ALTERED
            .iter()
            .filter_map(|altered| {
                let value = format!(
                    "Bearer{}{}{}",
                    altered.between,
                    good.expose(),
                    altered.after
                );
                let shown = format!("Bearer{}$TOKEN{}", altered.between, altered.after);
                let (name, title) = (altered.name, altered.title);
                let mut probe = probe(run, check, altered.variant, title, name, &value, &shown)?;
                probe.wanted.answer = altered.answer;
                // `Bearer<tab>` is another scheme to some.
                if let Some(record) = &mut probe.wanted.record
                    && altered.answer == WantedAnswer::Tolerable
                {
                    record.reasons.push(Reason::Missing);
                }
                Some(probe)
            })
            .collect(),
        CheckId::Aut04 => {
            let bad = run.forge.token().signed_by_stranger().sign();
            run.secrets.token(&bad);
            SEPARATORS
                .iter()
                .filter_map(|(variant, title, separator)| {
                    let two = |first: &str, second: &str| {
                        format!("Bearer {first}{separator}Authorization: Bearer {second}")
                    };
                    let value = two(bad.expose(), good.expose());
                    let shown = two("$BAD", "$TOKEN");
                    probe(run, check, variant, title, "authorization", &value, &shown)
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

fn probe(
    run: &Run<'_>,
    check: CheckId,
    variant: &str,
    title: &str,
    name: &str,
    value: &str,
    shown: &str,
) -> Option<Probe> {
    let operation = run.operations.get(run.deep)?;
    let value = SecretToken::new(value.to_owned());
    Some(Probe {
        check,
        variant: variant.to_owned(),
        title: title.to_owned(),
        operation: run.deep,
        request: operation
            .request()
            .raw(name, value.expose().as_bytes(), shown),
        wanted: Wanted {
            answer: REFUSED,
            record: Some(WantedRecord {
                reasons: vec![Reason::MalformedHeader],
                trust: Trust::None,
                said: Said::default(),
                literal: false,
            }),
        },
    })
}

/// A header with one good token in it.
struct Altered {
    variant: &'static str,
    title: &'static str,
    name: &'static str,
    /// What stands between the scheme and the token.
    between: &'static str,
    after: &'static str,
    answer: WantedAnswer,
}

impl Altered {
    const fn after(variant: &'static str, title: &'static str, after: &'static str) -> Self {
        Self {
            variant,
            title,
            name: "authorization",
            between: " ",
            after,
            answer: REFUSED,
        }
    }
}

const ALTERED: [Altered; 7] = [
    Altered::after("nul", "a NUL and a letter after a good token", "\0x"),
    Altered::after(
        "bare-cr",
        "a carriage return and a letter after a good token",
        "\rx",
    ),
    Altered::after(
        "bare-lf",
        "a line feed and a letter after a good token",
        "\nx",
    ),
    Altered::after(
        "obs-fold",
        "a good token and a letter on a line that goes on with the one before",
        "\r\n x",
    ),
    Altered {
        variant: "space-before-colon",
        title: "a good token in a header with a blank before its colon",
        name: "authorization ",
        between: " ",
        after: "",
        answer: REFUSED,
    },
    Altered {
        variant: "tab",
        title: "a tab between the scheme and a good token",
        name: "authorization",
        between: "\t",
        after: "",
        answer: WantedAnswer::Tolerable,
    },
    Altered {
        variant: "spaces",
        title: "three blanks between the scheme and a good token",
        name: "authorization",
        between: "   ",
        after: "",
        // RFC 6750 section 2.1 allows them.
        answer: WantedAnswer::Any,
    },
];

const REFUSED: WantedAnswer = WantedAnswer::Refused(400);

/// What may pass for the end of a line.
const SEPARATORS: [(&str, &str, &str); 2] = [
    (
        "bare-lf",
        "a bad token's header and a good one's, a line feed between them",
        "\n",
    ),
    (
        "bare-cr",
        "a bad token's header and a good one's, a carriage return between them",
        "\r",
    ),
];
