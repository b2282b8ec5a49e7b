use std::time::Duration;

use jwtrail_event::SecretToken;
use jwtrail_event::quarantine::MAX_HOLDS;

use crate::{
    AlertFormat, AlertOutput, AlertTarget, MonitorConfig, MonitorError, QuarantinePolicy,
    WebhookClient,
};

/// What of a configuration can be said to be wrong before anything is opened.
pub(crate) fn config(config: &MonitorConfig) -> Result<(), MonitorError> {
    for (at, output) in config.outputs.iter().enumerate() {
        let mut others = config.outputs.iter().skip(at + 1);
        if others.any(|other| other.name == output.name) {
            return Err(problem(output, "there are two of this name; rename one"));
        }
        self::output(output, config.webhook_client.as_deref())?;
    }
    quarantine(&config.quarantine)?;
    config.public_url.as_deref().map_or(Ok(()), origin)
}

/// The same of one output.
pub(crate) fn output(
    output: &AlertOutput,
    client: Option<&dyn WebhookClient>,
) -> Result<(), MonitorError> {
    let wrong = |text| Err(problem(output, text));
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if output.name.is_empty() || output.name.len() > 64 || !output.name.bytes().all(plain) {
        return wrong("its name must be 1 to 64 of [A-Za-z0-9._-]");
    }
    let AlertTarget::Url { url, secret } = &output.target else {
        return Ok(());
    };
    let short = |secret: &SecretToken| secret.expose().len() < 16;
    // A collector's token is as long as its owner made it.
    if output.format != AlertFormat::Otlp && secret.as_ref().is_some_and(short) {
        return wrong("its secret must have at least 16 bytes");
    }
    let Some(client) = client else {
        return wrong("there is no client to send with; set `webhook_client`");
    };
    if !client.accepts(url.expose()) {
        return wrong("its URL can't be called; write it as https://host/path");
    }
    match output.secret_sent() {
        Some(secret) if !output.plain_http && !client.protects(url.expose()) => {
            Err(MonitorError::PlainHttp {
                name: output.name.clone(),
                secret,
            })
        }
        _ => Ok(()),
    }
}

fn problem(output: &AlertOutput, problem: &'static str) -> MonitorError {
    let name = output.name.chars().take(64);
    MonitorError::Output {
        name: name.filter(|c| !c.is_control()).collect(),
        problem,
    }
}

fn quarantine(policy: &QuarantinePolicy) -> Result<(), MonitorError> {
    let problem = |problem| Err(MonitorError::QuarantinePolicy { problem });
    if policy.max_time.as_secs() == 0 || policy.max_time > LONGEST_QUARANTINE {
        return problem("the longest time must be 1 second to 366 days");
    }
    if policy.max_entries == 0 || policy.max_entries > MAX_HOLDS {
        return problem("the most entries must be 1 to 20,000");
    }
    if policy.protected_subjects.iter().any(String::is_empty) {
        return problem("a protected subject is empty; write each as it stands in `sub`");
    }
    Ok(())
}

fn origin(url: &str) -> Result<(), MonitorError> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    match rest {
        Some(host) if !host.is_empty() && host.bytes().all(fit) => Ok(()),
        _ => {
            // A name and a password may stand before it.
            let shown = url.rsplit_once('@').map_or(url, |(_, rest)| rest);
            let shown = shown.chars().take(128).filter(|c| !c.is_control());
            Err(MonitorError::PublicUrl {
                url: shown.collect(),
            })
        }
    }
}

const LONGEST_QUARANTINE: Duration = Duration::from_secs(366 * 24 * 60 * 60);
