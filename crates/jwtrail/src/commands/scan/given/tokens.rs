use clap::Args;
use jwtrail_event::SecretToken;
use jwtrail_scan::{ObtainedTokens, TokenGrant, TokenRequest, TokenRequestError};

use crate::commands::scan::Scan;
use crate::failure::{Failure, Kind};
use crate::runtime::Runtime;
use crate::secret::NamedSecret;

/// Where a token comes from, if it is not given.
#[derive(Debug, Args)]
pub(crate) struct OAuth {
    /// Take the token from an OAuth 2.0 token endpoint in the place of --token
    #[arg(long, value_name = "URL", conflicts_with = "token")]
    oauth_token_url: Option<String>,
    /// The client that asks for it
    #[arg(long, value_name = "ID", requires = "oauth_token_url")]
    oauth_client_id: Option<String>,
    /// The client's secret: @env:NAME or @file:PATH
    #[arg(long, value_name = "SECRET", requires = "oauth_token_url")]
    oauth_client_secret: Option<NamedSecret>,
    /// The scope that is asked for
    #[arg(long, value_name = "SCOPE", requires = "oauth_token_url")]
    oauth_scope: Option<String>,
    /// A user's name: the password grant in the place of client credentials
    #[arg(long, value_name = "NAME", requires_all = ["oauth_token_url", "oauth_password"])]
    oauth_username: Option<String>,
    /// The user's password: @env:NAME or @file:PATH
    #[arg(long, value_name = "SECRET", requires = "oauth_username")]
    oauth_password: Option<NamedSecret>,
    /// A refresh token: the refresh grant in the place of client credentials
    #[arg(
        long,
        value_name = "SECRET",
        requires = "oauth_token_url",
        conflicts_with = "oauth_username"
    )]
    oauth_refresh_token: Option<NamedSecret>,
}

/// The token that the service accepts: given, or asked for.
pub(super) fn obtain(scan: &Scan, runtime: &Runtime) -> Result<Given, Failure> {
    if let Some(source) = &scan.token {
        return Ok(Given {
            access: read(source)?,
            refresh: None,
        });
    }
    let Some(url) = &scan.oauth.oauth_token_url else {
        return Err(Failure::usage("a scan needs a token that the service accepts").remedy(
            "give one with --token @env:NAME or --token @file:PATH, or name where to ask for one with --oauth-token-url",
        ));
    };
    let request = scan.oauth.request(url)?;
    let answer = runtime.block_on(request.send(scan.i_own_this_host.as_deref()));
    let ObtainedTokens {
        access, refresh, ..
    } = answer.map_err(|error| refused(&error, url))?;
    Ok(Given { access, refresh })
}

/// What there is to scan with.
pub(super) struct Given {
    pub(super) access: SecretToken,
    /// One that came with it.
    pub(super) refresh: Option<SecretToken>,
}

/// A token without what stands around it in a file or a header.
pub(super) fn read(named: &NamedSecret) -> Result<SecretToken, Failure> {
    let source = named.source()?;
    let secret = source.read()?;
    let text = std::str::from_utf8(secret.expose())
        .map_err(|_| Failure::usage(format!("what is in {source} is no token: it is no text")))?;
    let text = text.trim();
    let bare = text.strip_prefix("Bearer ").unwrap_or(text);
    Ok(SecretToken::new(bare.to_owned()))
}

impl OAuth {
    fn request(&self, url: &str) -> Result<TokenRequest, Failure> {
        let client = self.oauth_client_id.as_deref().unwrap_or_default();
        let mut request = TokenRequest::new(url, client);
        request.client_secret = self.oauth_client_secret.as_ref().map(read).transpose()?;
        request.scope.clone_from(&self.oauth_scope);
        if let (Some(username), Some(password)) = (&self.oauth_username, &self.oauth_password) {
            request.grant = TokenGrant::Password {
                username: username.clone(),
                password: read(password)?,
            };
        } else if let Some(token) = &self.oauth_refresh_token {
            request.grant = TokenGrant::Refresh(read(token)?);
        }
        Ok(request)
    }
}

fn refused(error: &TokenRequestError, url: &str) -> Failure {
    let kind = match error {
        TokenRequestError::Target(_) => Kind::Usage,
        _ => Kind::Unreachable,
    };
    let failure = Failure::new(kind, error.to_string()).at_url(url);
    match std::error::Error::source(error) {
        Some(source) => failure.because(source),
        None => failure.remedy("check the client, its secret and the grant"),
    }
}
