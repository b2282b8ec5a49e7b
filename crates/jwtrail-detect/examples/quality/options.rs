use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use jwtrail_detect::generate::{Attack, Lateness, Mix, Settings};

use crate::Failure;

/// What is asked for on the command line.
#[derive(Debug)]
pub(crate) struct Options {
    /// The seeds: so many, or one that is named.
    pub(crate) seeds: RangeInclusive<u64>,
    pub(crate) subjects: u32,
    pub(crate) days: u32,
    pub(crate) heartbeat: u32,
    pub(crate) copies: u32,
    pub(crate) quick: bool,
    pub(crate) verbose: bool,
    pub(crate) attacks: Vec<Attack>,
    rules: PathBuf,
    pub(crate) report: Option<PathBuf>,
}

/// A rule's file: its name and its text.
pub(crate) type RuleFile = (String, String);

impl Options {
    pub(crate) fn read() -> Result<Self, Failure> {
        let mut options = Self {
            seeds: 1..=5,
            subjects: 20_000,
            days: 42,
            heartbeat: 10,
            copies: 2,
            quick: false,
            verbose: false,
            attacks: Attack::ALL.to_vec(),
            rules: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules"),
            report: None,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let value = arguments.next();
                value.ok_or_else(|| format!("{argument} needs a value"))
            };
            match argument.as_str() {
                "--quick" => {
                    options.quick = true;
                    options.seeds = 1..=1;
                    options.subjects = 500;
                    options.days = 20;
                    options.heartbeat = 30;
                    options.copies = 1;
                }
                "--verbose" => options.verbose = true,
                "--attacks" => {
                    let named = value()?;
                    let named = named.split(',').map(Attack::from_name);
                    let named: Option<Vec<Attack>> = named.collect();
                    options.attacks = named.ok_or("an attack of that name is not there")?;
                }
                "--seeds" => options.seeds = 1..=value()?.parse()?,
                "--seed" => {
                    let seed = value()?.parse()?;
                    options.seeds = seed..=seed;
                }
                "--subjects" => options.subjects = value()?.parse()?,
                "--days" => options.days = value()?.parse()?,
                "--copies" => options.copies = value()?.parse()?,
                "--rules" => options.rules = value()?.into(),
                "--report" => options.report = Some(value()?.into()),
                other => return Err(format!("{other} is no option").into()),
            }
        }
        Ok(options)
    }

    /// The traffic of a seed: one in order, one with a producer an hour behind, the others with
    /// one record in twenty late.
    pub(crate) fn settings(&self, seed: u64) -> Settings {
        if self.quick {
            return self.small_settings();
        }
        self.large_settings(seed)
    }

    fn large_settings(&self, seed: u64) -> Settings {
        Settings {
            seed,
            days: self.days,
            subjects: self.subjects,
            heartbeat: self.heartbeat,
            copies: self.copies,
            attacks: self.attacks.clone(),
            lateness: match seed {
                2 => Lateness::IN_ORDER,
                5 => Lateness::BACKLOG,
                _ => Lateness::LATE,
            },
            ..Settings::default()
        }
    }

    /// The traffic of the sensitivity run: few people, every attack.
    pub(crate) fn small_settings(&self) -> Settings {
        Settings {
            subjects: self.subjects.min(500),
            days: self.days.min(20),
            heartbeat: 30,
            copies: 1,
            // Few machines that are busy: what is usual shows only where there is enough of it.
            mix: Mix {
                machine_requests: 2_000,
                ..Mix::default()
            },
            ..self.large_settings(1)
        }
    }

    pub(crate) fn rule_files(&self) -> Result<Vec<RuleFile>, Failure> {
        let mut files = Vec::new();
        let entries = fs::read_dir(&self.rules);
        let unreadable = |error| format!("cannot read {}: {error}", self.rules.display());
        for entry in entries.map_err(unreadable)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(".yml") {
                files.push((name.into_owned(), fs::read_to_string(&path)?));
            }
        }
        files.sort();
        Ok(files)
    }
}
