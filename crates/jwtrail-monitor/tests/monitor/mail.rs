//! Alerts as mail.

use jwtrail_monitor::{AlertOutput, MailServer, MonitorConfig};

use crate::escalation::{forged, raise_to_high};
use crate::support::{Bench, Hook, Postbox, lines, without_heartbeats};

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

fn header(mail: &str, name: &str) -> Option<String> {
    let name = format!("{name}: ");
    // Long ones are folded.
    let mail = mail.replace("\r\n ", " ");
    let found = mail.lines().find_map(|line| line.strip_prefix(&name));
    found.map(str::to_owned)
}

fn health(bench: &Bench) -> serde_json::Value {
    bench.client.get("/api/v1/health").json()["outputs"][0].clone()
}

fn to(outputs: Vec<AlertOutput>) -> impl FnOnce(&mut MonitorConfig) {
    move |config| config.outputs = outputs
}

#[test]
fn the_mails_of_an_alert_belong_together() {
    let postbox = Postbox::listen();
    let bench = Bench::start_with(|config| {
        to(vec![mail("mail", postbox.address)])(config);
        without_heartbeats(config);
    });
    // Each reader gets one of its own, and both are the same.
    bench.post(&lines(&[forged(1, "orders-api")]));
    postbox.wait_for(2);
    raise_to_high(&bench);
    postbox.wait_for(4);
    bench.clock.advance_seconds(86_400);
    let mails = postbox.wait_for(6);
    let (mails, same): (Vec<_>, Vec<_>) = mails.chunks(2).map(|two| (&two[0], &two[1])).unzip();
    assert_eq!(mails, same);
    let first = header(mails[0], "Message-ID").unwrap();
    assert!(first.ends_with(".raised@example.com>"), "{first}");
    assert_eq!(header(mails[0], "References"), None);
    for (mail, subject) in mails.iter().copied().zip([
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
    // What is worse at once is told once.
    crate::quarantine::until(|| health(&bench)["queued"] == 2);
    raise_to_high(&bench);
    let failed = || {
        let output = health(&bench);
        output["queued"] == 4 && output["last_error"].is_string()
    };
    crate::quarantine::until(failed);
    let postbox = Postbox::listen();
    let bench = bench.crash(to(vec![mail("mail", postbox.address)]));
    let mails = postbox.wait_for(4);
    let severe = |mail: &&String| mail.contains("Subject: [high, was");
    // Each reader's first is the first.
    assert!(mails[0].contains("Subject: [informational]"));
    assert!(severe(&&mails[3]));
    assert_eq!(mails.iter().filter(severe).count(), 2);
    drop(bench);
}

#[test]
fn a_reader_whom_the_server_refuses_keeps_nothing_from_the_others() {
    let postbox = Postbox::listen();
    postbox.refuse_reader("night@", "550 5.1.1 secret-word of the server");
    let bench = Bench::start_with(to(vec![mail("mail", postbox.address)]));
    bench.post(&lines(&[forged(1, "orders-api")]));
    postbox.wait_for(1);
    raise_to_high(&bench);
    assert!(postbox.wait_for(2)[1].contains("Subject: [high, was"));
    crate::quarantine::until(|| {
        let output = health(&bench);
        output["failed"] == 2 && output["queued"] == 0
    });
    // A refusal for good is not tried again.
    postbox.wait_for_refusals(2);
    assert_eq!(postbox.refused(), 2);
    assert_eq!(
        health(&bench),
        serde_json::json!({
            "name": "mail", "queued": 0, "failed": 2, "dropped": 0,
            "last_error": "night@example.com: the mail server answered with 550",
            "readers": [
                {
                    "reader": "Ops <ops@example.com>", "queued": 0, "failed": 0, "dropped": 0,
                    "last_error": null,
                },
                {
                    "reader": "night@example.com", "queued": 0, "failed": 2, "dropped": 0,
                    "last_error": "the mail server answered with 550",
                },
            ],
        })
    );
    // The next start tries again, and now with the others who are named.
    postbox.refuse(None);
    let bench = bench.restart(to(vec![mail("mail", postbox.address)]));
    assert_eq!(postbox.wait_for(4).len(), 4);
    crate::quarantine::until(|| health(&bench)["queued"] == 0);
    assert_eq!(postbox.wait_for(4).len(), 4);
}

#[test]
fn a_reader_who_is_put_off_gets_it_later_and_the_others_once() {
    let postbox = Postbox::listen();
    postbox.refuse_reader("night@", "451 4.2.1 later");
    let bench = Bench::start_with(to(vec![mail("mail", postbox.address)]));
    bench.post(&lines(&[forged(1, "orders-api")]));
    postbox.wait_for(1);
    // More often than what is refused a few times is tried.
    postbox.wait_for_refusals(10);
    let output = health(&bench);
    assert_eq!(
        (&output["queued"], &output["failed"]),
        (&1.into(), &0.into())
    );
    postbox.refuse(None);
    postbox.wait_for(2);
    crate::quarantine::until(|| health(&bench)["last_error"].is_null());
    assert_eq!(postbox.wait_for(2).len(), 2);
}

#[test]
fn what_waits_for_a_reader_who_is_not_named_any_more_goes_to_those_who_are() {
    let postbox = Postbox::listen();
    postbox.refuse_reader("nihgt@", "550 5.1.1 no such reader");
    let of = |readers: &[&str]| {
        let server = MailServer::builder(postbox.address.ip().to_string())
            .port(postbox.address.port())
            .dangerous_plaintext()
            .build("jwtrail@example.com", readers.iter().copied());
        to(vec![AlertOutput::mail("mail", server.unwrap())])
    };
    let bench = Bench::start_with(of(&["nihgt@example.com"]));
    bench.post(&lines(&[forged(1, "orders-api")]));
    crate::quarantine::until(|| health(&bench)["failed"] == 1);
    let bench = bench.restart(of(&["night@example.com", "Night <night@example.com>"]));
    postbox.wait_for(1);
    crate::quarantine::until(|| health(&bench)["queued"] == 0);
    let left = health(&bench);
    assert_eq!(left["failed"], 0);
    // Who is named twice is one reader.
    assert_eq!(left["readers"].as_array().unwrap().len(), 1);
    assert_eq!(postbox.wait_for(1).len(), 1);
}

#[test]
fn what_is_refused_for_good_is_set_aside_and_what_is_only_put_off_is_not() {
    let postbox = Postbox::listen();
    let bench = Bench::start_with(|config| {
        to(vec![mail("mail", postbox.address)])(config);
        config.limits.webhook_attempts = 2;
    });
    let failed = || health(&bench)["failed"].clone();
    postbox.refuse(Some("451 4.3.0 later"));
    bench.post(&lines(&[forged(1, "orders-api")]));
    postbox.wait_for_refusals(4);
    assert_eq!(failed(), 0);
    postbox.refuse(Some("550 5.1.1 secret-word of the server"));
    crate::quarantine::until(|| failed() == 2);
    assert!(!health(&bench).to_string().contains("secret-word"));
    postbox.refuse(None);
    // The next one comes through.
    raise_to_high(&bench);
    assert!(postbox.wait_for(1)[0].contains("Subject: [high, was"));
}

#[test]
fn a_server_that_turns_everybody_away_is_away_and_refuses_no_alert() {
    let postbox = Postbox::listen();
    postbox.greet(Some("554 5.3.2 secret-word, no SMTP service here"));
    let bench = Bench::start_with(to(vec![mail("mail", postbox.address)]));
    bench.post(&lines(&[forged(1, "orders-api")]));
    for (seen, code) in [(10, "554"), (20, "550")] {
        // More often than what is refused a few times is tried.
        postbox.wait_for_refusals(seen);
        let says = |output: &serde_json::Value| {
            let problem = output["last_error"].as_str().unwrap_or_default();
            assert!(!problem.contains("secret-word"), "{problem}");
            problem.contains(&format!("lets us send nothing: it answered with {code}"))
        };
        crate::quarantine::until(|| says(&health(&bench)));
        let output = health(&bench);
        assert_eq!(
            (&output["queued"], &output["failed"]),
            (&2.into(), &0.into())
        );
        postbox.answer_hello(Some("550 5.7.1 secret-word, not you"));
        postbox.greet(None);
    }
    postbox.answer_hello(None);
    assert_eq!(postbox.wait_for(2).len(), 2);
    crate::quarantine::until(|| health(&bench)["queued"] == 0);
    assert!(health(&bench)["last_error"].is_null());
}
