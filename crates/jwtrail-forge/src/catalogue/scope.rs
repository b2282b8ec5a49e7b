//! SCP-01, SCP-02, SCP-03: good tokens without the scope that the route requires, or for what is
//! another subject's.

use jwtrail_event::{Reason, SecretToken};
use serde_json::json;

use crate::{Case, Expect, Forge, Precondition};

pub(super) const CASES: &[Case] = &[
    denied("SCP-01/none", "no `scope`", |f| {
        f.token().without_scope().sign()
    }),
    denied("SCP-01/empty", "an empty scope", |f| scoped(f, "")),
    denied("SCP-01/other", "another scope", |f| {
        scoped(f, "forge:other")
    }),
    denied("SCP-01/empty-array", "no scope in an array", |f| {
        f.token().scope_value(json!([])).sign()
    }),
    denied("SCP-02/shorter", "the scope without its end", |f| {
        let mut scope = f.scope.clone();
        scope.pop();
        scoped(f, &scope)
    }),
    denied("SCP-02/longer", "the scope with more behind it", |f| {
        scoped(f, &format!("{}:all", f.scope))
    }),
    denied("SCP-02/inside", "the scope inside a longer one", |f| {
        scoped(f, &format!("x{}x", f.scope))
    }),
    denied("SCP-02/upper-case", "the scope in upper case", |f| {
        scoped(f, &f.differs(f.scope.to_uppercase(), &f.scope))
    }),
    denied("SCP-02/comma", "commas instead of spaces", |f| {
        scoped(f, &format!("{0},{0}", f.scope))
    }),
    denied("SCP-02/wildcard", "a star", |f| scoped(f, "*")),
    denied("SCP-02/part-wildcard", "a star for the last part", |f| {
        let part = f.scope.split(':').next().unwrap_or_default();
        scoped(f, &format!("{part}:*"))
    }),
    Case::bearer(
        "SCP-02/one-element",
        "two scopes as one element of an array",
        |f| {
            let joined = format!("{} other:read", f.scope);
            f.token().scope_value(vec![joined]).sign()
        },
        Expect::signed(Reason::BadClaimType),
    )
    .given(Precondition::ScopeRequired),
    Case::bearer(
        "SCP-01/number",
        "`scope` a number",
        |f| f.token().scope_value(1).sign(),
        Expect::signed(Reason::BadClaimType),
    )
    .given(Precondition::ScopeRequired),
    Case::bearer(
        "SCP-03/other-subject",
        "a good token for another subject's object",
        |f| f.token().sign(),
        Expect::policy_denied(),
    )
    .given(Precondition::ObjectOfAnother),
];

const fn denied(id: &'static str, title: &'static str, mint: fn(&Forge) -> SecretToken) -> Case {
    Case::bearer(id, title, mint, Expect::insufficient_scope()).given(Precondition::ScopeRequired)
}

fn scoped(forge: &Forge, scope: &str) -> SecretToken {
    forge.token().scope(scope).sign()
}
