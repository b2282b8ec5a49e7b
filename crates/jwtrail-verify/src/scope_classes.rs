use std::sync::Arc;

use crate::ScopeSet;
use crate::scope::is_element;

/// The application's names for kinds of scopes, in its order: the first has precedence.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScopeClasses(Vec<ScopeClass>);

#[derive(Clone, Debug)]
struct ScopeClass {
    name: Arc<str>,
    scopes: Vec<Box<str>>,
}

impl ScopeClasses {
    pub(crate) fn add<'a>(&mut self, name: &str, scopes: impl IntoIterator<Item = &'a str>) {
        self.0.push(ScopeClass {
            name: name.into(),
            scopes: scopes.into_iter().map(Box::from).collect(),
        });
    }

    /// The classes of this scope: those of which it holds an element.
    pub(crate) fn of(&self, granted: &ScopeSet) -> Box<[Arc<str>]> {
        let classes = self.0.iter();
        let held = classes.filter(|class| class.scopes.iter().any(|s| granted.contains(s)));
        held.map(|class| Arc::clone(&class.name)).collect()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|class| &*class.name)
    }

    /// A class that says nothing: without a name, named twice, or without a scope that a token
    /// can have.
    pub(crate) fn unusable(&self) -> Option<&str> {
        let mut classes = self.0.iter().enumerate();
        let found = classes.find(|(index, class)| {
            let mut before = self.0.iter().take(*index);
            !is_element(&class.name)
                || before.any(|other| other.name == class.name)
                || class.scopes.is_empty()
                || !class.scopes.iter().all(|scope| is_element(scope))
        });
        found.map(|(_, class)| &*class.name)
    }
}
