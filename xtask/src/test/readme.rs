use std::collections::BTreeSet;
use std::fs;

use anyhow::Context as _;
use serde_json::{Map, Value};

use super::blocks::{Block, Rule, blocks};
use super::running::Running;
use crate::repository::Repository;
use crate::totals::Totals;

/// Runs the pages for users: their commands in order, in the repository's root, as a reader would.
pub(crate) fn readme(repository: &Repository) -> anyhow::Result<Totals> {
    let mut totals = Totals::default();
    for page in PAGES {
        totals.add(follow(repository, page)?);
    }
    Ok(totals)
}

fn follow(repository: &Repository, page: &str) -> anyhow::Result<Totals> {
    let mut reader = Reader::new(repository)?;
    let mut totals = Totals::default();
    for block in blocks(&repository.read(page)?) {
        match reader.follow(&block) {
            Ok(()) => totals.add(Totals::PASSED),
            Err(error) => totals.fail(format!("{page}:{}: {error:#}", block.line)),
        }
    }
    for (line, running) in reader.running.into_iter().rev() {
        if let Err(error) = running.interrupt() {
            totals.fail(format!("{page}:{line}: {error:#}"));
        }
    }
    println!("{page}: {totals}");
    Ok(totals)
}

struct Reader<'a> {
    repository: &'a Repository,
    directory: std::path::PathBuf,
    running: Vec<(usize, Running)>,
    output: String,
}

impl<'a> Reader<'a> {
    fn new(repository: &'a Repository) -> anyhow::Result<Self> {
        // The README writes there, and cargo's own target directory may be elsewhere.
        fs::create_dir_all(repository.path("target")).context("cannot create target")?;
        Ok(Self {
            repository,
            directory: repository.path(""),
            running: Vec::new(),
            output: String::new(),
        })
    }

    fn follow(&mut self, block: &Block) -> anyhow::Result<()> {
        let rule = block.rule.as_ref().context(NO_RULE)?;
        match rule {
            Rule::Run => {
                self.output = Running::start(&block.text, &self.directory)?.finish()?;
                Ok(())
            }
            Rule::Until(text) => {
                let mut running = Running::start(&block.text, &self.directory)?;
                self.output = running.wait_for(text)?;
                self.running.push((block.line, running));
                Ok(())
            }
            Rule::Follow(text) => {
                let mut running = Running::start(&block.text, &self.directory)?;
                self.output = running.wait_for(text)?;
                running.kill()
            }
            Rule::File(path) => {
                let file = self.repository.read(path)?;
                anyhow::ensure!(holds(&file, &block.text), "the block is not in {path}");
                Ok(())
            }
            Rule::Output => alike(&block.text, &self.output),
            Rule::This => {
                anyhow::ensure!(
                    block.text == "cargo xtask test\n",
                    "this is not the command"
                );
                Ok(())
            }
            Rule::Picture => Ok(()),
        }
    }
}

/// Whether a block's lines stand in a file one after the other, however deep.
fn holds(file: &str, block: &str) -> bool {
    let code = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim).map(|line| {
            // An example in the documentation is compiled, too.
            line.strip_prefix("/// ").unwrap_or(line).trim().to_owned()
        });
        lines.filter(|line| !line.is_empty()).collect()
    };
    let (file, block) = (code(file), code(block));
    !block.is_empty() && file.windows(block.len()).any(|lines| lines == block)
}

/// Whether the last line printed is the event that the block shows, but for what differs from
/// run to run.
fn alike(shown: &str, output: &str) -> anyhow::Result<()> {
    let shown = event(shown).context("the block is no event")?;
    let printed = event(output.lines().next_back().unwrap_or_default())
        .context("what was printed is no event")?;
    let keys = |event: &Map<String, Value>| event.keys().cloned().collect::<BTreeSet<_>>();
    anyhow::ensure!(
        keys(&shown) == keys(&printed),
        "other fields than the block's were printed: {printed:#?}"
    );
    for (key, value) in &shown {
        anyhow::ensure!(
            DIFFERS.contains(&key.as_str()) || printed.get(key) == Some(value),
            "`{key}` is not what was printed: {printed:#?}"
        );
    }
    Ok(())
}

fn event(json: &str) -> anyhow::Result<Map<String, Value>> {
    Ok(serde_json::from_str(json)?)
}

/// Fields whose values are another run's.
const DIFFERS: [&str; 12] = [
    "time",
    "event_id",
    "service_version",
    "instance",
    "boot_id",
    "seq",
    "token_fp",
    "correlation_id",
    "trace_id",
    "span_id",
    "user_agent",
    "duration_us",
];

/// Each is run by itself; what it starts is stopped at its end.
const PAGES: [&str; 13] = [
    "README.md",
    "docs/scan.md",
    "docs/protect.md",
    "docs/testing.md",
    "docs/migration.md",
    "docs/formats.md",
    "docs/generate.md",
    "docs/detection.md",
    "docs/metrics.md",
    "docs/outputs.md",
    "docs/operating.md",
    "docs/own-rules.md",
    "docs/privacy.md",
];

const NO_RULE: &str = "the block has no `<!-- test: ... -->` before it that says how it is tested: run, until TEXT, follow TEXT, file PATH, output, this or picture";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_compared_but_for_what_differs() {
        let printed = "noise\n{\"status\":401,\"time\":\"2026\",\"steps\":[\"a\"]}\n";
        alike(
            r#"{"status": 401, "time": "2020", "steps": ["a"]}"#,
            printed,
        )
        .unwrap();
        for other in [
            r#"{"status": 200, "time": "2026", "steps": ["a"]}"#,
            r#"{"status": 401, "time": "2026", "steps": []}"#,
            r#"{"status": 401, "steps": ["a"]}"#,
            r#"{"status": 401, "time": "2026", "steps": ["a"], "more": 1}"#,
        ] {
            alike(other, printed).unwrap_err();
        }
        alike("{}", "").unwrap_err();
    }

    #[test]
    fn a_block_is_an_excerpt_of_its_file() {
        let file = "fn main() {\n    let a = 1;\n\n    let b = 2;\n}\n";
        assert!(holds(file, "let a = 1;\nlet b = 2;\n"));
        assert!(!holds(file, "let a = 1;\nlet b = 3;\n"));
        assert!(!holds(file, "let a = 1;\n}\n"));
        assert!(!holds(file, "\n"));
        assert!(holds("/// ```\n/// let a = 1;\n/// ```\n", "let a = 1;\n"));
    }
}
