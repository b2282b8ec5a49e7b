use std::fs;
use std::path::Path;
use std::process::Command;

use jwtrail_demo::orders::Role;
use jwtrail_event::SecretToken;
use jwtrail_testkit::find_leaks;

use crate::support::Orders;

/// Formats of the report.
const FORMATS: [&str; 6] = ["text", "json", "sarif", "junit", "markdown", "html"];

#[actix_web::test]
async fn nothing_that_a_scan_writes_holds_a_token() {
    let orders = Orders::start();
    let password = orders.user("ada", Role::Customer);
    let (token, _) = orders.session("ada", &password).await;
    let (_, refresh) = orders.session("ada", &password).await;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("token"), token.expose()).unwrap();
    fs::write(folder.path().join("refresh"), refresh.expose()).unwrap();
    let secrets = [token, refresh];
    for format in FORMATS {
        let written = scan(folder.path(), &orders, format).await;
        assert!(written.contains("exit code: 0"), "{written}");
        assert_eq!(find_leaks(written.as_bytes(), &secrets), [], "{format}");
    }
    // The report as a file, and whatever else a scan leaves behind.
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("token") || path.ends_with("refresh") {
            continue;
        }
        let written = fs::read(&path).unwrap();
        assert_eq!(find_leaks(&written, &secrets), [], "{}", path.display());
    }
    orders.stop().await;
}

#[actix_web::test]
async fn a_service_that_echoes_a_token_does_not_get_it_into_the_report() {
    let echo = crate::support::Echo::start();
    let folder = tempfile::tempdir().unwrap();
    let forge = jwtrail_forge::Forge::new(jwtrail_event::Timestamp::from_seconds(1_800_000_000));
    let token = forge.token().sign();
    fs::write(folder.path().join("token"), token.expose()).unwrap();
    for format in FORMATS {
        let arguments = [
            "scan",
            &echo.url,
            "--operation",
            "GET /orders",
            "--token",
            "@file:token",
            "--logs",
            echo.log.to_str().unwrap(),
            "--settle=1",
            "--failure-limit=3",
            "--format",
            format,
        ];
        let written = run(folder.path(), &arguments).await;
        assert!(written.contains("exit code: 1"), "{written}");
        assert!(
            written.contains("ERR-01") && written.contains("LOG-03"),
            "{written}"
        );
        let leaks = find_leaks(written.as_bytes(), std::slice::from_ref(&token));
        assert_eq!(leaks, [], "{written}");
    }
    echo.stop().await;
}

async fn scan(folder: &Path, orders: &Orders, format: &str) -> String {
    let report = format!("report.{format}");
    let arguments = [
        "scan",
        &orders.url,
        "--operation",
        "GET /orders",
        "--token",
        "@file:token",
        "--refresh-token",
        "@file:refresh",
        "--refresh-path",
        "/refresh",
        "--refresh-grace=1",
        "--refresh-field",
        "client_id=orders-web",
        "--logs",
        orders.audit.to_str().unwrap(),
        "--format",
        format,
    ];
    let to_stdout = run(folder, &arguments).await;
    let to_file = run(folder, &[&arguments[..], &["--output", &report]].concat()).await;
    to_stdout + &to_file
}

/// Runs the command: its exit code, stdout and stderr as one text.
async fn run(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jwtrail"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("TMPDIR", folder)
        .env("JWTRAIL_LOG", "trace");
    let output = actix_web::web::block(move || command.output())
        .await
        .unwrap()
        .unwrap();
    format!(
        "exit code: {}\n{}{}",
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A secret that no test may leave out.
#[test]
fn the_search_itself_finds_a_token() {
    let token =
        SecretToken::new("eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJlIG9mIHRoZSBpc3N1ZXI".to_owned());
    let text = "Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJlIG9mIHRoZSBpc3N1ZXI";
    assert_eq!(find_leaks(text.as_bytes(), &[token]).len(), 1);
}
