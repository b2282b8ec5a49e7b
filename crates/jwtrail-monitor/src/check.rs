use crate::{MonitorConfig, MonitorError};

/// What of a configuration can be said to be wrong before anything is opened.
pub(crate) fn config(config: &MonitorConfig) -> Result<(), MonitorError> {
    for (at, webhook) in config.webhooks.iter().enumerate() {
        let problem = |problem| MonitorError::Webhook {
            name: webhook
                .name
                .chars()
                .take(64)
                .filter(|c| !c.is_control())
                .collect(),
            problem,
        };
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if webhook.name.is_empty() || webhook.name.len() > 64 || !webhook.name.bytes().all(plain) {
            return Err(problem("its name must be 1 to 64 of [A-Za-z0-9._-]"));
        }
        let mut others = config.webhooks.iter().skip(at + 1);
        if others.any(|other| other.name == webhook.name) {
            return Err(problem("there are two of this name; rename one"));
        }
        if webhook.secret.expose().len() < 16 {
            return Err(problem("its secret must have at least 16 bytes"));
        }
        let Some(client) = &config.webhook_client else {
            return Err(problem(
                "there is no client to send with; set `webhook_client`",
            ));
        };
        if !client.accepts(webhook.url.expose()) {
            return Err(problem(
                "its URL can't be called; write it as https://host/path",
            ));
        }
    }
    config.public_url.as_deref().map_or(Ok(()), origin)
}

fn origin(url: &str) -> Result<(), MonitorError> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    match rest {
        Some(host) if !host.is_empty() && host.bytes().all(fit) => Ok(()),
        _ => Err(MonitorError::PublicUrl {
            url: url.chars().take(128).filter(|c| !c.is_control()).collect(),
        }),
    }
}
