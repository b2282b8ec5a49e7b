use std::error::Error;
use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jwtrail_actix::Outbound;

use crate::plain::Plain;

/// Why a command ended without success: what, where, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    // Boxed: it is big, and most results are none.
    told: Box<Told>,
}

#[derive(Debug)]
struct Told {
    what: String,
    place: Option<Place>,
    causes: Vec<String>,
    also: Vec<String>,
    remedy: Option<String>,
}

/// What the exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command did its work, and what it found is not as it should be.
    Findings,
    /// The command line, the configuration or a file given is not usable.
    Usage,
    /// Another process did not answer, or did not let us in.
    Unreachable,
    /// This machine failed: a disk, a port, a stream.
    Machine,
    /// Whoever reads our output has gone. That is no failure and needs no words.
    ReaderGone,
}

#[derive(Debug)]
enum Place {
    File(PathBuf),
    Line(PathBuf, usize, usize),
    Variable(String),
    Url(String),
}

impl Failure {
    pub(crate) fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self {
            kind,
            told: Box::new(Told {
                what: what.into(),
                place: None,
                causes: Vec::new(),
                also: Vec::new(),
                remedy: None,
            }),
        }
    }

    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self::new(Kind::Usage, what)
    }

    pub(crate) fn in_file(mut self, file: &Path) -> Self {
        self.told.place = Some(Place::File(file.to_owned()));
        self
    }

    /// The file, where no closer place is known.
    pub(crate) fn or_in_file(self, file: &Path) -> Self {
        match self.told.place {
            Some(_) => self,
            None => self.in_file(file),
        }
    }

    /// The place by line and column, both from 1.
    pub(crate) fn at(mut self, file: &Path, line: usize, column: usize) -> Self {
        self.told.place = Some(Place::Line(file.to_owned(), line, column));
        self
    }

    /// What of the URL may be a secret is not said.
    pub(crate) fn at_url(mut self, url: &str) -> Self {
        self.told.place = Some(Place::Url(Outbound::shown(url)));
        self
    }

    pub(crate) fn in_variable(mut self, name: &str) -> Self {
        self.told.place = Some(Place::Variable(name.to_owned()));
        self
    }

    /// The error that led here, with its own sources.
    pub(crate) fn because(mut self, error: &dyn Error) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            let text = error.to_string();
            // A source is often repeated by the error that holds it.
            if !self
                .told
                .causes
                .last()
                .is_some_and(|last| last.contains(&text))
            {
                self.told.causes.push(text);
            }
            next = error.source();
        }
        self
    }

    /// A further problem of the same kind, as one line.
    pub(crate) fn also(mut self, problem: String) -> Self {
        self.told.also.push(problem);
        self
    }

    /// What, where and why, for a log.
    pub(crate) fn in_one_line(&self) -> String {
        let text = self.to_string();
        let lines = text.lines().map(str::trim);
        let told: Vec<&str> = lines.filter(|line| !line.starts_with("help: ")).collect();
        told.join(" ")
    }

    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.told.remedy = Some(remedy.into());
        self
    }

    /// Says it on stderr, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if self.kind != Kind::ReaderGone {
            let text = self.to_string();
            // Without a stderr there is nobody left to tell; the exit code still says it.
            drop(std::io::stderr().lock().write_all(text.as_bytes()));
        }
        ExitCode::from(match self.kind {
            Kind::ReaderGone => 0,
            Kind::Findings => 1,
            Kind::Usage => 2,
            Kind::Unreachable => 3,
            Kind::Machine => 4,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Told {
            what,
            place,
            causes,
            also,
            remedy,
        } = &*self.told;
        writeln!(f, "error: {}", Plain(what))?;
        match place {
            Some(Place::File(file)) => writeln!(f, " --> {}", Plain(&file.to_string_lossy()))?,
            Some(Place::Line(file, line, column)) => {
                writeln!(f, " --> {}:{line}:{column}", Plain(&file.to_string_lossy()))?;
            }
            Some(Place::Url(url)) => writeln!(f, " --> {}", Plain(url))?,
            Some(Place::Variable(name)) => writeln!(f, " --> the environment's {}", Plain(name))?,
            None => {}
        }
        for cause in causes {
            writeln!(f, "cause: {}", Plain(cause))?;
        }
        if let Some(remedy) = remedy {
            writeln!(f, "help: {}", Plain(remedy))?;
        }
        for problem in also {
            writeln!(f, "also: {}", Plain(problem))?;
        }
        Ok(())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::new(Kind::ReaderGone, "nobody reads this"),
            _ => Self::new(Kind::Machine, "cannot write the output").because(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_where_why_and_what_to_do() {
        let failure = Failure::usage("the key\u{1b}[31m is bad\n")
            .at(Path::new("a.toml"), 3, 7)
            .because(&std::io::Error::other("deep"))
            .remedy("use another");
        insta::assert_snapshot!(failure, @r"
        error: the key\u{1b}[31m is bad\u{a}
         --> a.toml:3:7
        cause: deep
        help: use another
        ");
    }

    #[test]
    fn a_reader_that_has_gone_is_success() {
        let failure = Failure::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert_eq!(failure.kind, Kind::ReaderGone);
    }
}
