use jwtrail_verify::{BuildError, Requirement, ScopeSet, scope};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{HS256, NOW, at, build, builder, changed, claims, seed, verify};

fn granted(claim: &str, value: serde_json::Value) -> Vec<String> {
    let claims = changed(changed(claims(), "scope", None), claim, Some(value));
    let verified = verify(&HS256.sign(HS256.header(), claims)).unwrap();
    verified.token.scope().iter().map(str::to_owned).collect()
}

#[test]
fn a_set_of_exact_elements_from_scope_or_scp() {
    for claim in ["scope", "scp"] {
        assert_eq!(granted(claim, json!("a b")), ["a", "b"]);
        assert_eq!(granted(claim, json!(["a", "b"])), ["a", "b"]);
        assert_eq!(granted(claim, json!("  a  b a ")), ["a", "b"]);
        assert!(granted(claim, json!("")).is_empty());
        assert!(granted(claim, json!([])).is_empty());
    }
    let both = changed(claims(), "scp", Some(json!(["admin", "orders:read"])));
    let verified = verify(&HS256.sign(HS256.header(), both)).unwrap();
    assert_eq!(
        verified.token.scope().to_string(),
        "orders:read orders:write admin"
    );
}

#[test]
fn a_scope_of_nothing_is_recorded_as_none() {
    let claims = changed(claims(), "scope", Some(json!(" ")));
    let token = verify(&HS256.sign(HS256.header(), claims)).unwrap().token;
    assert!(token.scope().is_empty());
    assert_eq!(token.event_claims().scope, None);
    let one: ScopeSet = ["a"].into_iter().collect();
    assert!(!one.is_empty());
}

#[test]
fn an_element_is_never_a_part_of_another() {
    let granted: ScopeSet = ["orders:read", "ORDERS", "x\tadmin"].into_iter().collect();
    for element in [
        "orders",
        "read",
        "orders:",
        "orders:read ",
        "Orders:read",
        "admin",
        "",
        "*",
    ] {
        let requirement = Requirement::scope(element);
        assert_eq!(requirement.missing_from(&granted).as_deref(), Some(element));
    }
}

#[test]
fn what_is_missing_is_named() {
    let a_and_b = Requirement::all_of([Requirement::scope("a"), Requirement::scope("b")]);
    let or_c = Requirement::any_of([a_and_b.clone(), Requirement::scope("c")]);
    assert_eq!(a_and_b.to_string(), "a b");
    assert_eq!(or_c.to_string(), "(a b)|c");
    let a: ScopeSet = ["a"].into_iter().collect();
    assert_eq!(a_and_b.missing_from(&a).as_deref(), Some("b"));
    assert_eq!(or_c.missing_from(&a).as_deref(), Some("(a b)|c"));
    let and_either = scope("a") & (scope("b") | scope("c"));
    assert_eq!(and_either.missing_from(&a).as_deref(), Some("(b|c)"));
}

#[test]
fn no_parts_are_never_met() {
    let all: ScopeSet = ["a"].into_iter().collect();
    for empty in [Requirement::all_of([]), Requirement::any_of([])] {
        assert!(empty.missing_from(&all).is_some());
        let or_a = Requirement::any_of([empty, Requirement::scope("a")]);
        assert!(or_a.missing_from(&all).is_none());
    }
}

/// A formula over the elements 0 to 3, evaluated apart from the code under test.
#[derive(Clone, Debug)]
enum Formula {
    Element(usize),
    All(Vec<Self>),
    Any(Vec<Self>),
}

const ELEMENTS: [&str; 4] = ["a", "ab", "b:a", "b"];

impl Formula {
    fn requirement(&self) -> Requirement {
        match self {
            Self::Element(index) => Requirement::scope(ELEMENTS[*index]),
            Self::All(parts) => Requirement::all_of(parts.iter().map(Self::requirement)),
            Self::Any(parts) => Requirement::any_of(parts.iter().map(Self::requirement)),
        }
    }

    /// The same by operators, from left to right.
    fn operators(&self) -> Requirement {
        let (parts, join): (_, fn(Requirement, Requirement) -> Requirement) = match self {
            Self::Element(index) => return scope(ELEMENTS[*index]),
            Self::All(parts) => (parts, |left, right| left & right),
            Self::Any(parts) => (parts, |left, right| left | right),
        };
        parts.iter().map(Self::operators).reduce(join).unwrap()
    }

    fn holds(&self, row: usize) -> bool {
        match self {
            Self::Element(index) => row & (1 << index) != 0,
            Self::All(parts) => parts.iter().filter(|part| !part.holds(row)).count() == 0,
            Self::Any(parts) => parts.iter().filter(|part| part.holds(row)).count() > 0,
        }
    }
}

fn formulas() -> impl Strategy<Value = Formula> {
    let leaf = (0..ELEMENTS.len()).prop_map(Formula::Element);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let parts = prop::collection::vec(inner, 1..4);
        prop_oneof![
            parts.clone().prop_map(Formula::All),
            parts.prop_map(Formula::Any),
        ]
    })
}

