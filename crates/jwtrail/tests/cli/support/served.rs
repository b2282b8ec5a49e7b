use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::support::Jwtrail;

/// A `jwtrail serve` that has said where it is.
pub(crate) struct Served {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) url: String,
    pub(crate) login_link: String,
}

impl Served {
    pub(crate) fn start(jwtrail: &Jwtrail, arguments: &[&str]) -> Self {
        let mut command = jwtrail.command(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut login_link = String::new();
        let mut line = String::new();
        while stdout.read_line(&mut line).unwrap() > 0 {
            if let Some(link) = line.strip_prefix("login: ") {
                login_link = link.trim().to_owned();
            }
            if let Some(place) = line.strip_prefix("events: POST ") {
                let url = place
                    .trim()
                    .strip_suffix("/api/v1/events")
                    .unwrap()
                    .to_owned();
                return Self {
                    child,
                    stdout,
                    url,
                    login_link,
                };
            }
            line.clear();
        }
        let output = child.wait_with_output().unwrap();
        panic!(
            "it did not start: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    pub(crate) fn port(&self) -> &str {
        self.url.rsplit(':').next().unwrap()
    }

    /// Posts events: the status, and the answer.
    pub(crate) async fn post_events(
        &self,
        credential: &str,
        body: Vec<u8>,
    ) -> (u16, serde_json::Value) {
        let answer = reqwest::Client::new()
            .post(format!("{}/api/v1/events", self.url))
            .bearer_auth(credential)
            .header("content-type", "application/x-ndjson")
            .body(body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Stops it as Ctrl-C does: its exit code and what it said since it started.
    pub(crate) fn interrupt(self) -> String {
        self.stopped_by("-INT")
    }

    pub(crate) fn terminate(self) -> String {
        self.stopped_by("-TERM")
    }

    /// What a terminal does that goes away, or an operator who has changed rules.
    pub(crate) fn hang_up(&self) {
        self.signal("-HUP");
    }

    /// Asks for another link, and gives it.
    pub(crate) fn another_login_link(&mut self) -> String {
        self.signal("-USR1");
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.strip_prefix("login: ").unwrap().trim().to_owned()
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.unwrap().success());
    }

    fn stopped_by(mut self, signal: &str) -> String {
        self.signal(signal);
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).unwrap();
        let mut stderr = String::new();
        let mut pipe = self.child.stderr.take().unwrap();
        pipe.read_to_string(&mut stderr).unwrap();
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        format!("exit code: {code}\n--- stdout\n{stdout}--- stderr\n{stderr}")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A test that failed must not leave it behind; one that stopped it has nothing to kill.
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }
}
