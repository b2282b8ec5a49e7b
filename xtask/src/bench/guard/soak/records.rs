use std::collections::BTreeSet;
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
    /// The least number that was not seen yet.
    next: u64,
    /// Those beyond: each thread's records come together, so numbers stand out of order.
    ahead: BTreeSet<u64>,
    pub(super) decisions: usize,
    pub(super) seen_twice: usize,
    /// What the server says it lost.
    pub(super) told_lost: u64,
}

impl Records {
    pub(super) fn of(log: &Path) -> Self {
        Self {
            log: log.to_owned(),
            taken: None,
            next: 0,
            ahead: BTreeSet::new(),
            decisions: 0,
            seen_twice: 0,
            told_lost: 0,
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

    /// How many numbers are missing.
    pub(super) fn missing(&self) -> u64 {
        let end = self.ahead.last().map_or(self.next, |last| last + 1);
        end - self.next - self.ahead.len() as u64
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
        let seq = number(line, "\"seq\":").context("a line without seq")?;
        let new = seq >= self.next && self.ahead.insert(seq);
        self.seen_twice += usize::from(!new);
        while self.ahead.remove(&self.next) {
            self.next += 1;
        }
        self.decisions += usize::from(line.contains("\"kind\":\"decision\""));
        if line.contains("\"event\":\"audit.dropped\"") {
            let lost = number(line, "\"dropped_count\":");
            self.told_lost += lost.context("audit.dropped without a count")?;
        }
        Ok(())
    }
}

/// The number that follows on the key.
fn number(line: &str, key: &str) -> Option<u64> {
    let (_, rest) = line.split_once(key)?;
    rest.split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_stand_out_of_order_but_all_must_be_there_once() {
        let mut records = Records::of(Path::new("log"));
        for (kind, seq) in [("system", 0), ("decision", 2), ("decision", 1)] {
            records.read(&line(kind, seq)).unwrap();
        }
        let found = |records: &Records| (records.decisions, records.missing(), records.seen_twice);
        assert_eq!(found(&records), (2, 0, 0));
        records.read(&line("decision", 5)).unwrap();
        assert_eq!(found(&records), (3, 2, 0));
        records.read(&line("decision", 4)).unwrap();
        records.read(&line("decision", 2)).unwrap();
        assert_eq!(found(&records), (5, 1, 1));
        assert!(records.read("{}").is_err());
    }

    #[test]
    fn what_the_server_says_it_lost_is_counted() {
        let mut records = Records::of(Path::new("log"));
        for (seq, rest) in [(0, ",\"dropped_count\":102"), (1, ",\"dropped_count\":1")] {
            let line = format!("{{\"event\":\"audit.dropped\",\"seq\":{seq}{rest}}}");
            records.read(&line).unwrap();
        }
        assert_eq!(records.told_lost, 103);
        let without = "{\"event\":\"audit.dropped\",\"seq\":2}";
        assert!(records.read(without).is_err());
    }

    fn line(kind: &str, seq: u64) -> String {
        format!("{{\"kind\":\"{kind}\",\"seq\":{seq},\"x\":1}}")
    }
}
