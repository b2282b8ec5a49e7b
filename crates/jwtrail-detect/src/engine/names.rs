use serde::{Deserialize, Serialize};

/// Names by number, so that entries stay small.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Names {
    names: Vec<String>,
    /// The number that was asked for last: mostly it is asked for again.
    #[serde(skip)]
    last: usize,
}

impl Names {
    /// The name's number. Past the limit all further names are one.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if self.names.get(self.last).is_none_or(|last| last != name) {
            self.last = self.find(name);
        }
        u32::try_from(self.last).unwrap_or(u32::MAX)
    }

    /// The name's number, if it has one.
    pub(super) fn known(&self, name: &str) -> Option<u32> {
        let last = self.names.get(self.last).filter(|last| *last == name);
        let at = match last {
            Some(_) => self.last,
            None => self.names.iter().position(|known| known == name)?,
        };
        u32::try_from(at).ok()
    }

    fn find(&mut self, name: &str) -> usize {
        let found = self.names.iter().position(|known| known == name);
        found.unwrap_or_else(|| {
            if self.names.len() < MAX_NAMES {
                self.names.push(name.to_owned());
            } else if self.names.len() == MAX_NAMES {
                self.names.push("(other)".to_owned());
            }
            self.names.len() - 1
        })
    }

    /// Whether a snapshot can have them.
    pub(super) fn is_sound(&self) -> bool {
        self.names.len() <= MAX_NAMES + 1
    }

    pub(super) fn name(&self, number: u32) -> &str {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        self.names.get(at).map_or("", String::as_str)
    }
}

/// Services write under names that their producers were given; files may hold any.
const MAX_NAMES: usize = 1_024;
