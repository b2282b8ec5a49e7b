//! Builds the dashboard of `web/` and writes the table of its files that `assets.rs` includes.
//!
//! Everything is written into `OUT_DIR`, but for `web/node_modules`, which `npm ci` fills.
//! With `JWTRAIL_DASHBOARD_DIR` set, the files of that directory are embedded as they are and
//! no Node is needed.

use std::env;
use std::ffi::OsStr;
use std::fmt::{self, Write as _};
use std::fs;
use std::io::{self, BufRead as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            for line in problem.0.lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Problem> {
    let out = directory("OUT_DIR")?;
    let crate_directory = directory("CARGO_MANIFEST_DIR")?;
    let web = crate_directory
        .ancestors()
        .nth(2)
        .unwrap_or(&crate_directory)
        .join("web");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={PREBUILT}");
    let dist = if let Some(prebuilt) = env::var_os(PREBUILT) {
        let prebuilt = PathBuf::from(prebuilt);
        println!("cargo::rerun-if-changed={}", prebuilt.display());
        fs::canonicalize(&prebuilt).map_err(|error| {
            Problem(format!(
                "{PREBUILT} names {}, which cannot be read: {error}\n{PREBUILT_REMEDY}",
                prebuilt.display()
            ))
        })?
    } else {
        for source in SOURCES {
            println!("cargo::rerun-if-changed={}", web.join(source).display());
        }
        let dist = out.join("dashboard");
        bundle(&web, &dist)?;
        dist
    };
    let mut files = Vec::new();
    collect(&dist, &dist, &mut files)?;
    if !files.iter().any(|file| file.name == "index.html") {
        return Err(Problem(format!(
            "the dashboard has no index.html in {}\n{PREBUILT_REMEDY}",
            dist.display()
        )));
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let table = out.join("dashboard_files.rs");
    fs::write(&table, table_of(&files)?).map_err(|error| Problem::io("write", &table, &error))
}

/// Runs `npm ci` if the lock file is newer than what it installed last, then the bundler.
fn bundle(web: &Path, dist: &Path) -> Result<(), Problem> {
    let lock = web.join("package-lock.json");
    if !lock.is_file() {
        return Err(Problem(format!(
            "the dashboard's sources are not at {}\nbuild from a checkout of the repository, or set {PREBUILT} to a built dashboard",
            web.display()
        )));
    }
    check_node(web)?;
    if !is_installed(web, &lock) {
        // Nothing that the dashboard is built with needs an install script to work.
        let arguments = [
            "ci",
            "--omit=dev",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ];
        run(NPM, arguments.iter().map(OsStr::new), web)?;
    }
    let vite = web.join("node_modules/vite/bin/vite.js");
    let arguments = [
        vite.as_os_str(),
        OsStr::new("build"),
        OsStr::new("--emptyOutDir"),
        OsStr::new("--logLevel"),
        OsStr::new("warn"),
        OsStr::new("--outDir"),
        dist.as_os_str(),
    ];
    run("node", arguments.into_iter(), web)
}

fn check_node(web: &Path) -> Result<(), Problem> {
    let wanted = format!("Node {}.{} or newer", OLDEST_NODE.0, OLDEST_NODE.1);
    let remedy = format!(
        "install {wanted} with npm (https://nodejs.org), or set {PREBUILT} to a built dashboard"
    );
    let output = Command::new("node").arg("--version").output().map_err(|error| {
        Problem(format!(
            "the dashboard in {} is built with {wanted}, and `node` could not be started: {error}\n{remedy}",
            web.display()
        ))
    })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= OLDEST_NODE => Ok(()),
        _ => Err(Problem(format!(
            "the dashboard in {} is built with {wanted}, and `node --version` says `{}`\n{remedy}",
            web.display(),
            text.trim()
        ))),
    }
}

/// npm writes its own lock file last, so its age is that of the installation.
fn is_installed(web: &Path, lock: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    let installed = modified(&web.join("node_modules/.package-lock.json"));
    web.join("node_modules/vite/bin/vite.js").is_file()
        && matches!((installed, modified(lock)), (Ok(installed), Ok(lock)) if installed >= lock)
}

fn run<'a>(
    program: &str,
    arguments: impl Iterator<Item = &'a OsStr>,
    web: &Path,
) -> Result<(), Problem> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(web);
    let shown = format!("{command:?}").replace('"', "");
    let output = command.output().map_err(|error| {
        Problem(format!(
            "`{program}` could not be started in {} to build the dashboard: {error}\ninstall Node {}.{} or newer with npm (https://nodejs.org), or set {PREBUILT} to a built dashboard",
            web.display(),
            OLDEST_NODE.0,
            OLDEST_NODE.1,
        ))
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said: Vec<_> = said
        .lines()
        .map_while(Result::ok)
        .take(SHOWN_LINES)
        .collect();
    Err(Problem(format!(
        "`{shown}` failed in {} ({})\n{}\nrun it there by hand to see more; with npm: check the network, or delete web/node_modules",
        web.display(),
        output.status,
        said.join("\n"),
    )))
}

fn collect(root: &Path, directory: &Path, files: &mut Vec<File>) -> Result<(), Problem> {
    let entries =
        fs::read_dir(directory).map_err(|error| Problem::io("read", directory, &error))?;
    for entry in entries {
        let path = entry
            .map_err(|error| Problem::io("read", directory, &error))?
            .path();
        if path.is_dir() {
            collect(root, &path, files)?;
            continue;
        }
        let body = fs::read(&path).map_err(|error| Problem::io("read", &path, &error))?;
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        files.push(File {
            name,
            path,
            etag: etag(&body),
        });
    }
    Ok(())
}

fn table_of(files: &[File]) -> Result<String, Problem> {
    let mut table = String::from("&[\n");
    for file in files {
        let extension = Path::new(&file.name).extension().and_then(OsStr::to_str);
        let Some((_, content_type)) = CONTENT_TYPES
            .iter()
            .find(|(known, _)| Some(*known) == extension)
        else {
            return Err(Problem(format!(
                "{} has no known content type\nadd its extension to CONTENT_TYPES in crates/jwtrail-monitor/build.rs",
                file.path.display()
            )));
        };
        // The bundler puts the content's hash into the names of what it writes to assets/.
        let immutable = file.name.starts_with("assets/");
        writeln!(
            table,
            "Asset {{ path: {:?}, content_type: {content_type:?}, etag: {:?}, immutable: {immutable}, body: include_bytes!({:?}) }},",
            format!("/{}", file.name),
            file.etag,
            file.path,
        )
        .map_err(|error| Problem(error.to_string()))?;
    }
    table.push_str("]\n");
    Ok(table)
}

/// FNV-1a over the content: it tells versions apart, nobody's safety hangs on it.
fn etag(body: &[u8]) -> String {
    let hash = body.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("\"{:x}-{hash:016x}\"", body.len())
}

fn directory(variable: &str) -> Result<PathBuf, Problem> {
    env::var_os(variable).map(PathBuf::from).ok_or_else(|| {
        Problem(format!(
            "{variable} is not set\nrun this build script through cargo"
        ))
    })
}

struct File {
    name: String,
    path: PathBuf,
    etag: String,
}

/// What went wrong, where, and what to do: one thing a line.
struct Problem(String);

impl Problem {
    fn io(verb: &str, path: &Path, error: &io::Error) -> Self {
        Self(format!("could not {verb} {}: {error}", path.display()))
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const PREBUILT: &str = "JWTRAIL_DASHBOARD_DIR";
const PREBUILT_REMEDY: &str = "unset JWTRAIL_DASHBOARD_DIR, or let it name a directory that `npm run build` in web/ has written";
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };
/// npm ends a failure with pages of its manual.
const SHOWN_LINES: usize = 20;
const OLDEST_NODE: (u32, u32) = (20, 19);
const SOURCES: &[&str] = &[
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
];
const CONTENT_TYPES: &[(&str, &str)] = &[
    ("css", "text/css; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("svg", "image/svg+xml"),
];
