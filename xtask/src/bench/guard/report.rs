use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value, json};

use super::cpu::Spent;
use super::instructions::Instructions;
use super::variant::{Algorithm, Case, Variant};

/// What was measured.
#[derive(Debug, Default)]
pub(super) struct Report {
    cases: BTreeMap<Case, Measured>,
}

#[derive(Debug, Default)]
struct Measured {
    instructions: Option<Instructions>,
    spent: Option<Spent>,
}

impl Report {
    pub(super) fn instructions(&mut self, case: Case, instructions: Instructions) {
        self.cases.entry(case).or_default().instructions = Some(instructions);
    }

    pub(super) fn cpu(&mut self, case: Case, spent: &Spent) {
        self.cases.entry(case).or_default().spent = Some(spent.clone());
    }

    /// With good tokens only, of which the bars speak; instructions are of these alone.
    pub(super) fn json(&self) -> Value {
        self.json_of(|spent| (spent.good_micros, spent.good_ratio))
    }

    /// The CPU time with the bad tokens among them.
    pub(super) fn json_with_bad_tokens(&self) -> Value {
        self.json_of(|spent| (spent.micros, spent.ratio))
    }

    fn json_of(&self, of: impl Fn(&Spent) -> (f64, f64)) -> Value {
        let mut variants = Map::new();
        for (case, measured) in &self.cases {
            let counted = measured.instructions.as_ref();
            let spent = measured.spent.as_ref().map(&of);
            variants.insert(
                case.to_string(),
                json!({
                    "instructions": counted.map(|counted| counted.per_request.round()),
                    "instructions_over_bare": self.over_bare(*case).map(f64::round),
                    "cpu_us": spent.map(|(micros, _)| rounded(micros)),
                    "ratio_to_bare": spent.map(|(_, ratio)| rounded(ratio)),
                }),
            );
        }
        json!({ "variants": variants, "rss_mib_10k": self.resident().map(rounded) })
    }

    /// How many of the bars are missed, and what each says.
    pub(super) fn bars(&self) -> (usize, String) {
        let mut lines = Vec::new();
        for algorithm in Algorithm::ALL {
            self.bars_of(algorithm, &mut lines);
        }
        if let Some(resident) = self.resident() {
            lines.push((
                resident <= 25.0,
                format!("resident {resident:.1} MiB, at most 25"),
            ));
        }
        let missed = lines.iter().filter(|(met, _)| !met).count();
        let texts = lines.iter().map(|(met, text)| {
            let word = if *met { "met   " } else { "MISSED" };
            format!("{word} {text}")
        });
        (missed, texts.collect::<Vec<_>>().join("\n"))
    }

    fn bars_of(&self, algorithm: Algorithm, lines: &mut Vec<(bool, String)>) {
        let case = |variant| Case { variant, algorithm };
        let spent = |variant| self.cases.get(&case(variant))?.spent.as_ref();
        let cached = case(Variant::CacheAudit);
        if let (Some(over), Some(limit)) = (self.over_bare(cached), self.limit(cached)) {
            let text = format!("{cached}: {over:.0} instructions over bare, at most {limit:.0}");
            lines.push((over <= limit, text));
        }
        if let Some(cache) = spent(Variant::CacheAudit) {
            let (ratio, mixed) = (cache.good_ratio, cache.ratio);
            let text = format!(
                "{cached}: {ratio:.2} of bare by CPU ({mixed:.2} with bad tokens), at least 0.70, target 0.85"
            );
            lines.push((ratio >= 0.70, text));
        }
        if algorithm == Algorithm::Hs256
            && let Some(verify) = spent(Variant::VerifyAudit)
        {
            let ratio = verify.good_ratio;
            let name = case(Variant::VerifyAudit);
            let text = format!("{name}: {ratio:.2} of bare by CPU, at least 0.55, target 0.65");
            lines.push((ratio >= 0.55, text));
        }
        let tutorial = match algorithm {
            Algorithm::Hs256 => Some(2.0),
            Algorithm::Es256 => Some(8.0),
            _ => None,
        };
        let others = [
            (Variant::TutorialLog, tutorial),
            (Variant::HaproxyLog, Some(4.0)),
            (Variant::EnvoyCacheLog, Some(5.0)),
        ];
        for (other, least) in others {
            if let (Some(cache), Some(spent), Some(least)) =
                (spent(Variant::CacheAudit), spent(other), least)
            {
                let times = spent.good_micros / cache.good_micros;
                let name = other.name();
                let text = format!("{cached}: {times:.1} x less CPU than {name}, at least {least}");
                lines.push((times >= least, text));
            }
        }
    }

    /// What a case costs beyond the bare server that answers the same requests.
    pub(super) fn over_bare(&self, case: Case) -> Option<f64> {
        let bare = Case {
            variant: Variant::Bare,
            ..case
        };
        let of = |case: &Case| self.cases.get(case)?.instructions.as_ref();
        Some(of(&case)?.per_request - of(&bare)?.per_request)
    }

    /// What a request with a known token may cost beyond bare: it grows with the token.
    pub(super) fn limit(&self, case: Case) -> Option<f64> {
        let bytes = self.cases.get(&case)?.instructions.as_ref()?.token_bytes;
        let further = f64::from(u32::try_from(bytes.saturating_sub(615)).ok()?);
        Some(8_500.0 + 4.3 * further)
    }

    fn resident(&self) -> Option<f64> {
        let cases = self.cases.iter();
        let cached = cases.filter(|(case, _)| case.variant == Variant::CacheAudit);
        let spent = cached.filter_map(|(_, measured)| measured.spent.as_ref());
        spent.map(|spent| spent.resident).max_by(f64::total_cmp)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<20} {:>12} {:>10} {:>8} {:>7} {:>8} {:>7}",
            "server", "instructions", "over bare", "cpu us", "ratio", "good us", "ratio"
        )?;
        for (case, measured) in &self.cases {
            write!(f, "{:<20}", case.to_string())?;
            match (&measured.instructions, self.over_bare(*case)) {
                (Some(counted), Some(over)) => {
                    write!(f, " {:>12.0} {over:>10.0}", counted.per_request)?;
                }
                _ => write!(f, " {:>12} {:>10}", "-", "-")?,
            }
            match &measured.spent {
                Some(spent) => writeln!(
                    f,
                    " {:>8.2} {:>7.3} {:>8.2} {:>7.3}",
                    spent.micros, spent.ratio, spent.good_micros, spent.good_ratio
                )?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
