use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::Context as _;
use serde::Deserialize;

use crate::process;
use crate::repository::Repository;

/// A service to scan: a folder with its program and its `service.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    #[serde(skip)]
    pub(super) name: String,
    #[serde(skip)]
    pub(super) folder: PathBuf,
    /// What it is, with the versions.
    pub(super) about: String,
    pub(super) runtime: Runtime,
    algorithm: Algorithm,
    /// What HS256 signs with.
    #[serde(default)]
    secret: String,
    /// A file of the folder, or a path of the service.
    pub(super) document: String,
    /// How long a record is waited for, in seconds.
    #[serde(default = "five")]
    pub(super) settle: u64,
    /// What its tokens' headers have in the place of the usual.
    #[serde(default)]
    header: toml::Table,
    /// What its tokens say beside the usual.
    #[serde(default)]
    claims: toml::Table,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Runtime {
    Node,
    Python,
    /// A program of `examples/orders-api`.
    Example,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Algorithm {
    #[serde(rename = "HS256")]
    Hs256,
    #[serde(rename = "RS256")]
    Rs256,
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Service {
    /// Every service, by name.
    pub(super) fn all(repository: &Repository) -> anyhow::Result<Vec<Self>> {
        let folder = repository.path(FOLDER);
        let mut services = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let folder = entry?.path();
            let file = folder.join("service.toml");
            if !file.is_file() {
                continue;
            }
            let name = folder.file_name().context("a folder without a name")?;
            let name = name.to_string_lossy().into_owned();
            let text = fs::read_to_string(&file)?;
            let service: Self =
                toml::from_str(&text).with_context(|| file.display().to_string())?;
            services.push(Self {
                name,
                folder,
                ..service
            });
        }
        services.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(services)
    }

    /// A token that it accepts.
    pub(super) fn token(&self, repository: &Repository) -> anyhow::Result<String> {
        let claims = serde_json::to_string(&self.claims)?;
        let header = serde_json::to_string(&self.header)?;
        let name = match self.algorithm {
            Algorithm::Hs256 => "HS256",
            Algorithm::Rs256 => "RS256",
            Algorithm::EdDsa => "EdDSA",
        };
        mint(repository, &[name, &self.key(repository), &claims, &header])
    }

    /// What signs its tokens, as a scan takes it.
    pub(super) fn sign_key(&self, repository: &Repository) -> anyhow::Result<String> {
        match self.algorithm {
            Algorithm::Hs256 => Ok(self.secret.clone()),
            Algorithm::Rs256 | Algorithm::EdDsa => {
                mint(repository, &["pem", &self.key(repository)])
            }
        }
    }

    fn key(&self, repository: &Repository) -> String {
        let file = match self.algorithm {
            Algorithm::Hs256 => return self.secret.clone(),
            Algorithm::Rs256 => "service-rs256.pk8",
            Algorithm::EdDsa => "service-eddsa.pk8",
        };
        let key = repository.path("crates/jwtrail-forge/keys").join(file);
        key.display().to_string()
    }
}

fn mint(repository: &Repository, arguments: &[&str]) -> anyhow::Result<String> {
    let script = repository.path(FOLDER).join("mint.js");
    process::output(Command::new("node").arg(script).args(arguments))
}

/// A service that was started, stopped by its own process id at the latest when this is dropped.
pub(super) struct Running {
    child: Child,
    pub(super) url: String,
}

impl Running {
    /// Starts it and waits until it can be reached.
    pub(super) fn start(
        repository: &Repository,
        service: &Service,
        home: &Path,
        log: &Path,
    ) -> anyhow::Result<Self> {
        let mut program = match service.runtime {
            Runtime::Node => Command::new("node"),
            Runtime::Python => Command::new(home.join("venv/bin/python")),
            Runtime::Example => Command::new(repository.built(&service.name)),
        };
        match service.runtime {
            Runtime::Node => program.arg("server.js"),
            Runtime::Python => program.arg("server.py"),
            Runtime::Example => program
                .arg("127.0.0.1:0")
                .arg(log)
                .arg(service.key(repository)),
        };
        let errors = home.join("errors.log");
        let public = repository.path("crates/jwtrail-forge/keys/service-rs256.jwk.json");
        let mut child = program
            .current_dir(home)
            .env("LOG", log)
            .env("TOKEN_SECRET", &service.secret)
            .env("PUBLIC_JWK", public)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&errors)?)
            .spawn()
            .with_context(|| format!("cannot start {}", service.name))?;
        let stdout = child.stdout.take().context("its stdout")?;
        let mut running = Self {
            child,
            url: String::new(),
        };
        let address = announced(stdout).recv_timeout(STARTING);
        running.url = address.with_context(|| {
            let errors = fs::read_to_string(&errors).unwrap_or_default();
            format!("{} never said that it is ready\n{errors}", service.name)
        })?;
        running.reached()?;
        Ok(running)
    }

    /// Waits until its port answers: what says that it is ready may only have chosen the port.
    #[expect(clippy::disallowed_methods, reason = "a deadline of this machine")]
    fn reached(&mut self) -> anyhow::Result<()> {
        let address = self.url.trim_start_matches("http://").to_owned();
        let deadline = Instant::now() + STARTING;
        while TcpStream::connect(&address).is_err() {
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("the service ended with {status}");
            }
            anyhow::ensure!(Instant::now() < deadline, "{address} does not answer");
            thread::yield_now();
        }
        Ok(())
    }

    pub(super) fn stop(&mut self) -> anyhow::Result<()> {
        self.child.kill().context("cannot stop the service")?;
        self.child.wait().context("cannot wait for the service")?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None))
            && let Err(error) = self.stop()
        {
            println!("{error:#}");
        }
    }
}

/// The addresses that a service says it is reached at. What else it writes is read and left.
fn announced(stdout: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let mut words = line.split(' ');
            let url = words.find_map(|word| word.strip_prefix("http://"));
            let host = url.and_then(|url| url.split('/').next());
            if let Some(host) = host
                && sender.send(format!("http://{host}")).is_err()
            {
                return;
            }
        }
    });
    receiver
}

/// How long a service may take until it can be reached.
const STARTING: Duration = Duration::from_secs(120);

/// Where the services are.
const FOLDER: &str = "xtask/foreign";

const fn five() -> u64 {
    5
}
