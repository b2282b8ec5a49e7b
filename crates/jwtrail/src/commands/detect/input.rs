use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use jwtrail_detect::{Replay, SkippedLine};
use jwtrail_event::MAX_LINE;

use crate::failure::Failure;
use crate::output::{self, Progress};

/// A file of recorded events, unpacked as it is read.
pub(in crate::commands) struct Input {
    path: PathBuf,
    lines: Box<dyn BufRead>,
}

impl Input {
    /// Opens a file, or stdin for `-`. How it is packed shows in its first bytes.
    pub(in crate::commands) fn open(path: &Path) -> Result<Self, Failure> {
        let unreadable = |error: io::Error| unreadable(path, &error);
        let mut packed: Box<dyn BufRead> = if path == Path::new("-") {
            Box::new(BufReader::with_capacity(BUFFER, io::stdin()))
        } else {
            let file = File::open(path).map_err(unreadable)?;
            Box::new(BufReader::with_capacity(BUFFER, file))
        };
        let first = packed.fill_buf().map_err(unreadable)?;
        let lines: Box<dyn BufRead> = if first.starts_with(&GZIP) {
            Box::new(BufReader::with_capacity(
                BUFFER,
                MultiGzDecoder::new(packed),
            ))
        } else if first.starts_with(&ZSTD) {
            let unpacked = zstd::Decoder::with_buffer(packed).map_err(unreadable)?;
            Box::new(BufReader::with_capacity(BUFFER, unpacked))
        } else {
            packed
        };
        Ok(Self {
            path: path.to_owned(),
            lines,
        })
    }

    /// Reads the next line into an empty buffer, or the beginning of one that is too long; false
    /// at the end. Memory stays bounded, however long a line is.
    pub(in crate::commands) fn next(&mut self, line: &mut Vec<u8>) -> Result<bool, Failure> {
        let read = next_line(&mut self.lines, line);
        Ok(read.map_err(|error| unreadable(&self.path, &error))? > 0)
    }
}

/// What has been read, so that a line can be found again.
#[derive(Default)]
pub(in crate::commands) struct Read {
    lines: u64,
    files: Vec<(PathBuf, u64)>,
}

impl Read {
    /// Reads a file to its end.
    pub(in crate::commands) fn file(
        &mut self,
        mut input: Input,
        replay: &mut Replay,
        progress: &mut Progress,
    ) -> Result<(), Failure> {
        self.files.push((input.path.clone(), self.lines));
        let mut line = Vec::with_capacity(4096);
        loop {
            line.clear();
            if !input.next(&mut line)? {
                return Ok(());
            }
            replay.line(&line);
            self.lines += 1;
            if self.lines.is_multiple_of(SHOWN_EACH) {
                progress.show(|| format!("{} lines, {}", self.lines, input.path.display()));
            }
        }
    }

    /// Names the lines that are no events.
    pub(in crate::commands) fn warn_of(&self, skipped: &[SkippedLine]) {
        for skipped in skipped {
            let (file, line) = self.place(skipped.line);
            output::warn(&format!("{}:{line}: {}", file.display(), skipped.problem));
        }
    }

    /// The file and line of a line counted over all files.
    fn place(&self, line: u64) -> (&Path, u64) {
        let file = self.files.iter().rfind(|(_, before)| *before < line);
        file.map_or((Path::new("-"), line), |(path, before)| {
            (path.as_path(), line - before)
        })
    }
}

/// Refuses files in which there was nothing to look at.
pub(in crate::commands) fn must_be_some(events: u64) -> Result<(), Failure> {
    if events > 0 {
        return Ok(());
    }
    let failure = Failure::usage("there is not one audit event in what was read");
    Err(failure
        .remedy("give NDJSON as a jwtrail sink writes it; `jwtrail schema event` describes it"))
}

/// Reads a line, or the beginning of one that is too long, whose rest is passed over.
fn next_line(lines: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let limit = MAX_LINE + 2; // a line break, and one byte that shows it is too long
    let read = lines.take(limit as u64).read_until(b'\n', line)?;
    if read == limit && !line.ends_with(b"\n") {
        lines.skip_until(b'\n')?;
    }
    Ok(read)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage("cannot read the events")
        .in_file(path)
        .because(error)
        .remedy("give NDJSON, plain or packed with gzip or zstd; - is stdin")
}

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Bytes read from a file at once.
const BUFFER: usize = 256 * 1024;

/// How many lines lie between two signs of progress.
const SHOWN_EACH: u64 = 16_384;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_and_the_next_one_is_whole() {
        let mut text = vec![b'a'; 3 * MAX_LINE];
        text.extend_from_slice(b"\nshort\nlast");
        let mut reader: Box<dyn BufRead> = Box::new(io::Cursor::new(text));
        let mut lengths = Vec::new();
        let mut line = Vec::new();
        while next_line(&mut reader, &mut line).unwrap() > 0 {
            lengths.push(line.len());
            line.clear();
        }
        assert_eq!(lengths, [MAX_LINE + 2, 6, 4]);
    }

    #[test]
    fn a_line_is_found_in_its_file() {
        let read = Read {
            lines: 9,
            files: vec![("a".into(), 0), ("empty".into(), 4), ("b".into(), 4)],
        };
        assert_eq!(read.place(4), (Path::new("a"), 4));
        assert_eq!(read.place(5), (Path::new("b"), 1));
    }
}
