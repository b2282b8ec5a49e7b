use std::io::{self, BufWriter, StdoutLock, Write as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jwtrail_event::{Format, ReadError, Record};

use super::detect::input::Input;
use crate::failure::Failure;
use crate::output;

/// Render recorded audit events in the schema of another system
///
/// Reads NDJSON, plain or packed with gzip or zstd, and writes one line of JSON for each event.
/// Nothing of an event is lost: what a schema has no place for stands under `unmapped` (OCSF) or
/// `jwtrail` (ECS). A line that is no event is passed over and named.
///
/// Exit codes: 0 every line was an event; 2 a file that cannot be read, or a line that is no
/// event; 4 the output could not be written.
#[derive(Debug, Args)]
pub(crate) struct Convert {
    /// The files, in the order in which they are written; - for stdin
    #[arg(default_value = "-", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The schema
    #[arg(long, value_enum)]
    to: Schema,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Schema {
    /// OCSF 1.8.0, the Open Cybersecurity Schema Framework
    Ocsf,
    /// ECS 9.4.0, the Elastic Common Schema
    Ecs,
}

impl Convert {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let format = match self.to {
            Schema::Ocsf => Format::Ocsf,
            Schema::Ecs => Format::Ecs,
        };
        let inputs = self.files.iter().map(|path| Input::open(path));
        let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
        let mut converted = Converted {
            out: BufWriter::with_capacity(BUFFER, io::stdout().lock()),
            broken: 0,
        };
        for (input, path) in inputs.into_iter().zip(&self.files) {
            converted.file(input, &path.display().to_string(), format)?;
        }
        converted.out.flush()?;
        converted.verdict()
    }
}

struct Converted {
    out: BufWriter<StdoutLock<'static>>,
    /// Lines that are no events.
    broken: u64,
}

impl Converted {
    fn file(&mut self, mut input: Input, name: &str, format: Format) -> Result<(), Failure> {
        let mut line = Vec::with_capacity(4096);
        let mut rendered = Vec::with_capacity(4096);
        let mut number = 0_u64;
        while input.next(&mut line)? {
            number += 1;
            match Record::read(&line) {
                Ok(record) => {
                    format.write(&record, &mut rendered);
                    self.out.write_all(&rendered)?;
                    rendered.clear();
                }
                Err(error) if !line.trim_ascii().is_empty() => self.tell(name, number, &error),
                Err(_) => {}
            }
            line.clear();
        }
        Ok(())
    }

    fn tell(&mut self, file: &str, number: u64, error: &ReadError) {
        self.broken += 1;
        if self.broken <= TOLD {
            output::warn(&format!("{file}:{number}: {error}"));
        }
    }

    fn verdict(&self) -> Result<(), Failure> {
        let failure = match self.broken {
            0 => return Ok(()),
            1 => Failure::usage("1 line is no audit event"),
            2..=TOLD => Failure::usage(format!("{} lines are no audit events", self.broken)),
            _ => Failure::usage(format!(
                "{} lines are no audit events, the first {TOLD} are named",
                self.broken
            )),
        };
        Err(failure
            .remedy("give NDJSON as a jwtrail sink writes it; `jwtrail schema event` describes it"))
    }
}

/// Bytes written at once.
const BUFFER: usize = 64 * 1024;

/// How many broken lines are named.
const TOLD: u64 = 20;
