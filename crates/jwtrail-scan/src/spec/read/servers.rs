use super::super::cursor::Cursor;
use super::super::documents::shown;
use super::super::{Server, Version};
use super::Reader;

impl<'t> Reader<'t> {
    /// Where the document says that its service is reached.
    pub(super) fn servers(&self, root: Cursor<'_, 't>, version: Version) -> Vec<Server> {
        match version {
            Version::V2_0 => self.host(root),
            Version::V3_0 | Version::V3_1 => self.listed_servers(root),
        }
    }

    /// The `servers` of a document, a path or an operation.
    pub(super) fn listed_servers(&self, holder: Cursor<'_, 't>) -> Vec<Server> {
        let Some(list) = holder.get("servers") else {
            return Vec::new();
        };
        list.items()
            .filter_map(|server| self.server(server))
            .collect()
    }

    fn server(&self, server: Cursor<'_, 't>) -> Option<Server> {
        let Some(url) = server.text_at("url") else {
            self.note(&server, "a server without a URL is left out");
            return None;
        };
        let variables = server.get("variables");
        let filled = filled(url.trim(), |name| {
            let variable = variables?.node.get(name)?;
            let first = || variable.get("enum")?.list()?.first()?.scalar();
            variable
                .get("default")
                .and_then(|default| default.scalar())
                .or_else(first)
        });
        let url = filled.unwrap_or_else(|variable| {
            let name = shown(variable);
            self.note(
                &server,
                &format!("the server's variable `{name}` has no value"),
            );
            url.trim().to_owned()
        });
        Some(Server {
            url,
            place: self.place(&server),
        })
    }

    /// Swagger 2.0's `schemes`, `host` and `basePath`.
    fn host(&self, root: Cursor<'_, 't>) -> Vec<Server> {
        let path = root.text_at("basePath").unwrap_or_default().trim();
        let slash = if path.is_empty() || path.starts_with('/') {
            ""
        } else {
            "/"
        };
        let Some(host) = root.get("host").filter(|host| host.node.text().is_some()) else {
            return root.get("basePath").map_or_else(Vec::new, |base| {
                let url = format!("{slash}{path}");
                let place = self.place(&base);
                vec![Server { url, place }]
            });
        };
        let name = host.node.text().unwrap_or_default().trim();
        let schemes = root.node.get("schemes").and_then(|schemes| schemes.list());
        let mut schemes: Vec<&str> = schemes
            .unwrap_or_default()
            .iter()
            .filter_map(|scheme| scheme.text())
            .filter(|scheme| matches!(*scheme, "http" | "https"))
            .collect();
        if schemes.is_empty() {
            schemes.push("https");
        }
        schemes
            .into_iter()
            .map(|scheme| Server {
                url: format!("{scheme}://{name}{slash}{path}"),
                place: self.place(&host),
            })
            .collect()
    }
}

/// A template with its variables filled in, or the one that has no value.
fn filled(template: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, &str> {
    let mut url = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, beyond)) = after.split_once('}') else {
            break;
        };
        url.push_str(before);
        url.push_str(&value(name).ok_or(name)?);
        rest = beyond;
    }
    url.push_str(rest);
    Ok(url)
}