proptest! {
    /// For every set of granted elements. A peer's macro wrote `||` and `&&` without parentheses
    /// and let requests through.
    #[test]
    fn all_of_and_any_of_follow_their_truth_table(formula in formulas()) {
        for requirement in [formula.requirement(), formula.operators()] {
            let ways = requirement.ways();
            for row in 0..1 << ELEMENTS.len() {
                let granted = granted_in(row);
                let holds = formula.holds(row);
                prop_assert_eq!(requirement.is_met_by(&granted), holds, "{} in [{}]", requirement, granted);
                let missing = requirement.missing_from(&granted);
                prop_assert_eq!(missing.is_none(), holds);
                prop_assert!(missing.is_none_or(|text| !text.is_empty()));
                let enough = |way: &Vec<&str>| way.iter().all(|element| granted.contains(element));
                prop_assert_eq!(ways.iter().any(enough), holds, "{:?} in [{}]", ways, granted);
            }
            for (index, way) in ways.iter().enumerate() {
                let mut others = ways.iter().enumerate().filter(|(other, _)| *other != index);
                let within = |less: &Vec<&str>| less.iter().all(|element| way.contains(element));
                prop_assert!(!others.any(|(_, less)| within(less)), "{:?}", ways);
            }
        }
    }
}

fn granted_in(row: usize) -> ScopeSet {
    let elements = ELEMENTS.iter().enumerate();
    let granted = elements.filter(|(index, _)| row & (1 << index) != 0);
    granted.map(|(_, element)| *element).collect()
}

#[test]
fn operators_bind_as_parentheses_say() {
    let (a, b, c) = (|| scope("a"), || scope("b"), || scope("c"));
    assert_eq!((a() & (b() | c())).to_string(), "a (b|c)");
    assert_eq!(((a() & b()) | c()).to_string(), "(a b)|c");
    assert_eq!((a() & b() & c()).to_string(), "a b c");
    assert_eq!((a() | b() | c()).to_string(), "a|b|c");
    // Without parentheses, as in Rust: `&` before `|`.
    assert_eq!(a() | b() & c(), a() | (b() & c()));
    let only_c: ScopeSet = ["c"].into_iter().collect();
    assert!(!(a() & (b() | c())).is_met_by(&only_c));
}

#[test]
fn the_ways_to_meet_a_requirement_stand_once_and_in_its_order() {
    let (a, b) = (|| scope("a"), || scope("b"));
    assert_eq!((a() | b() | a()).ways(), [["a"], ["b"]]);
    assert_eq!((a() | (b() & a()) | b()).ways(), [["a"], ["b"]]);
}

#[test]
fn what_is_never_met_stays_so_in_company() {
    let everything: ScopeSet = ELEMENTS.into_iter().collect();
    let never = || Requirement::all_of([]);
    for requirement in [
        never() & scope("a"),
        scope("a") & never(),
        never() & never(),
    ] {
        assert!(!requirement.is_met_by(&everything), "{requirement:?}");
        assert!(requirement.ways().is_empty());
    }
    assert!((never() | scope("a")).is_met_by(&everything));
}

#[test]
fn a_token_is_of_each_class_of_which_it_holds_a_scope() {
    let verifier = build(
        builder()
            .scope_class("admin", ["orders:admin", "users:admin"])
            .scope_class("writing", ["orders:write"]),
    );
    assert!(verifier.scope_classes().eq(["admin", "writing"]));
    for (scope, classes) in [
        ("orders:read", &[][..]),
        ("orders:write users:admin", &["admin", "writing"]),
        ("orders:write", &["writing"]),
        ("orders:admins ORDERS:ADMIN", &[]),
    ] {
        let token = HS256.sign(
            HS256.header(),
            changed(claims(), "scope", Some(json!(scope))),
        );
        // Known from before, it is of the same classes.
        for _ in 0..2 {
            let token = verifier.verify(&token, at(NOW)).unwrap().token;
            assert!(token.scope_classes().eq(classes.iter().copied()), "{scope}");
            let class = token.event_claims().scope_class;
            assert_eq!(
                class.as_ref().map(|class| class.as_str()),
                classes.first().copied()
            );
        }
        let set: ScopeSet = scope.split(' ').collect();
        assert_eq!(
            verifier.scope_class_of(&set).as_deref(),
            classes.first().copied()
        );
    }
}

#[test]
fn a_class_that_says_nothing_is_refused_when_it_is_built() {
    for (name, scopes) in [
        ("", &["a"][..]),
        ("two words", &["a"]),
        ("admin", &[]),
        ("admin", &["a", ""]),
        ("admin", &["a b"]),
        ("writing", &["a"]),
    ] {
        let builder = builder().scope_class("writing", ["orders:write"]);
        let built = builder
            .scope_class(name, scopes.iter().copied())
            .build(seed());
        assert!(
            matches!(built, Err(BuildError::ScopeClass { .. })),
            "{name}"
        );
    }
}

#[test]
fn what_is_no_element_is_left_out_of_a_set() {
    let set: ScopeSet = ["a", "", "b c", "a", "d"].into_iter().collect();
    assert_eq!(set.as_str(), "a d");
    for element in ["", "b", "c", "b c", "a d"] {
        assert!(!set.contains(element), "{element}");
    }
}
