use std::time::Duration;

use clap::Args;
use jwtrail_event::SecretToken;
use jwtrail_scan::RefreshEndpoint;

use super::tokens;
use crate::failure::Failure;
use crate::secret::NamedSecret;

/// How refresh tokens are exchanged.
#[derive(Debug, Args)]
pub(crate) struct Refresh {
    /// A refresh token, of another session than the token's: @env:NAME or @file:PATH
    #[arg(long, value_name = "SECRET", requires = "refresh_path")]
    refresh_token: Option<NamedSecret>,
    /// The path where it is exchanged
    #[arg(long, value_name = "PATH")]
    refresh_path: Option<String>,
    /// A further field of that request, such as client_id=web; repeatable
    #[arg(long, value_name = "NAME=VALUE", requires = "refresh_path", value_parser = field)]
    refresh_field: Vec<(String, String)>,
    /// How long an old refresh token may be accepted again, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    refresh_grace: u64,
}

impl Refresh {
    pub(super) fn endpoint(
        &self,
        obtained: Option<SecretToken>,
    ) -> Result<Option<RefreshEndpoint>, Failure> {
        let Some(path) = &self.refresh_path else {
            return Ok(None);
        };
        if !path.starts_with('/') {
            return Err(
                Failure::usage("the path where refresh tokens are exchanged is no path")
                    .remedy("begin it with a slash, as /token"),
            );
        }
        let given = self.refresh_token.as_ref().map(tokens::read).transpose()?;
        let Some(token) = given.or(obtained) else {
            return Err(Failure::usage("there is no refresh token to exchange")
                .remedy("give one with --refresh-token @file:PATH"));
        };
        let mut endpoint = RefreshEndpoint::new(path, token);
        endpoint.fields.clone_from(&self.refresh_field);
        endpoint.grace = Duration::from_secs(self.refresh_grace);
        Ok(Some(endpoint))
    }
}

fn field(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}
