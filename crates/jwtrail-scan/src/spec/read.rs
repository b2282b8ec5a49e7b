//! From bytes to a [`Spec`].

mod bodies;
mod operations;
mod parameters;
mod responses;
mod schemes;
mod security;
mod servers;

use std::cell::RefCell;

use super::cursor::Cursor;
use super::documents::{Document, Documents, shown};
use super::remote::{Fetched, fetch_all};
use super::tree::{At, Lines, Remark, Tree};
use super::{Note, Place, Remote, Spec, SpecError, Version, source};

/// Reads a document. References to other documents are not followed, which a note says.
///
/// ```
/// use jwtrail_scan::spec::{Security, read};
///
/// let spec = read(br#"
/// openapi: 3.0.3
/// info: {title: Orders, version: "1"}
/// paths:
///   /orders:
///     get:
///       security: [{bearer: [orders:read]}]
///       responses: {"200": {description: ok}}
/// components:
///   securitySchemes:
///     bearer: {type: http, scheme: bearer}
/// "#).unwrap();
/// let list = &spec.operations[0];
/// assert_eq!((list.name().as_str(), list.place.line), ("GET /orders", 6));
/// let Security::Required(ways) = &list.security else { panic!() };
/// assert_eq!(ways[0].requirements[0].scopes, ["orders:read"]);
/// ```
///
/// # Errors
///
/// When the bytes are no JSON or YAML, are too many, or describe no API. A document with mistakes
/// is read, and [`Spec::notes`] tells them.
pub fn read(bytes: &[u8]) -> Result<Spec, SpecError> {
    let (text, replaced) = source::text(bytes)?;
    read_texts("", &text, replaced, &[], Vec::new())
}

/// Reads a document and those that it refers to. `address` is where it came from, which its
/// references are relative to.
///
/// # Errors
///
/// As for [`read`]. A document that it refers to and that cannot be had is a note.
pub fn read_with(bytes: &[u8], address: &str, remote: &mut dyn Remote) -> Result<Spec, SpecError> {
    let (text, replaced) = source::text(bytes)?;
    let (fetched, failures) = fetch_all(address, &text, remote);
    read_texts(address, &text, replaced, &fetched, failures)
}

fn read_texts(
    address: &str,
    text: &str,
    replaced: bool,
    fetched: &[Fetched],
    failures: Vec<String>,
) -> Result<Spec, SpecError> {
    let Tree { root, remarks } = source::tree(text)?;
    let mut documents = vec![Document {
        url: address.to_owned(),
        root,
        lines: Lines::new(text),
    }];
    let others: Vec<_> = fetched
        .iter()
        .map(|other| (&other.address, source::text(&other.bytes)))
        .collect();
    let mut failures = failures;
    for (address, text) in &others {
        let text = text.as_ref().map(|(text, _)| text.as_ref());
        match text
            .map_err(Clone::clone)
            .and_then(|text| Ok((text, source::tree(text)?)))
        {
            Ok((text, tree)) => documents.push(Document {
                url: (*address).clone(),
                root: tree.root,
                lines: Lines::new(text),
            }),
            Err(error) => failures.push(format!("cannot read `{address}`: {error}")),
        }
    }
    let reader = Reader {
        documents: Documents { all: &documents },
        notes: RefCell::new(Vec::new()),
        left_out: RefCell::new(0),
    };
    let Some(first) = documents.first() else {
        return Err(SpecError::NotASpec);
    };
    let root = Cursor::root(0, &first.root);
    if replaced {
        reader.note(&root, "not all of it is UTF-8; what is not was replaced");
    }
    for failure in failures {
        reader.note(&root, &failure);
    }
    for Remark { at, text } in remarks {
        reader.push(reader.place_at(0, at, String::new()), text);
    }
    reader.spec(root)
}

/// Reads nodes, and notes what it cannot read.
struct Reader<'t> {
    documents: Documents<'t>,
    notes: RefCell<Vec<Note>>,
    left_out: RefCell<usize>,
}

