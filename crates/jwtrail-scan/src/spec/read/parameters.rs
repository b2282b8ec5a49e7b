use serde_json::Value;

use super::super::cursor::Cursor;
use super::super::documents::shown;
use super::super::sample::{Sampler, written};
use super::super::{Body, Location, Parameter, Version};
use super::Reader;
use super::bodies::rank;

impl<'t> Reader<'t> {
    /// The parameters of a path and of an operation, whose own override the path's. In Swagger
    /// 2.0 the body is among them.
    pub(super) fn parameters(
        &self,
        root: Cursor<'_, 't>,
        path: &str,
        item: Cursor<'_, 't>,
        operation: Cursor<'_, 't>,
        version: Version,
    ) -> (Vec<Parameter>, Option<Body>) {
        let mut read = Parameters::default();
        for holder in [item, operation] {
            let Some(list) = holder.get("parameters") else {
                continue;
            };
            if list.node.list().is_none() {
                let text = format!("`parameters` is {}; it is left out", list.node.kind());
                self.note(&list, &text);
            }
            for parameter in list.items() {
                if let Some(parameter) = self.map(parameter, "a parameter") {
                    self.parameter(parameter, version, &mut read);
                }
            }
        }
        for name in placeholders(path) {
            let held = |p: &Parameter| p.location == Location::Path && p.name == name;
            if !read.parameters.iter().any(held) {
                let text = format!("the path's parameter `{}` is not declared", shown(name));
                self.note(&operation, &text);
                read.parameters.push(undeclared(name));
            }
        }
        let body = self.old_body(root, operation, &read);
        (read.parameters, body)
    }

    fn parameter(&self, parameter: Cursor<'_, 't>, version: Version, read: &mut Parameters) {
        let Some(name) = parameter.node.get("name").and_then(|name| name.scalar()) else {
            self.note(&parameter, "a parameter without a name is left out");
            return;
        };
        let location = match parameter.text_at("in").unwrap_or_default() {
            "path" => Location::Path,
            "query" => Location::Query,
            "header" => Location::Header,
            "cookie" => Location::Cookie,
            "body" if version == Version::V2_0 => {
                read.body = Some(self.sampled_body(parameter));
                return;
            }
            "formData" if version == Version::V2_0 => {
                read.file |= parameter.text_at("type") == Some("file");
                let sample = Sampler::new(&self.documents).of(parameter);
                read.form.push((name, sample.unwrap_or(Value::Null)));
                return;
            }
            other => {
                let text = format!("a parameter in `{}` is left out", shown(other));
                self.note(&parameter, &text);
                return;
            }
        };
        let parameter = self.declared(name, location, parameter);
        read.parameters
            .retain(|held| held.location != location || held.name != parameter.name);
        read.parameters.push(parameter);
    }

    fn declared(&self, name: String, location: Location, parameter: Cursor<'_, 't>) -> Parameter {
        // In Swagger 2.0 the parameter is its own schema; in OpenAPI 3 it has one, or a content.
        let schema = parameter.get("schema").or_else(|| {
            let content = parameter.node.get("content")?.map()?;
            let (_, media) = content.iter().next()?;
            let cursor = Cursor::jumped(parameter.document, media, "");
            Some(Cursor::jumped(cursor.document, media.get("schema")?, ""))
        });
        let schema = schema
            .and_then(|schema| self.documents.follow(schema).ok())
            .unwrap_or(parameter);
        let sampler = Sampler::new(&self.documents);
        let given = sampler.given(parameter).or_else(|| sampler.given(schema));
        let sample = given.clone().or_else(|| sampler.of(schema));
        let required = parameter.node.get("required").and_then(|r| r.bool());
        let allowed = schema.node.get("enum").and_then(|allowed| allowed.list());
        Parameter {
            name,
            location,
            required: location == Location::Path || required.unwrap_or(false),
            kind: super::super::sample::kind(schema.node).map(str::to_owned),
            format: schema.text_at("format").map(str::to_owned),
            allowed: allowed
                .unwrap_or_default()
                .iter()
                .filter_map(|value| value.scalar())
                .collect(),
            sample: sample.map(|value| written(&value)).unwrap_or_default(),
            sample_is_given: given.is_some(),
        }
    }

    fn sampled_body(&self, parameter: Cursor<'_, 't>) -> (bool, Option<Value>) {
        let required = parameter.node.get("required").and_then(|r| r.bool());
        let sample = Sampler::new(&self.documents).held(parameter);
        (required.unwrap_or(false), sample)
    }

    /// The body of Swagger 2.0, whose type the operation or the document tells.
    fn old_body(
        &self,
        root: Cursor<'_, 't>,
        operation: Cursor<'_, 't>,
        read: &Parameters,
    ) -> Option<Body> {
        if read.body.is_none() && read.form.is_empty() {
            return None;
        }
        let consumes = |holder: Cursor<'_, 't>| holder.node.get("consumes")?.list();
        let consumed = consumes(operation).or_else(|| consumes(root));
        let consumed = consumed.unwrap_or_default().iter();
        let consumed = consumed.filter_map(|media| media.text());
        if let Some((required, sample)) = &read.body {
            let content_type = consumed.min_by_key(|media| rank(media));
            return Some(Body {
                content_type: content_type.unwrap_or("application/json").to_owned(),
                required: *required,
                sample: sample.clone(),
            });
        }
        let multipart = read.file || consumed.into_iter().any(|m| m.starts_with("multipart/"));
        Some(Body {
            content_type: if multipart {
                "multipart/form-data".to_owned()
            } else {
                "application/x-www-form-urlencoded".to_owned()
            },
            required: true,
            sample: Some(Value::Object(read.form.iter().cloned().collect())),
        })
    }
}

/// What the parameters of an operation come to.
#[derive(Default)]
struct Parameters {
    parameters: Vec<Parameter>,
    /// Whether a body is required, and what it may be.
    body: Option<(bool, Option<Value>)>,
    form: Vec<(String, Value)>,
    file: bool,
}

/// The names in braces.
fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty() && !name.starts_with(['?', '&', '#']))
}

fn undeclared(name: &str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        location: Location::Path,
        required: true,
        kind: None,
        format: None,
        allowed: Vec::new(),
        sample: "1".to_owned(),
        sample_is_given: false,
    }
}
