use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Read as _};

use clap::Args;
use jwtrail_event::Pseudonyms;

use crate::failure::{Failure, Kind};
use crate::output;
use crate::secret::SecretSource;

/// Print the pseudonym of a subject, to look somebody up in the trail
///
/// One line for each key, in their order: a trail that was written under several keys names the
/// subject by each of them. A key is read from a file or a variable, never from the command line,
/// where other users of the machine could see it; so may the subject be, from the standard input.
///
/// Exit codes: 0 success, 2 no usable key or subject, 4 the standard input cannot be read.
#[derive(Debug, Args)]
pub(crate) struct Pseudonym {
    /// The subject, as the issuer names it; from the standard input if it isn't given, or is -
    subject: Option<String>,
    /// A key with its id, as the services have it: ID=@file:PATH or ID=@env:NAME
    #[arg(long = "key", value_name = "KEY", required = true)]
    keys: Vec<NamedKey>,
}

impl Pseudonym {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut ids = BTreeSet::new();
        let mut pseudonyms = Vec::new();
        for named in &self.keys {
            let (id, source) = named.parts()?;
            let key = Pseudonyms::new(id, source.read()?.expose()).map_err(|error| {
                Failure::usage("the key for pseudonyms cannot be used")
                    .because(&error)
                    .remedy("give it with the id that the services give to `Pseudonyms::new`")
            })?;
            if !ids.insert(id) {
                return Err(
                    Failure::usage(format!("there are two keys of the id `{id}`"))
                        .remedy("give each key once, under the id that its pseudonyms carry"),
                );
            }
            pseudonyms.push(key);
        }
        let subject = match self.subject {
            Some(subject) if subject != "-" => subject,
            _ => read()?,
        };
        if subject.is_empty() {
            return Err(Failure::usage("there is no subject")
                .remedy("give it as the argument, or on the standard input"));
        }
        let lines = pseudonyms.iter().map(|key| key.subject(&subject) + "\n");
        output::print(&lines.collect::<String>())
    }
}

/// The standard input, without the line break at its end.
fn read() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let mut input = io::stdin().take(MOST + 1);
    input.read_to_end(&mut bytes).map_err(|error| {
        Failure::new(Kind::Machine, "cannot read the standard input").because(&error)
    })?;
    if bytes.len() as u64 > MOST {
        return Err(Failure::usage(format!(
            "a subject has at most {MOST} bytes"
        )));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::usage("the subject on the standard input is not text"))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

/// What stands on the command line where a key is named: perhaps, by mistake, the key itself. So
/// clap does not parse it, which would repeat it.
#[derive(Clone)]
struct NamedKey(OsString);

impl NamedKey {
    fn parts(&self) -> Result<(&str, SecretSource), Failure> {
        let named = self.0.to_str().and_then(|text| text.split_once('='));
        let named = named.and_then(|(id, source)| Some((id, source.parse().ok()?)));
        named.ok_or_else(|| {
            Failure::usage("a key is named as `ID=@file:PATH` or `ID=@env:NAME`, never written out")
        })
    }
}

impl From<OsString> for NamedKey {
    fn from(text: OsString) -> Self {
        Self(text)
    }
}

impl fmt::Debug for NamedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NamedKey(..)")
    }
}

/// The longest subject that is read, in bytes; records keep far less of one.
const MOST: u64 = 64 * 1024;
