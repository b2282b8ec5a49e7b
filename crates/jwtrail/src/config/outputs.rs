use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::secret::SecretSource;

/// Places that alerts are sent to, under their names: `[outputs.on-call]`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct OutputSections(BTreeMap<String, OutputSection>);

/// One place that alerts are sent to. It has a queue of its own: one that is down delays no other.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutputSection {
    /// What it is.
    pub(crate) kind: OutputKind,
    /// Where it is, for all but `file`: `@file:PATH` or `@env:NAME`, for it may hold a secret. Of
    /// Alertmanager and of a collector the address without the path of its API.
    pub(crate) url: Option<SecretSource>,
    /// The key of a webhook's signature, at least 32 bytes: `@file:PATH` or `@env:NAME`.
    pub(crate) secret: Option<SecretSource>,
    /// What the collector of `otlp` knows us by, sent as a bearer token: `@file:PATH` or
    /// `@env:NAME`.
    pub(crate) token: Option<SecretSource>,
    /// Sends a secret over plain http to another machine, where whoever is on the way can read it: a
    /// `token`, the `url` of `slack`, or a name, a password or a query in another `url`.
    pub(crate) dangerous_plain_http: Option<bool>,
    /// The file to which a line is appended for each notice.
    pub(crate) path: Option<PathBuf>,
    /// How a webhook or a file gets them; `jwtrail` if it isn't given.
    pub(crate) format: Option<NoticeFormat>,
    /// Of `email` the server: a host name or an address.
    pub(crate) server: Option<String>,
    /// The server's port; 465 if it isn't given, 587 with `starttls`, 25 with `dangerous_plaintext`.
    pub(crate) port: Option<u16>,
    /// How the connection is protected; `tls` if it isn't given.
    pub(crate) security: Option<MailSecurity>,
    /// The name that the server knows us by, if it wants one.
    pub(crate) username: Option<String>,
    /// The password for that: `@file:PATH` or `@env:NAME`.
    pub(crate) password: Option<SecretSource>,
    /// A file of certificates, in PEM, of authorities that are trusted beside the system's.
    pub(crate) authorities: Option<PathBuf>,
    /// Who writes: `jwtrail@example.com` or `jwtrail <jwtrail@example.com>`.
    pub(crate) from: Option<String>,
    /// Who reads.
    pub(crate) to: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MailSecurity {
    /// TLS from the first byte.
    Tls,
    /// TLS after a first exchange in clear; without it nothing is sent.
    Starttls,
    /// None, for a server on the same machine; with credentials it is refused.
    DangerousPlaintext,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OutputKind {
    /// A signed webhook.
    Webhook,
    /// The v2 API of Prometheus' Alertmanager.
    Alertmanager,
    /// A chat system that takes what Slack takes.
    Slack,
    /// A collector of OpenTelemetry: Detection Findings of OCSF, as logs over HTTP.
    Otlp,
    /// A file of NDJSON.
    File,
    /// Mail, by SMTP.
    Email,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum NoticeFormat {
    /// As the API shows an alert.
    Jwtrail,
    /// A Detection Finding of OCSF.
    Ocsf,
}

impl OutputSections {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &OutputSection)> {
        self.0
            .iter()
            .map(|(name, section)| (name.as_str(), section))
    }

    /// The environment has no variables for these.
    pub(super) fn overlay(&mut self, over: Self) {
        self.0.extend(over.0);
    }

    pub(super) fn relative_to(&mut self, directory: &Path) {
        for section in self.0.values_mut() {
            let OutputSection {
                url,
                secret,
                token,
                path,
                password,
                authorities,
                ..
            } = section;
            for source in [url, secret, token, password] {
                if let Some(SecretSource::File(path)) = source {
                    *path = directory.join(&*path);
                }
            }
            for path in [path, authorities].into_iter().flatten() {
                *path = directory.join(&*path);
            }
        }
    }
}
