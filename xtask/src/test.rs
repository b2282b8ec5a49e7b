mod blocks;
mod browser;
mod collector;
mod formats;
mod harness;
mod mail;
mod python;
mod readme;
mod reports;
mod running;
mod sigma;
mod tools;

use crate::corpus::corpus;
use crate::repository::Repository;
use crate::totals::Totals;

pub(crate) use collector::collector;
pub(crate) use formats::formats;
pub(crate) use mail::mail;
pub(crate) use readme::readme;
pub(crate) use sigma::sigma;
pub(crate) use tools::{install, install_by_apt};

/// Installs what the tests need and runs all of them.
pub(crate) fn test(repository: &Repository) -> anyhow::Result<Totals> {
    install(repository)?;
    let mut totals = harness::cargo_test(repository)?;
    // The browser and the README meet the binary as its users build it.
    let binary = repository.binary()?;
    totals.add(browser::browser(repository, &binary)?);
    totals.add(readme(repository)?);
    totals.add(corpus(repository)?);
    totals.add(reports::reports(repository)?);
    totals.add(formats::with(repository, &binary)?);
    totals.add(collector(repository)?);
    totals.add(mail(repository)?);
    totals.add(sigma::with(repository, &binary)?);
    Ok(totals)
}
