use regex_lite::RegexBuilder;
use rsigma_parser::{Modifier, SigmaString, SigmaValue, SpecialChar, StringPart};

use super::nearest::instead_of;
use crate::selection::{Cidr, Compare, Field, Glob, Piece, Test};

/// Why a field can't be compared with a value, and what to do.
#[derive(Debug)]
pub(super) struct Unfit {
    pub(super) what: String,
    pub(super) remedy: String,
}

impl From<String> for Unfit {
    fn from(what: String) -> Self {
        let remedy = FORMS.to_owned();
        Self { what, remedy }
    }
}

impl From<&str> for Unfit {
    fn from(what: &str) -> Self {
        what.to_owned().into()
    }
}

/// How a field is compared: what Sigma's modifiers say of it.
#[derive(Debug, Default)]
pub(super) struct Form {
    pub(super) all: bool,
    pub(super) negated: bool,
    cased: bool,
    open_start: bool,
    open_end: bool,
    exists: bool,
    compare: Option<Compare>,
    kind: Kind,
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Value,
    Regex,
    Cidr,
    Field,
}

impl Form {
    /// The name of the first modifier that is not supported, where there is one.
    pub(super) fn of(modifiers: &[Modifier]) -> Result<Self, String> {
        let mut form = Self::default();
        for modifier in modifiers {
            match modifier {
                Modifier::All => form.all = true,
                Modifier::Neq => form.negated = true,
                Modifier::Cased => form.cased = true,
                Modifier::Contains => (form.open_start, form.open_end) = (true, true),
                Modifier::StartsWith => form.open_end = true,
                Modifier::EndsWith => form.open_start = true,
                Modifier::Exists => form.exists = true,
                Modifier::Gt => form.compare = Some(Compare::Greater),
                Modifier::Gte => form.compare = Some(Compare::GreaterOrEqual),
                Modifier::Lt => form.compare = Some(Compare::Less),
                Modifier::Lte => form.compare = Some(Compare::LessOrEqual),
                Modifier::Re => form.kind = Kind::Regex,
                Modifier::Cidr => form.kind = Kind::Cidr,
                Modifier::FieldRef => form.kind = Kind::Field,
                Modifier::IgnoreCase => form.ignore_case = true,
                Modifier::Multiline => form.multi_line = true,
                Modifier::DotAll => form.dot_all = true,
                other => return Err(format!("{other:?}").to_lowercase()),
            }
        }
        Ok(form)
    }

    /// The comparison with one value, or why there can be none.
    pub(super) fn test(&self, field: Field, value: &SigmaValue) -> Result<Test, Unfit> {
        match (self.kind, value) {
            (Kind::Value, _) => self.plain(field, value),
            (Kind::Regex, SigmaValue::String(text)) => self.regex(&text.original),
            (Kind::Cidr, SigmaValue::String(text)) => Cidr::parse(&text.original)
                .map(Test::Cidr)
                .ok_or_else(|| format!("`{}` is no network", text.original).into()),
            (Kind::Field, SigmaValue::String(text)) => Field::from_name(&text.original)
                .map(Test::SameAs)
                .ok_or_else(|| {
                    let known: Vec<&str> = Field::NAMES.iter().map(|(name, _)| *name).collect();
                    Unfit {
                        what: format!("unknown field `{}`", text.original),
                        remedy: instead_of(&text.original, &known),
                    }
                }),
            _ => Err("a pattern that is no text".into()),
        }
    }

    fn regex(&self, pattern: &str) -> Result<Test, Unfit> {
        RegexBuilder::new(pattern)
            .case_insensitive(self.ignore_case)
            .multi_line(self.multi_line)
            .dot_matches_new_line(self.dot_all)
            .size_limit(MAX_REGEX)
            .build()
            .map(Test::Regex)
            .map_err(|error| format!("`{pattern}` is no regular expression: {error}").into())
    }

    fn plain(&self, field: Field, value: &SigmaValue) -> Result<Test, Unfit> {
        match value {
            SigmaValue::Bool(wanted) if self.exists => Ok(Test::Exists(*wanted)),
            _ if self.exists => Err("`exists` with something else than true or false".into()),
            SigmaValue::Integer(number) => {
                let compare = self.compare.unwrap_or(Compare::Equal);
                Ok(Test::Integer(compare, *number))
            }
            _ if self.compare.is_some() => Err("a comparison with what is no number".into()),
            SigmaValue::Bool(wanted) => Ok(Test::Flag(*wanted)),
            SigmaValue::Null => Ok(Test::Exists(false)),
            SigmaValue::String(text) => {
                let glob = self.glob(text);
                // A name that the closed set does not have would never be there.
                match field.names() {
                    Some(names) if !names.iter().any(|name| glob.matches(name)) => Err(Unfit {
                        what: format!("no {} is called `{}`", field.name(), text.original),
                        remedy: instead_of(&text.original, &names),
                    }),
                    _ => Ok(Test::Text(glob)),
                }
            }
            SigmaValue::Float(number) => Err(format!("the number {number} is not whole").into()),
        }
    }

    fn glob(&self, text: &SigmaString) -> Glob {
        let mut pieces = Vec::new();
        pieces.extend(self.open_start.then_some(Piece::AnyText));
        for part in &text.parts {
            match part {
                StringPart::Plain(plain) => pieces.extend(plain.chars().map(Piece::One)),
                StringPart::Special(SpecialChar::WildcardMulti) => pieces.push(Piece::AnyText),
                StringPart::Special(SpecialChar::WildcardSingle) => pieces.push(Piece::AnyOne),
            }
        }
        pieces.extend(self.open_end.then_some(Piece::AnyText));
        Glob::new(pieces, self.cased)
    }
}

const FORMS: &str = "compare texts with texts, numbers with numbers, exists with true or false";

pub(super) const SUPPORTED: &str = "supported: fields with values, `*` and `?`, contains, startswith, endswith, all, cased, \
     exists, neq, gt, gte, lt, lte, re (with i, m, s), cidr, fieldref";

/// Bytes of a compiled regular expression.
const MAX_REGEX: usize = 1 << 20;
