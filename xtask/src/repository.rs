use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;
use cargo_metadata::{Metadata, MetadataCommand};
use serde_json::Value;

use crate::process;

/// The checked-out repository.
pub(crate) struct Repository {
    root: PathBuf,
    metadata: Metadata,
}

impl Repository {
    /// The repository that cargo runs this task of. Where it was built says nothing: clones may
    /// share a folder for what is built.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let task = std::env::var_os("CARGO_MANIFEST_DIR")
            .context("CARGO_MANIFEST_DIR is not set: start it by `cargo xtask`")?;
        let metadata = MetadataCommand::new()
            .current_dir(task)
            .exec()
            .context("cargo metadata")?;
        Ok(Self {
            root: metadata.workspace_root.clone().into_std_path_buf(),
            metadata,
        })
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn read(&self, relative: &str) -> anyhow::Result<String> {
        fs::read_to_string(self.path(relative)).with_context(|| format!("cannot read {relative}"))
    }

    pub(crate) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// A cargo command in the repository's root.
    pub(crate) fn cargo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(&self.root).args(arguments);
        command
    }

    /// Builds the `jwtrail` binary as its users do, and says where it is.
    pub(crate) fn binary(&self) -> anyhow::Result<PathBuf> {
        process::run(&mut self.cargo(["build", "--package", "jwtrail", "--release"]))?;
        Ok(self.release("jwtrail"))
    }

    /// Where cargo puts something that it builds as users do.
    pub(crate) fn release(&self, name: &str) -> PathBuf {
        self.target("release").join(name)
    }

    /// Where cargo puts something that it builds while developing.
    pub(crate) fn built(&self, name: &str) -> PathBuf {
        self.target("debug").join(name)
    }

    /// A folder for what can be made again.
    pub(crate) fn target(&self, name: &str) -> PathBuf {
        self.metadata.target_directory.as_std_path().join(name)
    }

    /// Writes a report to `target/reports`, which is in the repository wherever cargo builds.
    pub(crate) fn report(&self, name: &str, report: &Value) -> anyhow::Result<PathBuf> {
        let folder = self.path("target/reports");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let path = folder.join(name);
        fs::write(&path, format!("{report:#}\n"))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// Every file that is, or would be, committed.
    pub(crate) fn files(&self) -> anyhow::Result<Vec<String>> {
        let mut list = Command::new("git");
        list.current_dir(&self.root).args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ]);
        let names = process::output(&mut list)?;
        Ok(names
            .split('\0')
            .filter(|name| !name.is_empty() && self.path(name).is_file())
            .map(str::to_owned)
            .collect())
    }
}
