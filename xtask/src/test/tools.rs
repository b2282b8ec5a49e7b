use std::process::Command;

use crate::process;
use crate::repository::Repository;

/// Installs what is missing: the dashboard's packages, and a browser to test it with.
pub(crate) fn install(repository: &Repository) -> anyhow::Result<()> {
    anyhow::ensure!(
        process::installed("node") && process::installed("npm"),
        "Node.js and npm are not on the PATH; the dashboard needs them (Node.js 20 or newer)"
    );
    // The dashboard's build script installs less: what it is built with, not what it is tested with.
    if !repository.path("web/node_modules/playwright-core").is_dir() {
        process::run(
            Command::new("npm")
                .current_dir(repository.path("web"))
                .args(["ci", "--no-audit", "--no-fund"]),
        )?;
    }
    if !BROWSERS.iter().any(|name| process::installed(name)) {
        install_chromium()?;
    }
    Ok(())
}

fn install_chromium() -> anyhow::Result<()> {
    anyhow::ensure!(
        process::installed("apt-get"),
        "no Chromium on the PATH and no apt-get to install it with; install Chromium"
    );
    process::run(apt_get().arg("update"))?;
    process::run(apt_get().args(["install", "--yes", "--no-install-recommends", "chromium"]))
}

fn apt_get() -> Command {
    let mut command = if process::installed("sudo") {
        let mut sudo = Command::new("sudo");
        sudo.args(["--non-interactive", "apt-get"]);
        sudo
    } else {
        Command::new("apt-get")
    };
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .arg("--quiet");
    command
}

/// Names under which the browser may be installed.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
