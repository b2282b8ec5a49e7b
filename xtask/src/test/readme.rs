use std::fs;

use anyhow::Context as _;
use serde_json::Value;

use super::blocks::{Block, Rule, blocks};
use super::running::Running;
use crate::repository::Repository;
use crate::totals::Totals;

/// Runs the README: its commands in order, in the repository's root, as a reader would.
pub(crate) fn readme(repository: &Repository) -> anyhow::Result<Totals> {
    let mut reader = Reader::new(repository)?;
    let mut totals = Totals::default();
    for block in blocks(&repository.read(README)?) {
        match reader.follow(&block) {
            Ok(()) => totals.add(Totals::PASSED),
            Err(error) => {
                println!("{README}:{}: {error:#}", block.line);
                totals.add(Totals::FAILED);
            }
        }
    }
    for (line, running) in reader.running.into_iter().rev() {
        if let Err(error) = running.interrupt() {
            println!("{README}:{line}: {error:#}");
            totals.add(Totals::FAILED);
        }
    }
    println!("{README}: {totals}");
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
        let lines = text.lines().map(|line| line.trim().to_owned());
        lines.filter(|line| !line.is_empty()).collect()
    };
    let (file, block) = (code(file), code(block));
    !block.is_empty() && file.windows(block.len()).any(|lines| lines == block)
}

/// Whether the last line printed is the JSON that the block shows; a text that ends in `…`
/// stands for any value.
fn alike(shown: &str, output: &str) -> anyhow::Result<()> {
    let shown: Value = serde_json::from_str(shown).context("the block is no JSON")?;
    let printed = output.lines().next_back().unwrap_or_default();
    let printed: Value = serde_json::from_str(printed).context("what was printed is no JSON")?;
    anyhow::ensure!(
        matches(&shown, &printed),
        "the block is not what was printed:\n{printed:#}"
    );
    Ok(())
}

fn matches(shown: &Value, printed: &Value) -> bool {
    match (shown, printed) {
        (Value::String(text), _) if text.ends_with('…') => true,
        (Value::Object(shown), Value::Object(printed)) => {
            shown.len() == printed.len()
                && shown
                    .iter()
                    .all(|(key, value)| printed.get(key).is_some_and(|p| matches(value, p)))
        }
        (Value::Array(shown), Value::Array(printed)) => {
            shown.len() == printed.len() && shown.iter().zip(printed).all(|(s, p)| matches(s, p))
        }
        _ => shown == printed,
    }
}

const README: &str = "README.md";

const NO_RULE: &str = "the block has no `<!-- test: ... -->` before it that says how it is tested: run, until TEXT, follow TEXT, file PATH, output, this or picture";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_compared_but_for_what_is_left_open() {
        let printed = "noise\n{\"status\":401,\"time\":\"2026\",\"steps\":[\"a\"]}\n";
        alike(r#"{"status": 401, "time": "20…", "steps": ["a"]}"#, printed).unwrap();
        alike(r#"{"status": 200, "time": "…", "steps": ["a"]}"#, printed).unwrap_err();
        alike(r#"{"status": 401, "steps": ["a"]}"#, printed).unwrap_err();
        alike(r#"{"status": 401, "time": "…", "steps": []}"#, printed).unwrap_err();
        alike("{}", "").unwrap_err();
    }

    #[test]
    fn a_block_is_an_excerpt_of_its_file() {
        let file = "fn main() {\n    let a = 1;\n\n    let b = 2;\n}\n";
        assert!(holds(file, "let a = 1;\nlet b = 2;\n"));
        assert!(!holds(file, "let a = 1;\nlet b = 3;\n"));
        assert!(!holds(file, "let a = 1;\n}\n"));
        assert!(!holds(file, "\n"));
    }
}
