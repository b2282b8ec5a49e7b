use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jwtrail_detect::generate::{Attack, Generator, Lateness, Settings};
use jwtrail_event::Timestamp;

use crate::failure::{Failure, Kind};
use crate::output::{self, Progress};

/// Make synthetic audit events with ground truth, to try rules on
///
/// Honest people and machines, hard on purpose, and attacks among them. The same options give the
/// same bytes on every machine. The events are written in order of arrival; the truth says of
/// each attack which rule has to find it, under which key, and which event decides.
///
/// Exit codes: 0 success, 2 options that cannot be used, 4 the files could not be written.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// Where the events go, one JSON object a line
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// Where the truth goes, one attack a line
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,
    /// The same number gives the same events
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many days; rules that learn first need at least 20
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    days: u32,
    /// How many people
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    subjects: u32,
    /// The first moment, as in RFC 3339
    #[arg(long, value_name = "TIME", default_value = "2026-03-02T00:00:00Z")]
    start: String,
    /// Which attacks: names separated by commas, or all, or none
    #[arg(long, value_name = "LIST", default_value = "all")]
    attacks: String,
    /// How often each attack is made in each strength
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(0..=100))]
    copies: u32,
    /// Seconds between an instance's heartbeats
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    heartbeat: u32,
    /// How late events arrive
    #[arg(long, value_enum, default_value_t = Arrivals::Late)]
    arrivals: Arrivals,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Arrivals {
    /// None is late
    InOrder,
    /// One of twenty is up to half a minute late
    Late,
    /// The same, and one instance is an hour behind
    Backlog,
}

impl Generate {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let settings = self.settings()?;
        let mut generator = Generator::new(&settings);
        let mut file = Part::create(&self.output)?;
        let mut truth = Part::create(&self.truth)?;
        let mut progress = Progress::new();
        let mut line = Vec::new();
        while let Some(arrival) = generator.next() {
            let mut record = arrival.record;
            record.received_at = Some(arrival.received_at);
            line.clear();
            record.write_ndjson(&mut line);
            file.write(&line)?;
            let day = arrival.received_at.micros_since(settings.start) / DAY + 1;
            let written = generator.handed_out();
            if written.is_multiple_of(SHOWN_EVERY) {
                progress.show(|| format!("day {day} of {}, {written} events", self.days));
            }
        }
        drop(progress);
        file.finish()?;
        for injection in generator.truth() {
            truth.write(output::json_line(injection)?.as_bytes())?;
        }
        truth.finish()?;
        output::print(&format!(
            "{} events in {}\n{} attacks in {}\n",
            generator.handed_out(),
            self.output.display(),
            generator.truth().len(),
            self.truth.display(),
        ))
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let start: Timestamp = self.start.parse().map_err(|error| {
            Failure::usage(format!("--start {} is no time", self.start))
                .because(&error)
                .remedy("write it as 2026-03-02T00:00:00Z")
        })?;
        Ok(Settings {
            seed: self.seed,
            start,
            days: self.days,
            subjects: self.subjects,
            heartbeat: self.heartbeat,
            attacks: attacks(&self.attacks)?,
            copies: self.copies,
            lateness: match self.arrivals {
                Arrivals::InOrder => Lateness::IN_ORDER,
                Arrivals::Late => Lateness::LATE,
                Arrivals::Backlog => Lateness::BACKLOG,
            },
            ..Settings::default()
        })
    }
}

fn attacks(list: &str) -> Result<Vec<Attack>, Failure> {
    match list {
        "all" => return Ok(Attack::ALL.to_vec()),
        "none" => return Ok(Vec::new()),
        _ => {}
    }
    let named = list.split(',').map(str::trim);
    named
        .map(|name| {
            Attack::from_name(name).ok_or_else(|| {
                let names: Vec<&str> = Attack::ALL.iter().map(|a| a.as_str()).collect();
                Failure::usage(format!("no attack is called `{name}`"))
                    .remedy(format!("choose from all, none, {}", names.join(", ")))
            })
        })
        .collect()
}

/// A long file that has its name only when it is whole.
struct Part {
    writer: BufWriter<File>,
    part: PathBuf,
    path: PathBuf,
    whole: bool,
}

impl Part {
    fn create(path: &Path) -> Result<Self, Failure> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        let file = File::create(&part).map_err(|error| unwritable(path, &error))?;
        Ok(Self {
            writer: BufWriter::with_capacity(1 << 16, file),
            part,
            path: path.to_owned(),
            whole: false,
        })
    }

    fn write(&mut self, line: &[u8]) -> Result<(), Failure> {
        let written = self.writer.write_all(line);
        written.map_err(|error| unwritable(&self.path, &error))
    }

    fn finish(mut self) -> Result<(), Failure> {
        let written = self.writer.flush();
        let named = written.and_then(|()| fs::rename(&self.part, &self.path));
        self.whole = named.is_ok();
        named.map_err(|error| unwritable(&self.path, &error))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.whole {
            // Whoever reads the failure knows that there is nothing to keep.
            drop(fs::remove_file(&self.part));
        }
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Kind::Machine, "cannot write the file")
        .in_file(path)
        .because(error)
        .remedy("name a file in a directory that is there and has room")
}

const DAY: i64 = 86_400_000_000;
const SHOWN_EVERY: u64 = 20_000;
