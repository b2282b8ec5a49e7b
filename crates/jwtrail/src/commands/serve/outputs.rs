mod mail;

use jwtrail_event::SecretToken;
use jwtrail_monitor::{AlertFormat, AlertOutput};

use super::webhook::{Client, text};
use crate::config::{NoticeFormat, OutputKind, OutputSection, OutputSections};
use crate::failure::Failure;
use crate::secret::SecretSource;

/// The outputs that a configuration names.
pub(crate) fn configured(sections: &OutputSections) -> Result<Vec<AlertOutput>, Failure> {
    let client = Client::new()?;
    let outputs = sections.iter().map(|(name, section)| {
        let output = one(name, section)?;
        checked(output, &client)
    });
    outputs.collect()
}

/// Refuses an output that no monitor would take.
pub(super) fn checked(output: AlertOutput, client: &Client) -> Result<AlertOutput, Failure> {
    let checked = output.check(Some(client));
    checked.map_err(|error| {
        Failure::usage(error.to_string())
            .remedy("`jwtrail schema config` prints every key with its meaning")
    })?;
    Ok(output)
}

fn one(name: &str, section: &OutputSection) -> Result<AlertOutput, Failure> {
    known(name, section)?;
    let OutputSection {
        kind, url, secret, ..
    } = section;
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
        OutputKind::Otlp => {
            let token = section.token.as_ref().map(|token| {
                let text = text(&token.read()?, token)?;
                Ok::<_, Failure>(SecretToken::new(text))
            });
            AlertOutput::otlp(name, address(name, url.as_ref())?, token.transpose()?)
        }
        OutputKind::File => AlertOutput::file(name, given(name, "path", section.path.as_ref())?),
        OutputKind::Email => AlertOutput::mail(name, mail::server(name, section)?),
    };
    let output = match section.dangerous_plain_http {
        Some(true) => output.dangerous_plain_http(),
        Some(false) | None => output,
    };
    Ok(match section.format {
        Some(NoticeFormat::Ocsf) => output.format(AlertFormat::Ocsf),
        Some(NoticeFormat::Jwtrail) | None => output,
    })
}

/// Refuses what the kind makes no use of: whoever wrote it believes that it does something.
fn known(name: &str, section: &OutputSection) -> Result<(), Failure> {
    use OutputKind::{Email, File, Webhook};

    let OutputSection {
        kind,
        url,
        secret,
        token,
        dangerous_plain_http,
        path,
        format,
        server,
        port,
        security,
        username,
        password,
        authorities,
        from,
        to,
    } = section;
    let mail = *kind == Email;
    for (key, given, for_this) in [
        ("url", url.is_some(), !matches!(kind, File | Email)),
        ("secret", secret.is_some(), *kind == Webhook),
        ("token", token.is_some(), *kind == OutputKind::Otlp),
        (
            "dangerous_plain_http",
            dangerous_plain_http.is_some(),
            !matches!(kind, File | Email),
        ),
        ("path", path.is_some(), *kind == File),
        ("format", format.is_some(), matches!(kind, Webhook | File)),
        ("server", server.is_some(), mail),
        ("port", port.is_some(), mail),
        ("security", security.is_some(), mail),
        ("username", username.is_some(), mail),
        ("password", password.is_some(), mail),
        ("authorities", authorities.is_some(), mail),
        ("from", from.is_some(), mail),
        ("to", to.is_some(), mail),
    ] {
        if given && !for_this {
            return Err(wrong(name, &format!("`{key}` is not for this kind")));
        }
    }
    Ok(())
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
