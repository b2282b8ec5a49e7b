use std::fs;

use crate::repository::Repository;

/// Every line that has no place in the repository, and files that have grown too long.
pub(super) fn text(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let mut problems = Vec::new();
    for file in repository.files()? {
        let Ok(text) = fs::read_to_string(repository.path(&file)) else {
            continue; // not text
        };
        let lines = text.lines().count();
        if source(&file) && lines > LONG {
            // A hint and no failure: the limit is a matter of judgement.
            println!("tidy: text: {file} has {lines} lines; does it hold two things?");
        }
        if !file.starts_with(OWN) {
            problems.extend(forbidden(&file, &text));
        }
    }
    problems.extend(manifests(repository)?);
    Ok(problems)
}

fn forbidden(file: &str, text: &str) -> Vec<String> {
    let rules = FORBIDDEN
        .iter()
        .filter(|rule| file.ends_with(rule.suffix))
        .filter(|rule| !rule.except.iter().any(|part| file.contains(part)));
    let mut found = Vec::new();
    for rule in rules {
        let first = match rule.place {
            Place::Anywhere => 1,
            Place::Tests => first_of_tests(file, text),
        };
        let lines = text.lines().zip(1..);
        found.extend(
            lines
                .filter(|(line, at)| *at >= first && line.contains(rule.text))
                .map(|(_, at)| format!("{file}:{at}: `{}`: {}", rule.text, rule.remedy)),
        );
    }
    found
}

/// The line from which on a file is tests: they stand in files of their own, or at the bottom.
fn first_of_tests(file: &str, text: &str) -> usize {
    if file.contains("/tests/") || file.ends_with("/tests.rs") {
        return 1;
    }
    let mut lines = text.lines().zip(1..);
    let module = lines.find(|(line, _)| *line == "mod tests {");
    module.map_or(usize::MAX, |(_, at)| at)
}

/// Members that do not take the workspace's lints.
fn manifests(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let mut problems = Vec::new();
    for package in repository.metadata().workspace_packages() {
        let manifest = fs::read_to_string(&package.manifest_path)?;
        if !manifest.contains("[lints]\nworkspace = true") {
            problems.push(format!(
                "{} has no `[lints] workspace = true`; add it",
                package.manifest_path
            ));
        }
    }
    Ok(problems)
}

fn source(file: &str) -> bool {
    [".rs", ".ts", ".tsx", ".css", ".mjs"]
        .iter()
        .any(|suffix| file.ends_with(suffix))
}

struct Forbidden {
    suffix: &'static str,
    text: &'static str,
    remedy: &'static str,
    place: Place,
    /// Part of the path of files that may have it.
    except: &'static [&'static str],
}

enum Place {
    Anywhere,
    Tests,
}

const fn forbid(suffix: &'static str, text: &'static str, remedy: &'static str) -> Forbidden {
    Forbidden {
        suffix,
        text,
        remedy,
        place: Place::Anywhere,
        except: &[],
    }
}

/// Where forbidden text is named.
const OWN: &str = "xtask/src/tidy/";

/// Lines of text above which a file is mentioned.
const LONG: usize = 400;

const FORBIDDEN: [Forbidden; 13] = [
    forbid(
        ".rs",
        "[allow(",
        "write `#[expect(lint, reason = \"...\")]`, it dies when it is not needed",
    ),
    forbid(".rs", "#[ignore", "a test runs, or it is deleted"),
    forbid(".rs", "#[should_panic", "assert on the error"),
    Forbidden {
        suffix: ".rs",
        text: "thread::sleep(",
        remedy: "wait for the condition",
        place: Place::Anywhere,
        // Examples and benches make a load at a rate, not a test; one place asks processes that
        // tell nothing.
        except: &[
            "/examples/",
            "benches/guard/src/load.rs",
            "xtask/src/bench/",
            "/jwtrail-testkit/src/ask.rs",
        ],
    },
    Forbidden {
        suffix: ".rs",
        text: "time::sleep",
        remedy: "wait for the condition",
        place: Place::Tests,
        // It kills at a moment that has to do with nothing.
        except: &["crates/jwtrail/tests/kill.rs"],
    },
    forbid(".ts", "@ts-ignore", "give it its type"),
    forbid(".ts", " as any", "give it its type"),
    forbid(
        ".ts",
        "innerHTML",
        "what comes from a record is text; set it as text",
    ),
    forbid(
        ".tsx",
        "dangerouslySetInnerHTML",
        "what comes from a record is text; set it as text",
    ),
    forbid(
        "",
        "/home/",
        "a path of one machine; write it relative to the repository",
    ),
    forbid(
        "",
        "/root/",
        "a path of one machine; write it relative to the repository",
    ),
    forbid(
        "",
        "/Users/",
        "a path of one machine; write it relative to the repository",
    ),
    forbid(
        "package-lock.json",
        "\"resolved\": \"http://",
        "a package comes over TLS",
    ),
];

#[cfg(test)]
mod tests {
    use super::forbidden;

    #[test]
    fn what_has_no_place_is_named_with_its_line() {
        let found = forbidden("crates/a/src/lib.rs", "fine\n#[allow(dead_code)]\n");
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("crates/a/src/lib.rs:2: `[allow(`: "),
            "{found:?}"
        );
    }

    #[test]
    fn an_example_may_wait_for_the_clock() {
        let text = "thread::sleep(pause);\n";
        assert_eq!(forbidden("crates/a/tests/a.rs", text).len(), 1);
        assert!(forbidden("crates/a/examples/load.rs", text).is_empty());
    }

    #[test]
    fn only_a_test_may_not_let_time_pass() {
        let text = "time::sleep(pause).await;\n";
        assert_eq!(forbidden("crates/a/tests/it/a.rs", text).len(), 1);
        assert_eq!(forbidden("crates/a/src/a/tests.rs", text).len(), 1);
        assert!(forbidden("crates/a/src/a.rs", text).is_empty());
        let below = format!("#[cfg(test)]\nmod tests {{\n    {text}}}\n");
        let found = forbidden("crates/a/src/a.rs", &format!("{text}{below}"));
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("crates/a/src/a.rs:4: "), "{found:?}");
    }
}
