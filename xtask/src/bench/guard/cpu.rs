use std::collections::BTreeMap;

use super::Bench;
use super::server::Server;
use super::variant::{Case, Variant};

/// What a case cost the server's CPU.
#[derive(Clone, Debug, Default)]
pub(super) struct Spent {
    /// Microseconds of a request, the median of the rounds.
    pub(super) micros: f64,
    /// The bare server's time in the same round by this one's, their median.
    pub(super) ratio: f64,
    /// The same two with good tokens only.
    pub(super) good_micros: f64,
    pub(super) good_ratio: f64,
    /// With all of the load's tokens seen, in MiB.
    pub(super) resident: f64,
}

/// All cases of one algorithm, in turns: a machine that slows down slows all of them.
pub(super) fn of(bench: &Bench, cases: &[Case]) -> anyhow::Result<BTreeMap<Case, Spent>> {
    let Some(first) = cases.first() else {
        return Ok(BTreeMap::new());
    };
    let tokens = bench.tokens(first.algorithm)?;
    let mut running = Vec::new();
    for case in cases {
        let server = Server::start(bench, *case, None)?;
        server.load(bench, &tokens, &OPTIONS, &[WARM])?;
        running.push((*case, server, [Vec::new(), Vec::new()]));
    }
    for _ in 0..ROUNDS {
        for (_, server, [mixed, good]) in &mut running {
            let loaded = server.load(bench, &tokens, &OPTIONS, &[EACH])?;
            mixed.extend(loaded.phases.iter().map(super::server::Phase::micros));
            let options = [&OPTIONS[..], &["good"]].concat();
            let loaded = server.load(bench, &tokens, &options, &[EACH])?;
            good.extend(loaded.phases.iter().map(super::server::Phase::micros));
        }
    }
    let bare = running
        .iter()
        .find(|(case, ..)| case.variant == Variant::Bare);
    let [bare_mixed, bare_good] = bare.map(|(.., rounds)| rounds.clone()).unwrap_or_default();
    let mut spent = BTreeMap::new();
    for (case, server, [mixed, good]) in running {
        let of_case = Spent {
            micros: median(mixed.clone()),
            ratio: ratio(&bare_mixed, &mixed),
            good_micros: median(good.clone()),
            good_ratio: ratio(&bare_good, &good),
            resident: server.resident()?,
        };
        spent.insert(case, of_case);
        server.stop(WARM + ROUNDS * 2 * EACH)?;
    }
    Ok(spent)
}

fn ratio(bare: &[f64], this: &[f64]) -> f64 {
    median(
        bare.iter()
            .zip(this)
            .map(|(bare, this)| bare / this)
            .collect(),
    )
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

pub(super) const OPTIONS: [&str; 2] = ["connections=64", "window=64"];
const WARM: usize = 20_000;
const ROUNDS: usize = 5;
const EACH: usize = 20_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_compared_with_the_bare_one_of_the_same_round() {
        let slowed_down = [1.0, 10.0, 2.0];
        assert!((ratio(&slowed_down, &[2.0, 20.0, 4.0]) - 0.5).abs() < 1e-9);
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!(median(Vec::new()).is_nan());
    }
}
