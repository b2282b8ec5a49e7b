//! A long run at half of what the server can do: memory stays flat, no record is lost.

use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;

use super::server::Server;
use super::variant::{Algorithm, Case, Variant};
use super::{Bench, cpu};
use crate::repository::Repository;
use crate::totals::Totals;

mod records;

use records::Records;

/// Runs for so many seconds, half an hour unless it is said, and writes `soak-guard.json`.
pub(in crate::bench) fn soak(
    repository: &Repository,
    arguments: &[String],
) -> anyhow::Result<Totals> {
    let seconds: usize = match arguments {
        [] => HALF_AN_HOUR,
        [seconds] => seconds.parse().context("how many seconds?")?,
        _ => anyhow::bail!("bench soak [SECONDS]"),
    };
    let bench = Bench::build(repository)?;
    let case = Case {
        variant: Variant::CacheAudit,
        algorithm: Algorithm::Hs256,
    };
    let tokens = bench.tokens(case.algorithm)?;
    let server = Server::start(&bench, case, None)?;
    let mut records = Records::of(server.log());
    let started = now();
    server.load(&bench, &tokens, &cpu::OPTIONS, &[CALIBRATION])?;
    let capacity = CALIBRATION as f64 / started.elapsed().as_secs_f64();
    records.take()?;
    let rate = (capacity / 2.0) as usize;
    println!("{capacity:.0} requests a second at most; {rate} for {seconds} s");

    let requests = rate * seconds;
    let paced = format!("rate={rate}");
    let options = [&cpu::OPTIONS[..], &[&paced]].concat();
    let load = server.begin_load(&bench, &tokens, &options, &[requests])?;
    let resident = watch(load, &server, &mut records)?;
    server.end()?;
    records.finish()?;

    let outcome = Outcome {
        resident,
        requests: CALIBRATION + requests,
        decisions: records.decisions,
        missing: records.missing(),
        seen_twice: records.seen_twice,
    };
    let report = json!({
        "seconds": seconds,
        "requests_per_second": rate,
        "requests": outcome.requests,
        "decisions": outcome.decisions,
        "seq_missing": outcome.missing,
        "told_lost": records.told_lost,
        "seq_seen_twice": outcome.seen_twice,
        "rss_mib_first_half": outcome.highest(Half::First),
        "rss_mib_second_half": outcome.highest(Half::Second),
    });
    let path = repository.report("soak-guard.json", &report)?;
    println!("{report:#}\n{}", path.display());
    Ok(match outcome.good() {
        true => Totals::PASSED,
        false => Totals::FAILED,
    })
}

/// Takes the records over until the load ends; gives what was resident each second.
fn watch(mut load: Child, server: &Server, records: &mut Records) -> anyhow::Result<Vec<f64>> {
    let mut resident = Vec::new();
    loop {
        thread::sleep(Duration::from_secs(1));
        records.take()?;
        if let Some(status) = load.try_wait()? {
            anyhow::ensure!(status.success(), "the load ended with {status}");
            return Ok(resident);
        }
        resident.push(server.resident()?);
    }
}

struct Outcome {
    resident: Vec<f64>,
    requests: usize,
    decisions: usize,
    missing: u64,
    seen_twice: usize,
}

enum Half {
    First,
    Second,
}

impl Outcome {
    fn good(&self) -> bool {
        let flat = self.highest(Half::Second) <= self.highest(Half::First) * 1.02 + 0.5;
        flat && self.decisions == self.requests && self.missing == 0 && self.seen_twice == 0
    }

    fn highest(&self, half: Half) -> f64 {
        let (first, second) = self.resident.split_at(self.resident.len() / 2);
        let half = match half {
            Half::First => first,
            Half::Second => second,
        };
        half.iter().copied().fold(0.0, f64::max)
    }
}

#[expect(clippy::disallowed_methods, reason = "the speed of this machine")]
fn now() -> Instant {
    Instant::now()
}

const HALF_AN_HOUR: usize = 1_800;
const CALIBRATION: usize = 200_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_grows_and_records_that_are_lost_are_failures() {
        let outcome = |resident: &[f64], decisions, missing| Outcome {
            resident: resident.to_vec(),
            requests: 10,
            decisions,
            missing,
            seen_twice: 0,
        };
        let flat = [20.0, 24.0, 24.1, 24.0];
        assert!(outcome(&flat, 10, 0).good());
        assert!(!outcome(&flat, 9, 0).good());
        assert!(!outcome(&flat, 10, 1).good());
        assert!(!outcome(&[20.0, 24.0, 25.0, 26.0], 10, 0).good());
    }
}
