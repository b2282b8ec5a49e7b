use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::repository::Repository;

/// Links of pages that lead nowhere, and pages of `docs/` that the book does not list.
pub(super) fn pages(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let files = repository.files()?;
    let pages = files.iter().filter(|file| file.ends_with(".md"));
    let mut problems = Vec::new();
    let mut listed = BTreeSet::new();
    for page in pages.clone() {
        for (line, target) in links(&repository.read(page)?) {
            let Some(place) = resolve(page, &target) else {
                continue;
            };
            let (path, anchor) = place;
            let leaves = page.starts_with("docs/") && !path.starts_with("docs/");
            if leaves && !target.starts_with(REPOSITORY) {
                problems.push(format!(
                    "{page}:{line}: `{target}` leads out of the book; write {REPOSITORY}{path}"
                ));
            }
            if page == BOOK {
                listed.insert(path.clone());
            }
            if !repository.path(&path).exists() {
                problems.push(format!("{page}:{line}: there is no `{path}`"));
            } else if let Some(anchor) = anchor
                && path.ends_with(".md")
                && !anchors(&repository.read(&path)?).contains(&anchor)
            {
                problems.push(format!(
                    "{page}:{line}: `{path}` has no heading `#{anchor}`"
                ));
            }
        }
    }
    let of_book = pages.filter(|page| page.starts_with("docs/") && *page != BOOK);
    let unlisted = of_book.filter(|page| !listed.contains(*page));
    problems.extend(unlisted.map(|page| format!("{page}: {BOOK} does not list it")));
    Ok(problems)
}

/// The targets of links in text, each with its line from 1.
fn links(markdown: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_block = false;
    for (line, text) in (1..).zip(markdown.lines()) {
        if text.trim_start().starts_with("```") {
            in_block = !in_block;
        }
        if in_block {
            continue;
        }
        let after = text.split("](").skip(1);
        let targets = after.filter_map(|rest| rest.split_once(')'));
        found.extend(targets.map(|(target, _)| (line, target.to_owned())));
    }
    found
}

/// The file in the repository that a link means, and the heading; none where it leads elsewhere.
fn resolve(page: &str, target: &str) -> Option<(String, Option<String>)> {
    let (page, target) = match target.strip_prefix(REPOSITORY) {
        Some(path) => ("", path),
        None => (page, target),
    };
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor.to_owned())),
        None => (target, None),
    };
    if path.is_empty() {
        return Some((page.to_owned(), anchor));
    }
    let mut whole = PathBuf::new();
    let folder = Path::new(page).parent().unwrap_or(Path::new(""));
    for part in folder.join(path).components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            other => whole.push(other),
        }
    }
    Some((whole.to_string_lossy().into_owned(), anchor))
}

/// The anchors that a page's headings get, and those that it names itself.
fn anchors(markdown: &str) -> BTreeSet<String> {
    let headings = markdown.lines().filter(|line| line.starts_with('#'));
    let slugs = headings.map(|line| slug(line.trim_start_matches('#').trim()));
    let named = markdown.split("id=\"").skip(1);
    let named = named.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
    slugs.chain(named).collect()
}

fn slug(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

const BOOK: &str = "docs/SUMMARY.md";

/// How a page of the book, which is read by itself, names a file that is not in it.
const REPOSITORY: &str = "https://github.com/jwtrail/jwtrail/blob/main/";

#[cfg(test)]
mod tests {
    use super::{anchors, links, resolve};

    #[test]
    fn links_of_text_are_found_and_those_of_code_are_not() {
        let page = "see [a](b.md#c) and [d](e)\n```\n[x](y)\n```\n[z](https://w.example)\n";
        let found = links(page);
        assert_eq!(
            found,
            [
                (1, "b.md#c".to_owned()),
                (1, "e".to_owned()),
                (5, "https://w.example".to_owned())
            ]
        );
    }

    #[test]
    fn a_link_is_of_its_page() {
        let place =
            |path: &str, anchor: Option<&str>| Some((path.to_owned(), anchor.map(str::to_owned)));
        assert_eq!(resolve("docs/a.md", "b.md"), place("docs/b.md", None));
        assert_eq!(resolve("docs/a.md", "../b.md#c"), place("b.md", Some("c")));
        assert_eq!(resolve("docs/a.md", "#c"), place("docs/a.md", Some("c")));
        assert_eq!(resolve("docs/a.md", "https://b.example"), None);
        let ours = format!("{}b/c.md#d", super::REPOSITORY);
        assert_eq!(resolve("docs/a.md", &ours), place("b/c.md", Some("d")));
    }

    #[test]
    fn headings_have_the_anchors_that_readers_see() {
        let found = anchors("# Carry the ids on\n## `jwtrail scan`: how?\n<a id=\"x-1\"></a>\n");
        assert!(found.contains("x-1"));
        assert!(found.contains("carry-the-ids-on"));
        assert!(found.contains("jwtrail-scan-how"));
    }
}
