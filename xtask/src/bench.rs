mod detect;

use crate::repository::Repository;
use crate::totals::Totals;

/// Measures one part of the product and holds it against its bars.
pub(crate) fn bench(repository: &Repository, arguments: &[String]) -> anyhow::Result<Totals> {
    match arguments.split_first() {
        Some((part, rest)) if part == "detect" => detect::detect(repository, rest),
        _ => anyhow::bail!("bench what? There is: detect [EVENTS [SUBJECTS]]"),
    }
}
