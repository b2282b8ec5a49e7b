use std::fs;
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

/// What a scan of a service must find: an `expected.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    /// The grade of the answers, where it is known beforehand.
    pub(super) enforcement: Option<String>,
    /// The grade of the trail.
    pub(super) evidence: Option<String>,
    #[serde(default, rename = "finding")]
    pub(super) findings: Vec<Finding>,
    #[serde(default, rename = "note")]
    pub(super) notes: Vec<Note>,
}

/// Something that must be found.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Finding {
    pub(super) check: String,
    /// `enforcement` or `evidence`.
    pub(super) half: String,
    /// Variants that must be among what is found.
    #[serde(default)]
    pub(super) variants: Vec<String>,
    /// How that is known.
    pub(super) why: String,
}

/// Something that a check must note.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    pub(super) check: String,
    /// A part of what it says.
    pub(super) says: String,
}

impl Expected {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }
}
