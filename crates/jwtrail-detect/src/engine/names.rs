use serde::{Deserialize, Serialize};

/// Names by number, so that entries stay small.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// The name's number. Past the limit all further names are one.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        let found = self.0.iter().position(|known| known == name);
        let number = found.unwrap_or_else(|| {
            if self.0.len() < MAX_NAMES {
                self.0.push(name.to_owned());
            } else if self.0.len() == MAX_NAMES {
                self.0.push("(other)".to_owned());
            }
            self.0.len() - 1
        });
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// Whether a snapshot can have them.
    pub(super) fn is_sound(&self) -> bool {
        self.0.len() <= MAX_NAMES + 1
    }

    pub(super) fn name(&self, number: u32) -> &str {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        self.0.get(at).map_or("", String::as_str)
    }
}

/// Services write under names that their producers were given; files may hold any.
const MAX_NAMES: usize = 1_024;
