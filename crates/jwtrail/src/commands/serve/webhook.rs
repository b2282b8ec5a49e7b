use jwtrail_actix::Outbound;
use jwtrail_event::SecretToken;
use jwtrail_monitor::{AlertOutput, WebhookAnswer, WebhookClient, WebhookReply, WebhookRequest};

use crate::config::WebhookSection;
use crate::failure::{Failure, Kind};
use crate::secret::{Secret, SecretSource};

/// The webhook that a configuration names, if it names one.
pub(crate) fn configured(section: WebhookSection) -> Result<Option<AlertOutput>, Failure> {
    let WebhookSection { url, secret } = section;
    let (url, secret) = match (url, secret) {
        (None, None) => return Ok(None),
        (Some(url), Some(secret)) => (url, secret),
        _ => {
            return Err(Failure::usage("a webhook needs its `url` and its `secret`")
                .remedy("give both in the section [webhook], or neither"));
        }
    };
    let key = secret.read()?.checked(&secret)?;
    let address = text(&url.read()?, &url)?;
    let key = SecretToken::new(text(&key, &secret)?);
    let output = AlertOutput::webhook("webhook", address, key);
    super::outputs::checked(output, &Client::new()?).map(Some)
}

pub(super) fn text(secret: &Secret, source: &SecretSource) -> Result<String, Failure> {
    std::str::from_utf8(secret.expose())
        .map(str::to_owned)
        .map_err(|_| Failure::usage(format!("{source} is not text")))
}

/// The program's one outbound client, as the monitor wants it.
#[derive(Debug)]
pub(crate) struct Client(Outbound);

impl Client {
    pub(crate) fn new() -> Result<Self, Failure> {
        // The operator names the target, in a file that nobody else writes.
        Outbound::builder()
            .allow_private_targets()
            .build()
            .map(Self)
            .map_err(|error| {
                Failure::new(Kind::Machine, "cannot set up the client for webhooks").because(&error)
            })
    }
}

impl WebhookClient for Client {
    fn accepts(&self, url: &str) -> bool {
        self.0.is_usable(url)
    }

    fn protects(&self, url: &str) -> bool {
        self.0.protects(url)
    }

    fn post<'a>(&'a self, request: WebhookRequest<'a>) -> WebhookAnswer<'a> {
        let mut call = self.0.post(request.url).body(request.body.to_vec());
        for (name, value) in request.headers {
            let credential = value.strip_prefix("Bearer ");
            call = match credential.filter(|_| *name == "authorization") {
                // So that nobody sees it in a log.
                Some(credential) => call.bearer(&SecretToken::new(credential.to_owned())),
                None => call.header(name, value),
            };
        }
        Box::pin(async move {
            let answer = call.send().await?;
            Ok(WebhookReply::new(answer.status()).body(answer.body()))
        })
    }
}
