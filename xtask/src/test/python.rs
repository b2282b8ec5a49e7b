use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;

/// A Python that can import some modules, in an environment of its own in the folder.
pub(super) fn environment(
    folder: &Path,
    modules: &str,
    packages: &[&str],
) -> anyhow::Result<PathBuf> {
    let python = folder.join("python/bin/python");
    let has_all = |python: &Path| {
        let mut import = Command::new(python);
        import.args(["-c", &format!("import {modules}")]);
        python.is_file() && process::output(&mut import).is_ok()
    };
    if has_all(&python) {
        return Ok(python);
    }
    process::run(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(folder.join("python")),
    )?;
    process::run(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(packages),
    )?;
    Ok(python)
}
