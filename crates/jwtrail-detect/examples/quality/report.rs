use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::Failure;
use crate::judge::{Judgement, Tally, kinds};
use crate::options::Options;
use crate::sensitivity::Sensitivity;

/// What is printed and written.
pub(crate) struct Report<'r> {
    options: &'r Options,
    whole: &'r Judgement,
    sensitivity: &'r Sensitivity,
}

impl<'r> Report<'r> {
    pub(crate) const fn new(
        options: &'r Options,
        whole: &'r Judgement,
        sensitivity: &'r Sensitivity,
    ) -> Self {
        Self {
            options,
            whole,
            sensitivity,
        }
    }

    /// The bars that were missed.
    pub(crate) fn misses(&self) -> Vec<String> {
        let mut misses = Vec::new();
        let missed = self.whole.missed.len();
        if missed > 0 {
            misses.push(format!("{missed} covered attacks were not found"));
        }
        let all = self.whole.a_day(self.whole.false_pages());
        if all > MOST_A_DAY {
            misses.push(format!(
                "{all:.2} false pages a day per 100,000 subjects, at most {MOST_A_DAY} may be"
            ));
        }
        for (rule, pages) in &self.whole.false_by_rule {
            let a_day = self.whole.a_day(*pages);
            // A small run can't tell a tenth of a page from none.
            if a_day > MOST_A_DAY_OF_A_RULE && !self.options.quick {
                misses.push(format!(
                    "{a_day:.2} false pages a day of {rule}, at most {MOST_A_DAY_OF_A_RULE} may be"
                ));
            }
        }
        let unnoticed = self.sensitivity.runs - self.sensitivity.failed;
        if unnoticed > 0 {
            misses.push(format!("{unnoticed} changes of rules went unnoticed"));
        }
        let (subjects, honest) = (self.whole.subjects, self.whole.honest);
        if !self.options.quick && (subjects < FEWEST_SUBJECTS || honest < FEWEST_EVENTS) {
            misses.push(format!(
                "{subjects} subjects and {honest} honest events are too few to tell"
            ));
        }
        misses
    }

    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        let whole = self.whole;
        let _never = (|| -> std::fmt::Result {
            writeln!(
                text,
                "{:<26} {:<13} {:>8} {:>8} {:>7} {:>9} {:>9}",
                "attack", "strength", "covered", "injected", "found", "median s", "longest s"
            )?;
            for ((attack, strength, covered), tally) in &whole.attacks {
                writeln!(
                    text,
                    "{attack:<26} {:<13} {:>8} {:>8} {:>7} {:>9} {:>9}",
                    strength.as_str(),
                    if *covered { "yes" } else { "no" },
                    tally.injected,
                    tally.found,
                    shown(median(tally)),
                    shown(longest(tally)),
                )?;
            }
            for rule in &whole.missing {
                writeln!(text, "missing rule: {rule}")?;
            }
            for missed in whole.missed.iter().take(self.most()) {
                writeln!(text, "missed: {missed}")?;
            }
            writeln!(
                text,
                "\n{} subjects, {} days, {} honest events and {} heartbeats; {:.2} M records/s made, {:.2} M/s made and judged",
                whole.subjects,
                whole.days,
                whole.honest,
                whole.heartbeats,
                (whole.honest + whole.heartbeats) as f64 / whole.generating / 1e6,
                (whole.honest + whole.heartbeats) as f64 / whole.whole / 1e6,
            )?;
            writeln!(
                text,
                "{} false pages, {:.3} a day per 100,000 subjects",
                whole.false_pages(),
                whole.a_day(whole.false_pages())
            )?;
            for (rule, pages) in &whole.false_by_rule {
                let of = kinds().chain(["unknown"]).filter_map(|kind| {
                    let count = whole.false_by_kind.get(&(rule.clone(), kind))?;
                    Some(format!("{kind} {count}"))
                });
                let of = of.collect::<Vec<_>>().join(", ");
                writeln!(
                    text,
                    "  {rule:<28} {pages:>6}, {:.3} a day: {of}",
                    whole.a_day(*pages)
                )?;
            }
            for (rule, (evicted, early)) in &whole.hurried {
                writeln!(
                    text,
                    "  {rule:<28} {evicted} keys forgotten and {early} events judged before their time"
                )?;
            }
            for example in whole.examples.iter().take(self.most()) {
                writeln!(text, "  e.g. {example}")?;
            }
            for (rule, tickets) in &whole.tickets {
                writeln!(text, "  {rule:<28} {tickets:>6} tickets")?;
            }
            writeln!(
                text,
                "sensitivity: {} of {} changes make the run fail",
                self.sensitivity.failed, self.sensitivity.runs
            )?;
            for change in &self.sensitivity.unnoticed {
                writeln!(text, "  unnoticed: {change}")?;
            }
            for miss in self.misses() {
                writeln!(text, "bar missed: {miss}")?;
            }
            Ok(())
        })();
        text
    }

    const fn most(&self) -> usize {
        if self.options.verbose { usize::MAX } else { 40 }
    }

    pub(crate) fn json(&self) -> Result<String, Failure> {
        let whole = self.whole;
        let attacks: Vec<Value> = whole
            .attacks
            .iter()
            .map(|((attack, strength, covered), tally)| {
                json!({
                    "id": attack,
                    "rule": tally.rule,
                    "strength": strength,
                    "covered": covered,
                    "injected": tally.injected,
                    "found": tally.found,
                    "seconds_to_alert": median(tally),
                    "longest_seconds_to_alert": longest(tally),
                })
            })
            .collect();
        let by_kind: Vec<Value> = whole
            .false_by_kind
            .iter()
            .map(|((rule, kind), pages)| json!({"rule": rule, "kind": kind, "pages": pages}))
            .collect();
        let report = json!({
            "attacks": attacks,
            "honest_events": whole.honest,
            "heartbeats": whole.heartbeats,
            "subjects": whole.subjects,
            "days": whole.days,
            "seeds": self.options.seeds.clone().count(),
            "false_pages": whole.false_pages(),
            "false_pages_a_day": whole.a_day(whole.false_pages()),
            "false_by_rule": whole.false_by_rule,
            "false_by_kind": by_kind,
            "tickets_by_rule": whole.tickets,
            "judged_early_by_rule": whole.hurried,
            "sensitivity": {
                "runs": self.sensitivity.runs,
                "failed": self.sensitivity.failed,
                "unnoticed": self.sensitivity.unnoticed,
            },
            "missed": whole.missed,
            "missing_rules": whole.missing,
            "bars_missed": self.misses(),
            "generated_eps": (whole.honest + whole.heartbeats) as f64 / whole.generating,
        });
        Ok(format!("{report:#}\n"))
    }
}

fn sorted(tally: &Tally) -> Vec<f64> {
    let mut seconds = tally.seconds.clone();
    seconds.sort_by(f64::total_cmp);
    seconds
}

fn median(tally: &Tally) -> Option<f64> {
    let seconds = sorted(tally);
    seconds.get(seconds.len() / 2).copied()
}

fn longest(tally: &Tally) -> Option<f64> {
    sorted(tally).last().copied()
}

fn shown(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:.1}"))
}

/// Pages a day that nobody needed, for a hundred thousand subjects, over all rules.
const MOST_A_DAY: f64 = 1.0;
const MOST_A_DAY_OF_A_RULE: f64 = 0.1;
const FEWEST_SUBJECTS: u64 = 100_000;
const FEWEST_EVENTS: u64 = 20_000_000;
