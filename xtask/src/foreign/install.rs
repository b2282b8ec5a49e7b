use std::path::Path;
use std::process::Command;
use std::{fs, io};

use anyhow::Context as _;

use super::service::{Runtime, Service};
use crate::process;
use crate::repository::Repository;

/// Copies a service's program to its home and installs what it needs, unless that is there.
pub(super) fn install(
    repository: &Repository,
    service: &Service,
    home: &Path,
) -> anyhow::Result<()> {
    fs::create_dir_all(home).with_context(|| format!("cannot make {}", home.display()))?;
    let (wanted, program) = match service.runtime {
        Runtime::Node => ("package.json", "server.js"),
        Runtime::Python => ("requirements.txt", "server.py"),
        Runtime::Example => {
            return process::run(&mut repository.cargo(["build", "--package", "orders-api"]));
        }
    };
    fs::copy(service.folder.join(program), home.join(program))?;
    let wanted_text = fs::read_to_string(service.folder.join(wanted))?;
    let mark = home.join("installed");
    if read_if_there(&mark)?.as_deref() == Some(wanted_text.as_str()) {
        return Ok(());
    }
    fs::copy(service.folder.join(wanted), home.join(wanted))?;
    match service.runtime {
        Runtime::Node => {
            let mut npm = Command::new("npm");
            npm.current_dir(home)
                .args(["install", "--no-audit", "--no-fund", "--no-package-lock"]);
            process::run(&mut npm)?;
        }
        Runtime::Example => {}
        Runtime::Python => {
            process::run(
                Command::new("python3")
                    .args(["-m", "venv"])
                    .arg(home.join("venv")),
            )?;
            let mut pip = Command::new(home.join("venv/bin/python"));
            pip.args(["-m", "pip", "install", "--quiet", "--requirement"])
                .arg(home.join(wanted));
            process::run(&mut pip)?;
        }
    }
    fs::write(&mark, wanted_text).with_context(|| format!("cannot write {}", mark.display()))
}

fn read_if_there(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
