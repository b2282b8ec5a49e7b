//! The code blocks of a Markdown file, and how each says that it is to be tested.

/// One fenced block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The line of its fence, from 1.
    pub(super) line: usize,
    pub(super) rule: Option<Rule>,
    pub(super) text: String,
}

/// How a block is tested: the comment `<!-- test: RULE -->` on the line before its fence.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// `run`: the commands end, with success.
    Run,
    /// `until TEXT`: the commands print TEXT and go on until they are interrupted.
    Until(String),
    /// `follow TEXT`: the same, of a command that has no end of its own, as `tail -f`.
    Follow(String),
    /// `file PATH`: the block's lines stand in that file, which is compiled with the workspace.
    File(String),
    /// `output`: the JSON that the block before this one printed last, or was waited for.
    Output,
    /// `this`: the command that is running now.
    This,
    /// `picture`: nothing to run.
    Picture,
}

/// Every block of a file, in order.
pub(super) fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    let mut rule = None;
    for (index, line) in markdown.lines().enumerate() {
        match (open.take(), line.starts_with("```")) {
            (Some(block), true) => blocks.push(block),
            (Some(mut block), false) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, true) => {
                open = Some(Block {
                    line: index + 1,
                    rule: rule.take(),
                    text: String::new(),
                });
            }
            (None, false) => rule = named_rule(line),
        }
    }
    blocks.extend(open);
    blocks
}

fn named_rule(line: &str) -> Option<Rule> {
    let rule = line
        .strip_prefix("<!-- test: ")?
        .strip_suffix("-->")?
        .trim();
    let (name, argument) = rule.split_once(' ').unwrap_or((rule, ""));
    match (name, argument) {
        ("run", "") => Some(Rule::Run),
        ("output", "") => Some(Rule::Output),
        ("this", "") => Some(Rule::This),
        ("picture", "") => Some(Rule::Picture),
        ("until", text) if !text.is_empty() => Some(Rule::Until(text.to_owned())),
        ("follow", text) if !text.is_empty() => Some(Rule::Follow(text.to_owned())),
        ("file", path) if !path.is_empty() => Some(Rule::File(path.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_blocks_with_their_rules() {
        let found = blocks("text\n<!-- test: until page: -->\n```sh\na\nb\n```\n\n```rust\n```\n");
        let expected = [
            Block {
                line: 3,
                rule: Some(Rule::Until("page:".to_owned())),
                text: "a\nb\n".to_owned(),
            },
            Block {
                line: 8,
                rule: None,
                text: String::new(),
            },
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn an_unknown_rule_is_none() {
        for line in [
            "<!-- test: maybe -->",
            "<!-- test: until -->",
            "<!-- run -->",
            "test: run",
        ] {
            assert_eq!(named_rule(line), None, "{line}");
        }
    }
}
