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
        if !file.starts_with("xtask/") {
            problems.extend(forbidden(&file, &text));
        }
    }
    problems.extend(manifests(repository)?);
    Ok(problems)
}

fn forbidden(file: &str, text: &str) -> Vec<String> {
    let rules = FORBIDDEN
        .iter()
        .filter(|rule| file.ends_with(rule.suffix) && !GENERATED_TEXT.contains(&file));
    rules
        .flat_map(|rule| {
            text.lines()
                .enumerate()
                .filter(|(_, line)| line.contains(rule.text))
                .map(move |(index, _)| {
                    format!("{file}:{}: `{}`: {}", index + 1, rule.text, rule.remedy)
                })
        })
        .collect()
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
}

/// Lines of text above which a file is mentioned.
const LONG: usize = 400;

/// Files that a tool writes.
const GENERATED_TEXT: [&str; 2] = ["Cargo.lock", "web/package-lock.json"];

const FORBIDDEN: [Forbidden; 12] = [
    Forbidden {
        suffix: ".rs",
        text: "[allow(",
        remedy: "write `#[expect(lint, reason = \"...\")]`, it dies when it is not needed",
    },
    Forbidden {
        suffix: ".rs",
        text: "#[ignore",
        remedy: "a test runs, or it is deleted",
    },
    Forbidden {
        suffix: ".rs",
        text: "#[should_panic",
        remedy: "assert on the error",
    },
    Forbidden {
        suffix: ".rs",
        text: "thread::sleep(",
        remedy: "wait for the condition",
    },
    Forbidden {
        suffix: ".ts",
        text: "@ts-ignore",
        remedy: "give it its type",
    },
    Forbidden {
        suffix: ".ts",
        text: " as any",
        remedy: "give it its type",
    },
    Forbidden {
        suffix: ".ts",
        text: "innerHTML",
        remedy: "what comes from a record is text; set it as text",
    },
    Forbidden {
        suffix: ".tsx",
        text: "dangerouslySetInnerHTML",
        remedy: "what comes from a record is text; set it as text",
    },
    Forbidden {
        suffix: "",
        text: "/home/",
        remedy: "a path of one machine; write it relative to the repository",
    },
    Forbidden {
        suffix: "",
        text: "/root/",
        remedy: "a path of one machine; write it relative to the repository",
    },
    Forbidden {
        suffix: "",
        text: "/Users/",
        remedy: "a path of one machine; write it relative to the repository",
    },
    Forbidden {
        suffix: "package-lock.json",
        text: "\"resolved\": \"http://",
        remedy: "a package comes over TLS",
    },
];
