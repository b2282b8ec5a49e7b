/// What a document says about who may call an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Security {
    /// Nothing. It may be protected or not; the document does not say.
    #[default]
    NotDeclared,
    /// Anybody: an empty list of requirements, in a document that declares schemes.
    Open,
    /// Anybody, but whoever satisfies an alternative may see more.
    Optional(Vec<Alternative>),
    /// Whoever satisfies one of the alternatives.
    Required(Vec<Alternative>),
}

impl Security {
    /// Whether the document says that a request without credentials is refused.
    #[must_use]
    pub const fn required(&self) -> bool {
        matches!(self, Self::Required(_))
    }

    /// The ways of being let in; empty where none is declared.
    #[must_use]
    pub fn alternatives(&self) -> &[Alternative] {
        match self {
            Self::Optional(alternatives) | Self::Required(alternatives) => alternatives,
            Self::NotDeclared | Self::Open => &[],
        }
    }
}

/// One way of being let in: all of its requirements together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alternative {
    /// What must be presented.
    pub requirements: Vec<Requirement>,
}

/// One scheme that must be satisfied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requirement {
    /// The scheme's name, a key of [`Spec::schemes`](super::Spec::schemes) unless the document is
    /// wrong.
    pub scheme: String,
    /// The scopes or roles that the caller must hold, all of them.
    pub scopes: Vec<String>,
}
