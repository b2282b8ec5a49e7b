use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Bench;
use super::server::Server;
use super::variant::{Algorithm, Case, Variant};

/// Instructions of a request with a good token, all threads of the server together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instructions {
    pub(super) per_request: f64,
    pub(super) token_bytes: usize,
}

/// The difference of two counts of requests, one after the other over one connection at a time,
/// after a first phase in which caches are filled.
pub(super) fn of(bench: &Bench, case: Case) -> anyhow::Result<Instructions> {
    let tokens = bench.tokens(case.algorithm)?;
    let profile = bench
        .folder
        .join(format!("callgrind-{}", case.variant.name()));
    let profile = profile.with_extension(case.algorithm.name());
    clear(bench, &profile)?;
    let server = Server::start(bench, case, Some(&profile))?;
    let phases = phases(case);
    let options = ["connections=4", "good", "mark"];
    let loaded = server.load(bench, &tokens, &options, &phases)?;
    server.stop(phases.iter().sum())?;
    // The first part is the start, the second the filling of the cache.
    let [_, few, many] = phases;
    let (of_few, of_many) = (total(&profile, 3)?, total(&profile, 4)?);
    Ok(Instructions {
        per_request: (of_many - of_few) / f64::from(u32::try_from(many - few)?),
        token_bytes: loaded.token_bytes,
    })
}

/// The least of three counts: when the trail's thread takes the records over is a matter of
/// time, and with it how often a buffer grows.
pub(super) fn least_of(bench: &Bench, case: Case) -> anyhow::Result<Instructions> {
    let mut least = of(bench, case)?;
    for _ in 0..2 {
        let counted = of(bench, case)?;
        if counted.per_request < least.per_request {
            least = counted;
        }
    }
    Ok(least)
}

fn phases(case: Case) -> [usize; 3] {
    match (case.variant, case.algorithm) {
        (Variant::CacheAudit, _) => [9_500, 1_000, 4_000],
        (Variant::Bare | Variant::Noop, _) | (_, Algorithm::Hs256) => [500, 1_000, 4_000],
        _ => [200, 200, 800],
    }
}

/// What a part of the profile sums up to. The parts end where the marks are.
fn total(profile: &Path, part: usize) -> anyhow::Result<f64> {
    let mut name = profile.as_os_str().to_owned();
    name.push(format!(".{part}"));
    let path = PathBuf::from(name);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    Ok(total.context("a profile without totals")?.trim().parse()?)
}

fn clear(bench: &Bench, profile: &Path) -> anyhow::Result<()> {
    let name = profile.file_name().context("a name")?.to_string_lossy();
    for entry in fs::read_dir(&bench.folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&*name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
