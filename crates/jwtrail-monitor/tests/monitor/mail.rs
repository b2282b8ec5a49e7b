//! Alerts as mail.

use jwtrail_monitor::{AlertOutput, MailServer, MonitorConfig};

use crate::escalation::{forged, raise_to_high};
use crate::support::{Bench, Hook, Postbox, lines};

fn mail(name: &str, address: std::net::SocketAddr) -> AlertOutput {
    let server = MailServer::builder(address.ip().to_string())
        .port(address.port())
        .dangerous_plaintext()
        .build(
            "jwtrail <jwtrail@example.com>",
            ["Ops <ops@example.com>", "night@example.com"],
        );
    AlertOutput::mail(name, server.unwrap())
}

fn to(outputs: Vec<AlertOutput>) -> impl FnOnce(&mut MonitorConfig) {
    move |config| config.outputs = outputs
}

#[test]
fn the_mails_of_an_alert_belong_together() {
    let postbox = Postbox::listen();
    let bench = Bench::start_with(to(vec![mail("mail", postbox.address)]));
    bench.post(&lines(&[forged(1, "orders-api")]));
    postbox.wait_for(1);
    raise_to_high(&bench);
    postbox.wait_for(2);
    bench.clock.advance_seconds(86_400);
    let mails = postbox.wait_for(3);
    let header = |mail: &str, name: &str| {
        let name = format!("{name}: ");
        // Long ones are folded.
        let mail = mail.replace("\r\n ", " ");
        let found = mail.lines().find_map(|line| line.strip_prefix(&name));
        found.map(str::to_owned)
    };
    let first = header(&mails[0], "Message-ID").unwrap();
    assert!(first.ends_with(".raised@example.com>"), "{first}");
    assert_eq!(header(&mails[0], "References"), None);
    for (mail, subject) in mails.iter().zip([
        "[informational] Somebody tries a forged token: 203.0.113.7",
        "[high, was informational] Somebody tries a forged token: 203.0.113.7",
        "[over] Somebody tries a forged token: 203.0.113.7",
    ]) {
        assert_eq!(header(mail, "Subject").as_deref(), Some(subject), "{mail}");
        let auto = header(mail, "Auto-Submitted");
        assert_eq!(auto.as_deref(), Some("auto-generated"));
        let to = header(mail, "To").unwrap();
        assert!(to.contains("night@example.com"), "{to}");
    }
    for mail in &mails[1..] {
        assert_eq!(header(mail, "References").as_ref(), Some(&first));
        assert_eq!(header(mail, "In-Reply-To").as_ref(), Some(&first));
        assert_ne!(header(mail, "Message-ID").as_ref(), Some(&first));
    }
}

#[test]
fn a_server_that_is_away_gets_them_later_and_in_order() {
    let away = Hook::nowhere();
    let bench = Bench::start_with(to(vec![mail("mail", away)]));
    bench.post(&lines(&[forged(1, "orders-api")]));
    raise_to_high(&bench);
    let failed = || {
        let health = bench.client.get("/api/v1/health").json();
        let output = health["outputs"][0].clone();
        output["queued"] == 2 && output["last_error"].is_string()
    };
    crate::quarantine::until(failed);
    let postbox = Postbox::listen();
    let bench = bench.crash(to(vec![mail("mail", postbox.address)]));
    let mails = postbox.wait_for(2);
    assert!(mails[0].contains("Subject: [informational]"));
    assert!(mails[1].contains("Subject: [high, was"));
    drop(bench);
}

#[test]
fn what_is_refused_for_good_is_set_aside_and_what_is_only_put_off_is_not() {
    let postbox = Postbox::listen();
    let bench = Bench::start_with(|config| {
        to(vec![mail("mail", postbox.address)])(config);
        config.limits.webhook_attempts = 2;
    });
    let failed = || bench.client.get("/api/v1/health").json()["outputs"][0]["failed"].clone();
    postbox.refuse(Some("451 4.3.0 later"));
    bench.post(&lines(&[forged(1, "orders-api")]));
    postbox.wait_for_refusals(4);
    assert_eq!(failed(), 0);
    postbox.refuse(Some("550 5.1.1 secret-word of the server"));
    crate::quarantine::until(|| failed() == 1);
    let health = bench.client.get("/api/v1/health").json();
    let error = health["outputs"][0]["last_error"].as_str().unwrap();
    assert_eq!(error, "the mail server answered with 550");
    postbox.refuse(None);
    // The next one comes through.
    raise_to_high(&bench);
    assert!(postbox.wait_for(1)[0].contains("Subject: [high, was"));
}
