use crate::repository::Repository;

/// Public items of the libraries that users call, without an example in their documentation.
///
/// An item is public when the crate's root (or its module of events) names it in a `pub use`.
pub(super) fn examples(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let files = repository.files()?;
    let mut problems = Vec::new();
    for library in LIBRARIES {
        let source = format!("crates/{library}/src/");
        let own = files.iter().filter(|file| file.starts_with(&source));
        let mut texts = Vec::new();
        for file in own.filter(|file| file.ends_with(".rs")) {
            texts.push((file, repository.read(file)?));
        }
        let roots = ROOTS.map(|root| format!("{source}{root}"));
        let exported = texts
            .iter()
            .filter(|(file, _)| roots.contains(file))
            .flat_map(|(_, text)| exported(text));
        for name in exported {
            let places = texts.iter().map(|(file, text)| (file, bare(text, &name)));
            problems.extend(places.flat_map(|(file, lines)| {
                let name = &name;
                lines.into_iter().map(move |line| {
                    format!("{file}:{line}: `{name}` has no example; show how it is used")
                })
            }));
        }
    }
    Ok(problems)
}

/// The names in the `pub use` items of a file.
fn exported(text: &str) -> Vec<String> {
    let code: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let items = code.split("pub use ").skip(1);
    let items = items.filter_map(|item| item.split(';').next());
    let words = items.flat_map(|item| item.split([',', '{', '}']));
    words
        .filter_map(|word| word.trim().rsplit("::").next())
        .filter(|name| !name.is_empty() && !name.contains(' '))
        .map(str::to_owned)
        .collect()
}

/// The lines, from 1, on which the item is defined with a comment that has no example.
fn bare(text: &str, name: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let defined = |line: &str| {
        // A type may stand in a macro's braces; what else is indented is a type's own.
        let starts: &[&str] = if line.starts_with(' ') {
            &TYPES
        } else {
            &ITEMS
        };
        let line = line.trim_start();
        starts.iter().any(|start| {
            let rest = line.strip_prefix(start).and_then(|l| l.strip_prefix(name));
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    };
    let shown = |at: usize| {
        let above = lines.iter().take(at).rev();
        let mut above = above.take_while(|line| !line.trim().is_empty());
        above.any(|line| line.trim_start().starts_with("/// ```"))
    };
    let found = lines.iter().enumerate();
    let found = found.filter(|(at, line)| defined(line) && !shown(*at));
    found.map(|(at, _)| at + 1).collect()
}

const LIBRARIES: [&str; 6] = [
    "jwtrail-event",
    "jwtrail-verify",
    "jwtrail-session",
    "jwtrail-actix",
    "jwtrail-forge",
    "jwtrail-testkit",
];
const ROOTS: [&str; 2] = ["lib.rs", "events.rs"];
const TYPES: [&str; 3] = ["pub struct ", "pub enum ", "pub trait "];
const ITEMS: [&str; 7] = [
    "pub struct ",
    "pub enum ",
    "pub trait ",
    "pub fn ",
    "pub const fn ",
    "pub const ",
    "pub type ",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_every_form_of_pub_use() {
        let text =
            "pub use a::b::One;\n// pub use Not;\npub use c::{\n    Two, three,\n};\nuse d::Four;";
        assert_eq!(exported(text), ["One", "Two", "three"]);
    }

    #[test]
    fn an_item_needs_an_example_in_its_own_comment() {
        let with =
            "/// A.\n///\n/// ```\n/// let a = 1;\n/// ```\n#[derive(Debug)]\npub struct A;\n";
        assert!(bare(with, "A").is_empty());
        let without =
            "/// A.\n/// ```\npub struct A;\n\n/// B.\npub struct B;\npub struct Better;\n";
        assert_eq!(bare(without, "B"), [6]);
        let method = "impl A {\n    pub fn b(&self) {}\n}\npub fn b() {}\n";
        assert_eq!(bare(method, "b"), [4]);
    }
}
