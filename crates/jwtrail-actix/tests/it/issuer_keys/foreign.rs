//! An issuer that others wrote: its discovery document, its tokens, its rotations.

use std::path::PathBuf;
use std::process::Stdio;

use jwtrail_actix::SystemClock;
use jwtrail_event::{Clock as _, EventName, SecretToken};
use jwtrail_forge::Forge;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::protected::Protected;
use crate::client::Call;
use crate::monitor_stub::within;

#[actix_web::test]
async fn a_foreign_issuers_tokens_pass_and_its_rotations_are_followed() {
    let Some(mut issuer) = Foreign::start().await else {
        return;
    };
    let forge = Forge::new(SystemClock.now()).with_issuer(&issuer.url);
    let service = Protected::start(forge, |builder| builder.issuer_discovery(&issuer.url));
    let audience = service.forge.audience().to_owned();
    let mut last = issuer.token(&audience).await;
    assert_eq!(service.status(&last).await, 200);
    let stranger = issuer.token("another-service").await;
    assert_eq!(service.status(&stranger).await, 401);
    for algorithm in ["ES256", "EdDSA", "PS256", "ES384", "RS512"] {
        issuer.rotate(algorithm).await;
        // Past the cooldown.
        service.clock.advance_seconds(31);
        let next = issuer.token(&audience).await;
        assert_eq!(service.status(&next).await, 200, "{algorithm}");
        assert_eq!(service.status(&last).await, 401, "{algorithm}");
        last = next;
    }
    assert_eq!(service.count(EventName::KeysRefreshed).await, 6);
    assert_eq!(service.count(EventName::KeysFailed).await, 0);
    service.finish().await;
    issuer.stop().await;
}

/// The issuer's process; it ends when its input does.
struct Foreign {
    url: String,
    process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Foreign {
    /// None where its packages are not installed; `cargo xtask test` installs them, and fails
    /// when this is skipped all the same.
    #[expect(clippy::print_stdout, reason = "xtask counts what skips by this line")]
    async fn start() -> Option<Self> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/foreign");
        if !folder.join("node_modules/oauth2-mock-server").is_dir() {
            println!("skipped: the foreign issuer's packages are not installed (npm ci)");
            return None;
        }
        let mut process = Command::new("node")
            .arg("issuer.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = within(output.next_line()).await.unwrap().unwrap();
        Some(Self {
            url,
            process,
            input,
            output,
        })
    }

    /// Throws its keys away and makes one for this algorithm.
    async fn rotate(&mut self, algorithm: &str) {
        let line = format!("{algorithm}\n");
        self.input.write_all(line.as_bytes()).await.unwrap();
        let url = within(self.output.next_line()).await.unwrap().unwrap();
        assert_eq!(url, self.url);
    }

    async fn token(&self, audience: &str) -> SecretToken {
        let form = format!(
            "grant_type=client_credentials&client_id=web&scope=orders%3Aread&aud={audience}"
        );
        let port = self.url.rsplit(':').next().unwrap().parse().unwrap();
        let call = Call::post("/token", "application/x-www-form-urlencoded", &form);
        let answer = call.send(([127, 0, 0, 1], port).into()).await;
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        SecretToken::new(token)
    }

    async fn stop(mut self) {
        drop(self.input);
        assert!(within(self.process.wait()).await.unwrap().success());
    }
}
