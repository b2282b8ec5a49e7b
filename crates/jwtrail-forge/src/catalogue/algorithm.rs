//! SIG-03: `alg: none` in its spellings, and algorithms that nobody configured.

use jwtrail_event::{Reason, SecretToken};

use crate::{Case, Expect, Forge};

pub(super) const CASES: &[Case] = &[
    Case::bearer(
        "SIG-03/none",
        "`alg: none`",
        |f| unsigned(f, "none"),
        REFUSED,
    ),
    Case::bearer(
        "SIG-03/None",
        "`alg: None`",
        |f| unsigned(f, "None"),
        REFUSED,
    ),
    Case::bearer(
        "SIG-03/NONE",
        "`alg: NONE`",
        |f| unsigned(f, "NONE"),
        REFUSED,
    ),
    Case::bearer(
        "SIG-03/nOnE",
        "`alg: nOnE`",
        |f| unsigned(f, "nOnE"),
        REFUSED,
    ),
    Case::bearer(
        "SIG-03/none-signed",
        "`alg: none` above a true signature",
        |f| f.token().header("alg", "none").sign_anyhow(),
        REFUSED,
    ),
    Case::bearer(
        "SIG-03/missing",
        "no `alg`",
        |f| f.token().without_header("alg").sign(),
        REFUSED,
    ),
    Case::bearer(
        "SIG-03/number",
        "`alg` a number",
        |f| f.token().header("alg", 256).sign(),
        REFUSED,
    ),
    Case::bearer(
        "SIG-03/lower-case",
        "a configured algorithm in lower case",
        |f| {
            let lower = f.differs(f.alg().to_lowercase(), f.alg());
            f.token().header("alg", lower).sign()
        },
        REFUSED,
    ),
    Case::bearer(
        "SIG-03/not-configured",
        "an algorithm that exists and is not configured",
        |f| f.token().header("alg", "PS512").sign(),
        REFUSED,
    ),
    Case::bearer(
        "SIG-03/unknown",
        "an algorithm that does not exist",
        |f| f.token().header("alg", "FORGE256").sign(),
        REFUSED,
    ),
];

const REFUSED: Expect = Expect::untrusted(Reason::AlgorithmNotAllowed);

fn unsigned(forge: &Forge, alg: &str) -> SecretToken {
    forge.token().header("alg", alg).signature([]).sign()
}
