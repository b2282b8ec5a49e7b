use std::io::{self, BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::free_address;

/// A `redis-server` on a free port of this machine, with a directory of its own. It is killed
/// and its directory removed when this is dropped.
///
/// ```no_run
/// use jwtrail_testkit::RedisServer;
/// # fn test() -> std::io::Result<()> {
/// let Some(server) = RedisServer::start()? else {
///     return Ok(()); // which it has said
/// };
/// let address = server.address();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    arguments: Vec<String>,
    directory: TempDir,
    child: Child,
}

impl RedisServer {
    /// Starts one that keeps what it is told on disk, or says that the test is skipped and gives
    /// `None` where none is installed.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> io::Result<Option<Self>> {
        Self::start_with(&["--appendonly", "yes"])
    }

    /// Starts one with these options, or gives `None` where none is installed.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_with(options: &[&str]) -> io::Result<Option<Self>> {
        let directory = tempfile::tempdir()?;
        let port = free_address()?.port();
        let options = options.iter().map(|option| (*option).to_owned());
        Self::launch(port, options.collect(), directory)
    }

    /// Starts one that speaks TLS only, or gives `None` where none is installed.
    ///
    /// # Errors
    /// When it does not start, as one that was built without TLS.
    pub fn start_tls() -> io::Result<Option<Self>> {
        let directory = tempfile::tempdir()?;
        let (certificate, key) = (
            directory.path().join(CERTIFICATE),
            directory.path().join("key"),
        );
        std::fs::write(&certificate, include_bytes!("../keys/redis.crt"))?;
        std::fs::write(&key, include_bytes!("../keys/redis.key"))?;
        let (certificate, key) = (text(&certificate)?, text(&key)?);
        let options = [
            TLS,
            &certificate,
            "--tls-key-file",
            &key,
            "--tls-auth-clients",
            "no",
        ];
        let port = free_address()?.port();
        Self::launch(port, options.map(str::to_owned).to_vec(), directory)
    }

    /// Starts one as a sentinel that watches a primary under a name and moves soon, or gives
    /// `None` where none is installed.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_sentinel(name: &str, primary: &Self) -> io::Result<Option<Self>> {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("sentinel.conf");
        let watched = primary.port;
        std::fs::write(
            &file,
            format!(
                "sentinel monitor {name} 127.0.0.1 {watched} 1\n\
                 sentinel down-after-milliseconds {name} 1000\n\
                 sentinel failover-timeout {name} 5000\n"
            ),
        )?;
        let port = free_address()?.port();
        let options = vec![text(&file)?, "--sentinel".to_owned()];
        Self::launch(port, options, directory)
    }

    fn launch(port: u16, arguments: Vec<String>, directory: TempDir) -> io::Result<Option<Self>> {
        match run(port, &arguments, directory.path()) {
            Ok(child) => Ok(Some(Self {
                port,
                arguments,
                directory,
                child,
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                say_skipped();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// `redis://127.0.0.1:PORT`, or `rediss` over TLS.
    #[must_use]
    pub fn address(&self) -> String {
        let scheme = match speaks_tls(&self.arguments) {
            true => "rediss",
            false => "redis",
        };
        format!("{scheme}://{}", self.host())
    }

    /// Where its certificate is, which is the root of itself, if it speaks TLS.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.directory.path().join(CERTIFICATE)
    }

    /// `127.0.0.1:PORT`.
    #[must_use]
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills it, as a power cut would.
    ///
    /// # Errors
    /// When it can't be killed.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// Starts it again on its port and its data.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> io::Result<()> {
        self.child = run(self.port, &self.arguments, self.directory.path())?;
        Ok(())
    }

    /// Lets it stand still: connections stay, nothing is answered.
    ///
    /// # Errors
    /// When the signal can't be sent.
    pub fn pause(&self) -> io::Result<()> {
        self.signal("-STOP")
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// When the signal can't be sent.
    pub fn resume(&self) -> io::Result<()> {
        self.signal("-CONT")
    }

    /// What `redis-cli` prints for a command.
    ///
    /// # Errors
    /// When it can't be run.
    pub fn cli(&self, arguments: &[&str]) -> io::Result<String> {
        let output = Command::new("redis-cli")
            .args(["-p", &self.port.to_string()])
            .args(arguments)
            .output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn signal(&self, signal: &str) -> io::Result<()> {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args([signal, &pid]).status()?;
        if status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "kill {signal} ended with {status}"
        )))
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // One that a test has killed already is gone.
        drop(self.kill());
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the harness has no other way to say that a test was skipped"
)]
fn say_skipped() {
    println!("skipped: no redis-server on the PATH");
}

fn run(port: u16, arguments: &[String], directory: &Path) -> io::Result<Child> {
    let port = port.to_string();
    let listen = match speaks_tls(arguments) {
        true => ["--port", "0", "--tls-port", &port].to_vec(),
        false => ["--port", &port].to_vec(),
    };
    let mut child = Command::new("redis-server")
        .args(arguments)
        .args(listen)
        .args(["--bind", "127.0.0.1", "--save", ""])
        .args(["--dir", &text(directory)?])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    match child.stdout.take().map(wait_until_ready) {
        Some(Ok(())) => Ok(child),
        Some(Err(error)) => {
            child.kill()?;
            child.wait()?;
            Err(error)
        }
        None => Err(io::Error::other("redis-server has no output")),
    }
}

fn speaks_tls(arguments: &[String]) -> bool {
    arguments.iter().any(|argument| argument == TLS)
}

fn wait_until_ready(output: impl Read + Send + 'static) -> io::Result<()> {
    let mut lines = BufReader::new(output).lines();
    let mut said = String::new();
    for line in lines.by_ref() {
        let line = line?;
        if line.contains("Ready to accept connections") || line.contains("Sentinel ID is") {
            // What it says further must not fill the pipe.
            std::thread::spawn(move || lines.for_each(drop));
            return Ok(());
        }
        said.push_str(&line);
        said.push('\n');
    }
    Err(io::Error::other(format!("redis-server ended:\n{said}")))
}

fn text(path: &Path) -> io::Result<String> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| io::Error::other("the directory's name is no text"))
}

const TLS: &str = "--tls-cert-file";
const CERTIFICATE: &str = "certificate";
