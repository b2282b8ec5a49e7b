use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use jwtrail_event::SecretToken;
use serde_json::Value;

/// `jwtrail serve` as a process of its own.
pub(crate) struct Monitor {
    pub(crate) url: String,
    pub(crate) producer: SecretToken,
    pub(crate) reader: SecretToken,
    child: Child,
}

impl Monitor {
    /// Starts it with this folder as its user's home.
    pub(crate) fn start(home: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jwtrail"))
            .args(["serve", "--data", "data", "--listen", "127.0.0.1:0"])
            .current_dir(home)
            .env("HOME", home)
            .env_remove("XDG_STATE_HOME")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines.map(Result::unwrap);
        let said = lines.find_map(|line| {
            let rest = line.strip_prefix("events: POST ")?;
            rest.strip_suffix("/api/v1/events").map(str::to_owned)
        });
        let url = said.unwrap();
        let port = url.rsplit(':').next().unwrap();
        let access = home.join(format!(".local/state/jwtrail/{port}.json"));
        let access: Value = serde_json::from_slice(&std::fs::read(access).unwrap()).unwrap();
        let secret = |name: &str| SecretToken::new(access[name].as_str().unwrap().to_owned());
        Self {
            producer: secret("producer_credential"),
            reader: secret("access_token"),
            url,
            child,
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        // One that has ended needs no killing.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