impl<'t> Reader<'t> {
    fn spec(self, root: Cursor<'_, 't>) -> Result<Spec, SpecError> {
        let version = self.version(root)?;
        let schemes = self.schemes(root, version);
        let spec = Spec {
            title: root
                .node
                .get("info")
                .and_then(|info| info.get("title")?.scalar())
                .unwrap_or_default(),
            version,
            servers: self.servers(root, version),
            operations: self.operations(root, version, &schemes),
            schemes,
            notes: Vec::new(),
        };
        let mut notes = self.notes.into_inner();
        let left_out = self.left_out.into_inner();
        if left_out > 0 {
            notes.push(Note {
                place: Place::nowhere(),
                text: format!("{left_out} more notes are left out"),
            });
        }
        Ok(Spec { notes, ..spec })
    }

    fn version(&self, root: Cursor<'_, 't>) -> Result<Version, SpecError> {
        let said = |key: &str| root.node.get(key).and_then(super::tree::Node::scalar);
        if let Some(version) = said("openapi") {
            return Ok(match version.trim() {
                v if v == "3" || v.starts_with("3.0") => Version::V3_0,
                v if v.starts_with("3.1") => Version::V3_1,
                v if v.starts_with("3.") => {
                    self.note(&root, &format!("version {} is read as 3.1", shown(v)));
                    Version::V3_1
                }
                v if v.starts_with('2') => Version::V2_0,
                v => return Err(SpecError::Version(shown(v))),
            });
        }
        if let Some(version) = said("swagger") {
            return match version.trim() {
                v if v.starts_with('2') => Ok(Version::V2_0),
                v if v.starts_with('3') => Ok(Version::V3_0),
                v => Err(SpecError::Version(shown(v))),
            };
        }
        if let Some(version) = said("swaggerVersion") {
            return Err(SpecError::Version(shown(&version)));
        }
        if root
            .node
            .get("paths")
            .and_then(|paths| paths.map())
            .is_none()
        {
            return Err(SpecError::NotASpec);
        }
        let old = ["host", "basePath", "securityDefinitions", "definitions"];
        let version = if old.iter().any(|key| root.node.get(key).is_some()) {
            Version::V2_0
        } else {
            Version::V3_0
        };
        let text = format!("it names no version; it is read as {}", version.as_str());
        self.note(&root, &text);
        Ok(version)
    }

    /// Follows references; what leads nowhere is noted, and none.
    fn follow<'p>(&self, cursor: Cursor<'p, 't>) -> Option<Cursor<'p, 't>> {
        match self.documents.follow(cursor) {
            Ok(target) => Some(target),
            Err(why) => {
                self.note(&cursor, &why);
                None
            }
        }
    }

    /// Follows references to a map; anything else is noted, and none.
    fn map<'p>(&self, cursor: Cursor<'p, 't>, what: &str) -> Option<Cursor<'p, 't>> {
        let target = self.follow(cursor)?;
        if target.node.map().is_none() {
            let text = format!("{what} is {}; it is left out", target.node.kind());
            self.note(&target, &text);
            return None;
        }
        Some(target)
    }

    fn place(&self, cursor: &Cursor<'_, 't>) -> Place {
        self.place_at(cursor.document, cursor.node.at, cursor.pointer())
    }

    fn place_at(&self, document: usize, at: At, pointer: String) -> Place {
        let found = self.documents.all.get(document);
        let (line, column) = found.map_or((0, 0), |found| found.lines.of(at));
        Place {
            line,
            column,
            pointer,
            document: found
                .filter(|_| document > 0)
                .map(|found| found.url.clone()),
        }
    }

    fn note(&self, cursor: &Cursor<'_, 't>, text: &str) {
        if self.notes.borrow().len() < MAX_NOTES {
            self.push(self.place(cursor), text.to_owned());
        } else {
            *self.left_out.borrow_mut() += 1;
        }
    }

    fn push(&self, place: Place, text: String) {
        self.notes.borrow_mut().push(Note { place, text });
    }
}

/// How many notes are kept; more are counted.
const MAX_NOTES: usize = 1000;
