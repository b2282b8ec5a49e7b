use jwtrail_event::SecretToken;
use jwtrail_monitor::{AlertFormat, AlertOutput};

use super::webhook::text;
use crate::config::{NoticeFormat, OutputKind, OutputSection, OutputSections};
use crate::failure::Failure;
use crate::secret::SecretSource;

/// The outputs that a configuration names.
pub(crate) fn configured(sections: &OutputSections) -> Result<Vec<AlertOutput>, Failure> {
    let outputs = sections.iter();
    outputs.map(|(name, section)| one(name, section)).collect()
}

fn one(name: &str, section: &OutputSection) -> Result<AlertOutput, Failure> {
    let OutputSection {
        kind,
        url,
        secret,
        path,
        format,
    } = section;
    let needless = |key: &str, given: bool| match given {
        true => Err(wrong(name, &format!("`{key}` is not for this kind"))),
        false => Ok(()),
    };
    if *kind != OutputKind::Webhook {
        needless("secret", secret.is_some())?;
    }
    needless("path", *kind != OutputKind::File && path.is_some())?;
    let plain = matches!(kind, OutputKind::Webhook | OutputKind::File);
    needless("format", !plain && format.is_some())?;
    let output = match kind {
        OutputKind::Webhook => {
            let secret = given(name, "secret", secret.as_ref())?;
            let key = secret.read()?.checked(secret)?;
            let key = SecretToken::new(text(&key, secret)?);
            AlertOutput::webhook(name, address(name, url.as_ref())?, key)
        }
        OutputKind::Alertmanager => {
            let url = address(name, url.as_ref())?;
            AlertOutput::unsigned(name, url, AlertFormat::Alertmanager)
        }
        OutputKind::Slack => {
            let url = address(name, url.as_ref())?;
            AlertOutput::unsigned(name, url, AlertFormat::Slack)
        }
        OutputKind::File => {
            needless("url", url.is_some())?;
            AlertOutput::file(name, given(name, "path", path.as_ref())?)
        }
    };
    Ok(match format {
        Some(NoticeFormat::Ocsf) => output.format(AlertFormat::Ocsf),
        Some(NoticeFormat::Jwtrail) | None => output,
    })
}

fn address(name: &str, url: Option<&SecretSource>) -> Result<String, Failure> {
    let url = given(name, "url", url)?;
    text(&url.read()?, url)
}

fn given<'s, T>(name: &str, key: &str, value: Option<&'s T>) -> Result<&'s T, Failure> {
    value.ok_or_else(|| wrong(name, &format!("it needs its `{key}`")))
}

fn wrong(name: &str, problem: &str) -> Failure {
    Failure::usage(format!("[outputs.{name}]: {problem}"))
        .remedy("`jwtrail schema config` prints every key with its meaning")
}
