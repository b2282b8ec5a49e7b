use std::path::PathBuf;
use std::process::Command;

use crate::process;
use crate::repository::Repository;
use crate::totals::Totals;

/// Installs what is missing: the dashboard's packages, those of the issuer that others wrote, a
/// browser to test with, curl, the Redis that the tests of shared state start, promtool, and
/// Python's environments.
pub(crate) fn install(repository: &Repository) -> anyhow::Result<()> {
    anyhow::ensure!(
        process::installed("node") && process::installed("npm"),
        "Node.js and npm are not on the PATH; the dashboard needs them (Node.js 20 or newer)"
    );
    // The dashboard's build script installs less: what it is built with, not what it is tested with.
    for (folder, package) in PACKAGES {
        let folder = repository.path(folder);
        if !folder.join("node_modules").join(package).is_dir() {
            process::run(Command::new("npm").current_dir(folder).args([
                "ci",
                "--no-audit",
                "--no-fund",
            ]))?;
        }
    }
    // The pages for users are followed as they stand.
    install_by_apt("curl")?;
    if !BROWSERS.iter().any(|name| process::installed(name)) {
        install_chromium()?;
    }
    // Without it those tests say that they skipped; what that means is the harness's to say.
    if !process::installed(REDIS) && process::installed("apt-get") {
        apt_install(REDIS)?;
    }
    // promtool, which checks metrics, comes with it.
    if !process::installed(PROMTOOL) && process::installed("apt-get") {
        apt_install("prometheus")?;
    }
    // For the readers and receivers that others wrote.
    if !makes_environments() && process::installed("apt-get") {
        apt_install("python3-venv")?;
    }
    Ok(())
}

/// Whether there is a Python that can make an environment; Debian's has no `ensurepip` by itself.
fn makes_environments() -> bool {
    let mut ask = Command::new("python3");
    ask.args(["-c", "import ensurepip, venv"]);
    process::output(&mut ask).is_ok()
}

fn install_chromium() -> anyhow::Result<()> {
    anyhow::ensure!(
        process::installed("apt-get"),
        "no Chromium on the PATH and no apt-get to install it with; install Chromium"
    );
    apt_install("chromium")
}

/// Installs a program by the package of its name, unless it is there.
pub(crate) fn install_by_apt(program: &str) -> anyhow::Result<()> {
    if process::installed(program) {
        return Ok(());
    }
    anyhow::ensure!(
        process::installed("apt-get"),
        "no {program} on the PATH and no apt-get to install it with; install {program}"
    );
    apt_install(program)
}

fn apt_install(package: &str) -> anyhow::Result<()> {
    process::run(apt_get().arg("update"))?;
    process::run(apt_get().args(["install", "--yes", "--no-install-recommends", package]))
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

/// Builds an example, and says where it is. It is of one piece with the tests: a package built by
/// itself has other features, and would be built with all that it needs once more.
pub(super) fn example(repository: &Repository, name: &str) -> anyhow::Result<PathBuf> {
    let build = [
        "build",
        "--quiet",
        "--workspace",
        "--all-features",
        "--example",
        name,
    ];
    process::run(&mut repository.cargo(build))?;
    Ok(repository.built("examples").join(name))
}

/// Runs a program that judges by itself, in TAP.
pub(super) fn judged(judge: &mut Command, name: &str) -> anyhow::Result<Totals> {
    let mut totals = Totals::default();
    let status = process::watched(judge, |line| totals.add_tap_line(line))?;
    if !status.success() && totals.good() {
        totals.fail(format!("the {name} ended with {status}"));
    }
    Ok(totals)
}

/// Folders with a lock file of npm, and a package that is there when all are.
const PACKAGES: [(&str, &str); 2] = [
    ("web", "playwright-core"),
    ("crates/jwtrail-actix/tests/foreign", "oauth2-mock-server"),
];

/// Both the program and Debian's package.
pub(super) const REDIS: &str = "redis-server";

/// Checks metrics.
pub(super) const PROMTOOL: &str = "promtool";

/// Names under which the browser may be installed.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
