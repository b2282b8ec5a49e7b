use std::collections::BTreeMap;

use super::super::cursor::Cursor;
use super::super::documents::shown;
use super::super::{Alternative, Requirement, Scheme, Security};
use super::Reader;

impl<'t> Reader<'t> {
    /// What is said about an operation: its own word, else the document's.
    pub(super) fn security(
        &self,
        operation: Cursor<'_, 't>,
        document: &Security,
        schemes: &BTreeMap<String, Scheme>,
    ) -> Security {
        match operation.get("security") {
            Some(list) => self.security_list(list, schemes),
            None => document.clone(),
        }
    }

    /// What is said about every operation that says nothing itself.
    pub(super) fn document_security(
        &self,
        root: Cursor<'_, 't>,
        schemes: &BTreeMap<String, Scheme>,
    ) -> Security {
        root.get("security").map_or(Security::NotDeclared, |list| {
            self.security_list(list, schemes)
        })
    }

    fn security_list(&self, list: Cursor<'_, 't>, schemes: &BTreeMap<String, Scheme>) -> Security {
        if list.node.list().is_none() {
            let text = format!("`security` is {}; it is left out", list.node.kind());
            self.note(&list, &text);
            return Security::NotDeclared;
        }
        let mut alternatives = Vec::new();
        let mut anybody = false;
        for item in list.items() {
            let Some(item) = self.map(item, "a security requirement") else {
                continue;
            };
            let requirements: Vec<Requirement> = item
                .entries()
                .filter(|(name, _)| !name.starts_with("x-"))
                .map(|(name, scopes)| self.requirement(name, scopes, schemes))
                .collect();
            if requirements.is_empty() {
                anybody = true;
            } else {
                alternatives.push(Alternative { requirements });
            }
        }
        let wrong = alternatives.is_empty() && list.node.list().is_some_and(|l| !l.is_empty());
        match (alternatives.is_empty(), anybody) {
            (false, false) => Security::Required(alternatives),
            (false, true) => Security::Optional(alternatives),
            // An empty list in a document that knows no scheme says nothing about who may call.
            (true, _) if schemes.is_empty() => Security::NotDeclared,
            (true, false) if wrong => Security::NotDeclared,
            (true, _) => Security::Open,
        }
    }

    fn requirement(
        &self,
        name: &str,
        scopes: Cursor<'_, 't>,
        schemes: &BTreeMap<String, Scheme>,
    ) -> Requirement {
        if !schemes.contains_key(name) {
            let text = format!("the security scheme `{}` is not declared", shown(name));
            self.note(&scopes, &text);
        }
        let list = scopes.node.list().unwrap_or_default();
        Requirement {
            scheme: name.to_owned(),
            scopes: list.iter().filter_map(|scope| scope.scalar()).collect(),
        }
    }
}
