use std::collections::BTreeMap;

use jwtrail_event::FIELD_NAMES;
use serde::Deserialize;

use super::learn::{self, KnownRequest};
use crate::logs::LogFormat;
use crate::observed::ObservedRecord;
use crate::sources::mark;

/// Which field of a service's log holds what, by the names of the audit event.
///
/// ```
/// use jwtrail_scan::reading::FieldMapping;
/// let mapping = FieldMapping::from_toml("[fields]\ntoken_jti = \"auth.jti\"\n").unwrap();
/// assert_eq!(mapping.theirs("token_jti"), Some("auth.jti"));
/// assert!(FieldMapping::from_toml("[fields]\njtl = \"a\"\n").is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldMapping {
    pairs: BTreeMap<&'static str, String>,
}

impl FieldMapping {
    /// Learns the mapping from good requests whose values are known.
    #[must_use]
    pub fn learn(requests: &[KnownRequest<'_>]) -> Self {
        learn::learn(requests)
    }

    /// Reads a mapping from TOML: a table `fields`, our name to theirs.
    ///
    /// # Errors
    /// When it is no such TOML, or names a field that we have not.
    pub fn from_toml(text: &str) -> Result<Self, UnusableMapping> {
        let file: File = toml::from_str(text).map_err(|source| UnusableMapping::Form { source })?;
        let mut mapping = Self::default();
        for (ours, theirs) in file.fields {
            let Some(known) = FIELD_NAMES.iter().find(|name| **name == ours) else {
                return Err(UnusableMapping::Unknown { name: ours });
            };
            mapping.set(known, &theirs);
        }
        Ok(mapping)
    }

    /// This mapping, but what the other says goes.
    #[must_use]
    pub fn overridden_by(mut self, other: Self) -> Self {
        self.pairs.extend(other.pairs);
        self
    }

    /// The name that a field of ours has there.
    #[must_use]
    pub fn theirs(&self, ours: &str) -> Option<&str> {
        self.pairs.get(ours).map(String::as_str)
    }

    /// `(ours, theirs)`, as the report shows it.
    #[must_use]
    pub fn pairs(&self) -> Vec<(String, String)> {
        let pairs = self.pairs.iter();
        pairs
            .map(|(ours, theirs)| ((*ours).to_owned(), theirs.clone()))
            .collect()
    }

    /// Gives the record's fields our names as well; theirs stay. An audit event of ours needs
    /// no mapping and gets none.
    pub fn apply(&self, record: &mut ObservedRecord) {
        if record.field(mark::FORMAT) == Some(LogFormat::Audit.as_str()) {
            return;
        }
        for (ours, theirs) in &self.pairs {
            if let Some(value) = record.field(theirs).map(ToOwned::to_owned) {
                record.fields.insert((*ours).to_owned(), value);
            }
        }
    }

    pub(super) fn set(&mut self, ours: &'static str, theirs: &str) {
        self.pairs.insert(ours, theirs.to_owned());
    }
}

#[derive(Deserialize)]
struct File {
    fields: BTreeMap<String, String>,
}

/// A mapping that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableMapping {
    /// It is no TOML of this form.
    #[error("not a field mapping: write a table [fields] of names, `token_jti = \"auth.jti\"`")]
    Form {
        /// What the parser met.
        source: toml::de::Error,
    },
    /// It names a field that we have not.
    #[error("`{name}` is no field of the audit event; `jwtrail schema event` lists them")]
    Unknown {
        /// The name.
        name: String,
    },
}
