use std::collections::BTreeMap;

use super::super::cursor::Cursor;
use super::super::documents::shown;
use super::super::{Flow, Location, Scheme, SchemeKind, Version};
use super::Reader;

impl<'t> Reader<'t> {
    pub(super) fn schemes(
        &self,
        root: Cursor<'_, 't>,
        version: Version,
    ) -> BTreeMap<String, Scheme> {
        let components = root.get("components");
        let declared = match version {
            Version::V2_0 => root.get("securityDefinitions"),
            Version::V3_0 | Version::V3_1 => components
                .as_ref()
                .and_then(|components| components.get("securitySchemes")),
        };
        let Some(declared) = declared.and_then(|cursor| self.map(cursor, "the list of schemes"))
        else {
            return BTreeMap::new();
        };
        declared
            .entries()
            .filter(|(name, _)| !name.starts_with("x-"))
            .filter_map(|(name, scheme)| {
                let place = self.place(&scheme);
                let scheme = self.map(scheme, "a security scheme")?;
                let kind = self.scheme_kind(scheme);
                Some((name.to_owned(), Scheme { kind, place }))
            })
            .collect()
    }

    fn scheme_kind(&self, scheme: Cursor<'_, 't>) -> SchemeKind {
        let text = |key: &str| scheme.text_at(key).unwrap_or_default();
        let kind = text("type");
        match kind.to_ascii_lowercase().as_str() {
            "basic" => SchemeKind::Basic,
            "http" => match text("scheme").to_ascii_lowercase().as_str() {
                "bearer" => SchemeKind::Bearer {
                    format: scheme.text_at("bearerFormat").map(str::to_owned),
                },
                "basic" => SchemeKind::Basic,
                other => SchemeKind::Http(other.to_owned()),
            },
            "apikey" => SchemeKind::ApiKey {
                location: match text("in") {
                    "query" => Location::Query,
                    "cookie" => Location::Cookie,
                    "header" => Location::Header,
                    other => {
                        let other = shown(other);
                        let text = format!("a key in `{other}`; it is read as one in a header");
                        self.note(&scheme, &text);
                        Location::Header
                    }
                },
                name: text("name").to_owned(),
            },
            "oauth2" => SchemeKind::OAuth2(self.flows(scheme)),
            "openidconnect" => SchemeKind::OpenIdConnect {
                url: text("openIdConnectUrl").to_owned(),
            },
            "mutualtls" => SchemeKind::MutualTls,
            _ => {
                let text = format!("`{}` is no type of a security scheme", shown(kind));
                self.note(&scheme, &text);
                SchemeKind::Unknown(kind.to_owned())
            }
        }
    }

    fn flows(&self, scheme: Cursor<'_, 't>) -> Vec<Flow> {
        // Swagger 2.0 has one, named within the scheme.
        if let Some(name) = scheme.text_at("flow") {
            return vec![flow(flow_name(name), scheme)];
        }
        let Some(flows) = scheme
            .get("flows")
            .and_then(|flows| self.map(flows, "`flows`"))
        else {
            self.note(&scheme, "an OAuth 2.0 scheme without flows");
            return Vec::new();
        };
        flows
            .entries()
            .filter(|(name, _)| !name.starts_with("x-"))
            .filter_map(|(name, cursor)| Some(flow(name, self.map(cursor, "a flow")?)))
            .collect()
    }
}

fn flow(name: &str, flow: Cursor<'_, '_>) -> Flow {
    let text = |key: &str| {
        let text = flow.text_at(key).filter(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    let scopes = flow.node.get("scopes").and_then(|scopes| scopes.map());
    Flow {
        name: name.to_owned(),
        token_url: text("tokenUrl"),
        authorization_url: text("authorizationUrl"),
        refresh_url: text("refreshUrl"),
        scopes: scopes
            .into_iter()
            .flat_map(|scopes| scopes.iter())
            .map(|(scope, _)| scope.to_owned())
            .filter(|scope| !scope.starts_with("x-"))
            .collect(),
    }
}

/// Swagger 2.0's names in the words of OpenAPI 3.
fn flow_name(name: &str) -> &str {
    match name {
        "application" => "clientCredentials",
        "accessCode" => "authorizationCode",
        other => other,
    }
}
