mod edges;
mod examples;
mod generated;
mod licences;
mod pages;
mod spdx;
mod text;

use crate::repository::Repository;
use crate::totals::Totals;

/// The checks that no compiler makes. Each problem is printed with its place and remedy.
pub(crate) fn tidy(repository: &Repository) -> anyhow::Result<Totals> {
    let mut totals = Totals::default();
    for (name, check) in CHECKS {
        let problems = check(repository).unwrap_or_else(|error| vec![format!("{error:#}")]);
        if problems.is_empty() {
            totals.add(Totals::PASSED);
        }
        for problem in problems {
            totals.fail(format!("tidy: {name}: {problem}"));
        }
    }
    println!("tidy: {totals}");
    Ok(totals)
}

type Check = fn(&Repository) -> anyhow::Result<Vec<String>>;

const CHECKS: [(&str, Check); 7] = [
    ("edges", edges::edges),
    ("licences", licences::crates),
    ("npm licences", licences::npm),
    ("text", text::text),
    ("examples", examples::examples),
    ("pages", pages::pages),
    ("generated", generated::generated),
];
