use std::fs;
use std::process::Command;

use anyhow::Context as _;

use crate::process;
use crate::repository::Repository;

/// A file that the binary writes and the repository keeps.
pub(crate) struct Generated {
    pub(crate) path: &'static str,
    arguments: &'static [&'static str],
}

/// Every generated file.
pub(crate) const GENERATED: [Generated; 6] = [
    Generated {
        path: "schemas/event.schema.json",
        arguments: &["schema", "event"],
    },
    Generated {
        path: "schemas/config.schema.json",
        arguments: &["schema", "config"],
    },
    Generated {
        path: "docs/events.md",
        arguments: &["schema", "event-reference"],
    },
    Generated {
        path: "docs/checks.md",
        arguments: &["scan-checks", "--format=markdown"],
    },
    Generated {
        path: "docs/rules.md",
        arguments: &["rules", "list", "--format=markdown"],
    },
    Generated {
        path: "schemas/report.schema.json",
        arguments: &["schema", "report"],
    },
];

/// Writes the generated files anew.
pub(crate) fn generate(repository: &Repository) -> anyhow::Result<()> {
    fs::create_dir_all(repository.path("schemas"))?;
    for (file, text) in texts(repository)? {
        fs::write(repository.path(file.path), text)
            .with_context(|| format!("cannot write {}", file.path))?;
        println!("wrote {}", file.path);
    }
    fixtures(repository)?;
    samples(repository)
}

/// Writes one of every event anew, and a finding, likewise.
fn samples(repository: &Repository) -> anyhow::Result<()> {
    for (package, target, test) in [
        ("jwtrail-event", "it", "the_sample_is_up_to_date"),
        ("jwtrail-monitor", "monitor", "each_output_gets_an_alert"),
    ] {
        process::run(
            repository
                .cargo(["test", "--quiet", "--package", package])
                .args(["--all-features", "--test", target, test])
                .env("JWTRAIL_WRITE_SAMPLES", "yes"),
        )?;
    }
    Ok(())
}

/// Writes the rules' fixtures anew. The test that writes them compares them in every other run.
fn fixtures(repository: &Repository) -> anyhow::Result<()> {
    process::run(
        repository
            .cargo(["test", "--quiet", "--package", "jwtrail-detect"])
            .args(["--all-features", "--test", "detect"])
            .arg("the_fixtures_are_what_the_stories_say")
            .env("JWTRAIL_WRITE_FIXTURES", "yes"),
    )
}

/// What the generated files should say.
pub(crate) fn texts(repository: &Repository) -> anyhow::Result<Vec<(&'static Generated, String)>> {
    let binary = repository.binary()?;
    GENERATED
        .iter()
        .map(|file| {
            let text = process::output(Command::new(&binary).args(file.arguments))?;
            Ok((file, text))
        })
        .collect()
}
