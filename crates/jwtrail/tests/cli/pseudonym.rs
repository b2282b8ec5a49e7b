use jwtrail_event::Pseudonyms;

use crate::support::Jwtrail;

const OLD: &str = "lq3nVQ0W8FqTt5oCzM1yJ7uRkHxA2eGd";
const NEW: &str = "Zb6Yw1pKc4Xs9DvN0mQh3TgLrJ8uEi5a";

fn jwtrail() -> Jwtrail {
    Jwtrail::new()
        .with_file("old.key", format!("{OLD}\n"))
        .with_variable("NEW_KEY", NEW)
}

fn printed(keys: &[(&str, &str)], subject: &str) -> String {
    let of = |(id, key): &(&str, &str)| {
        let key = Pseudonyms::new(id, key.as_bytes()).unwrap();
        format!("{}\n", key.subject(subject))
    };
    let lines: String = keys.iter().map(of).collect();
    format!("exit code: 0\n--- stdout\n{lines}--- stderr\n")
}

#[test]
fn a_subject_has_a_pseudonym_under_each_key_and_the_services_write_the_same() {
    let jwtrail = jwtrail();
    let old = "2026=@file:old.key";
    let text = jwtrail.run(&["pseudonym", "--key", old, "alice"]);
    assert_eq!(text, printed(&[("2026", OLD)], "alice"));
    let both = ["pseudonym", "--key", "2027=@env:NEW_KEY", "--key", old];
    let expected = printed(&[("2027", NEW), ("2026", OLD)], "al ice");
    for stdin in ["al ice", "al ice\n", "al ice\r\n"] {
        assert_eq!(jwtrail.run_with_stdin(&both, stdin.as_bytes()), expected);
    }
    let asked = [&both[..], &["-"]].concat();
    assert_eq!(jwtrail.run_with_stdin(&asked, b"al ice\n"), expected);
}

#[test]
fn a_key_on_the_command_line_is_refused_and_not_repeated() {
    for key in [OLD, "2026", &format!("2026={OLD}"), "2026=@file:"] {
        let text = jwtrail().run(&["pseudonym", "--key", key, "alice"]);
        assert!(!text.contains(OLD), "{text}");
        assert!(text.starts_with("exit code: 2"), "{text}");
        assert!(text.contains("a key is named as `ID=@file:PATH`"), "{text}");
    }
}

#[test]
fn what_cannot_be_used_is_said() {
    let jwtrail = jwtrail().with_file("short.key", "short");
    let run = |keys: &[&str]| {
        let keys = keys.iter().flat_map(|key| ["--key", key]);
        let all: Vec<&str> = ["pseudonym"].into_iter().chain(keys).collect();
        jwtrail.run_with_stdin(&all, b"\n")
    };
    insta::assert_snapshot!(run(&["2026=@file:short.key"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the key for pseudonyms cannot be used
    cause: the key for pseudonyms has 5 bytes, it needs at least 32
    help: give it with the id that the services give to `Pseudonyms::new`
    ");
    insta::assert_snapshot!(run(&["Now=@file:old.key"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: the key for pseudonyms cannot be used
    cause: the id of the key for pseudonyms must be 1 to 16 of [a-z0-9-]
    help: give it with the id that the services give to `Pseudonyms::new`
    ");
    insta::assert_snapshot!(run(&["a=@file:old.key", "a=@env:NEW_KEY"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: there are two keys of the id `a`
    help: give each key once, under the id that its pseudonyms carry
    ");
    insta::assert_snapshot!(run(&["a=@file:old.key"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: there is no subject
    help: give it as the argument, or on the standard input
    ");
    let text = jwtrail.run(&["pseudonym", "alice"]);
    assert!(text.starts_with("exit code: 2"), "{text}");
}
