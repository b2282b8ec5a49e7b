use std::collections::BTreeMap;

use super::super::cursor::Cursor;
use super::super::documents::shown;
use super::super::{Method, Operation, Scheme, Security, Server, Version};
use super::Reader;

/// What holds for every operation of a document.
pub(super) struct Whole<'s> {
    version: Version,
    schemes: &'s BTreeMap<String, Scheme>,
    security: Security,
}

impl<'t> Reader<'t> {
    pub(super) fn operations(
        &self,
        root: Cursor<'_, 't>,
        version: Version,
        schemes: &BTreeMap<String, Scheme>,
    ) -> Vec<Operation> {
        let Some(paths) = root.get("paths") else {
            self.note(&root, "it has no `paths`");
            return Vec::new();
        };
        let Some(paths) = self.map(paths, "`paths`") else {
            return Vec::new();
        };
        let whole = Whole {
            version,
            schemes,
            security: self.document_security(root, schemes),
        };
        let mut operations = Vec::new();
        for (path, item) in paths.entries() {
            if path.starts_with("x-") {
                continue;
            }
            let mut path = path.to_owned();
            if !path.starts_with('/') {
                let text = "a path that does not begin with `/` is read as if it did";
                self.note(&item, text);
                path.insert(0, '/');
            }
            if let Some(item) = self.map(item, "a path") {
                self.path_item(root, &path, item, &whole, &mut operations);
            }
        }
        operations
    }

    fn path_item(
        &self,
        root: Cursor<'_, 't>,
        path: &str,
        item: Cursor<'_, 't>,
        whole: &Whole<'_>,
        operations: &mut Vec<Operation>,
    ) {
        let servers = self.listed_servers(item);
        for (key, operation) in item.entries() {
            let Some(method) = Method::named(key) else {
                if !KEYS.contains(&key) && !key.starts_with("x-") {
                    let text = format!("`{}` is no method; it is left out", shown(key));
                    self.note(&operation, &text);
                }
                continue;
            };
            let Some(operation) = self.map(operation, "an operation") else {
                continue;
            };
            operations.push(self.operation(root, path, method, (item, operation), &servers, whole));
        }
    }

    fn operation(
        &self,
        root: Cursor<'_, 't>,
        path: &str,
        method: Method,
        (item, operation): (Cursor<'_, 't>, Cursor<'_, 't>),
        path_servers: &[Server],
        whole: &Whole<'_>,
    ) -> Operation {
        let own_servers = self.listed_servers(operation);
        let tags = operation.node.get("tags").and_then(|tags| tags.list());
        let (parameters, body) = self.parameters(root, path, item, operation, whole.version);
        Operation {
            id: operation.text_at("operationId").map(str::to_owned),
            tags: tags
                .unwrap_or_default()
                .iter()
                .filter_map(|tag| tag.scalar())
                .collect(),
            security: self.security(operation, &whole.security, whole.schemes),
            parameters,
            body: body.or_else(|| self.body(operation)),
            responses: self.responses(operation),
            servers: if own_servers.is_empty() {
                path_servers.to_vec()
            } else {
                own_servers
            },
            deprecated: operation
                .node
                .get("deprecated")
                .and_then(|deprecated| deprecated.bool())
                .unwrap_or(false),
            ..Operation::new(method, path.to_owned(), self.place(&operation))
        }
    }
}

/// What a path has beside its operations.
const KEYS: [&str; 5] = ["$ref", "summary", "description", "servers", "parameters"];
