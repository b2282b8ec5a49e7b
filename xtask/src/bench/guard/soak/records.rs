use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The server's log, taken away as it is written: the disk would not hold all of it.
#[derive(Debug)]
pub(super) struct Records {
    log: PathBuf,
    /// Moved away, and maybe still written to.
    taken: Option<PathBuf>,
    next: u64,
    pub(super) decisions: usize,
    /// How many numbers did not follow the one before.
    pub(super) gaps: usize,
}

impl Records {
    pub(super) fn of(log: &Path) -> Self {
        Self {
            log: log.to_owned(),
            taken: None,
            next: 0,
            decisions: 0,
            gaps: 0,
        }
    }

    /// Reads what was moved away before, if the server has begun another file since, and moves
    /// that away.
    pub(super) fn take(&mut self) -> anyhow::Result<()> {
        if !self.log.exists() {
            return Ok(());
        }
        self.read_taken()?;
        let taken = self.log.with_extension("taken");
        fs::rename(&self.log, &taken).context("cannot move the log")?;
        self.taken = Some(taken);
        Ok(())
    }

    /// Reads the rest, after the server has ended.
    pub(super) fn finish(&mut self) -> anyhow::Result<()> {
        self.read_taken()?;
        if self.log.exists() {
            self.taken = Some(self.log.clone());
            self.read_taken()?;
        }
        Ok(())
    }

    fn read_taken(&mut self) -> anyhow::Result<()> {
        let Some(path) = self.taken.take() else {
            return Ok(());
        };
        let file = fs::File::open(&path).with_context(|| path.display().to_string())?;
        for line in BufReader::new(file).lines() {
            self.read(&line?)?;
        }
        fs::remove_file(&path).with_context(|| path.display().to_string())
    }

    fn read(&mut self, line: &str) -> anyhow::Result<()> {
        let (_, rest) = line.split_once("\"seq\":").context("a line without seq")?;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
        let seq: u64 = digits.unwrap_or_default().parse().context("a seq")?;
        self.gaps += usize::from(seq != self.next);
        self.next = seq + 1;
        self.decisions += usize::from(line.contains("\"kind\":\"decision\""));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_does_not_follow_the_one_before_is_a_gap() {
        let mut records = Records::of(Path::new("log"));
        for (kind, seq) in [("system", 0), ("decision", 1), ("decision", 2)] {
            records.read(&line(kind, seq)).unwrap();
        }
        assert_eq!((records.decisions, records.gaps), (2, 0));
        records.read(&line("decision", 4)).unwrap();
        records.read(&line("decision", 3)).unwrap();
        assert_eq!((records.decisions, records.gaps), (4, 2));
        assert!(records.read("{}").is_err());
    }

    fn line(kind: &str, seq: u64) -> String {
        format!("{{\"kind\":\"{kind}\",\"seq\":{seq},\"x\":1}}")
    }
}
