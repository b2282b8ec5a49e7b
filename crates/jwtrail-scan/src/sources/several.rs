use super::decoder::mark;
use crate::observed::{LogSource, Polled};
use crate::switch::Switch;

/// Several sources as one; each record says which it came from.
#[derive(Default)]
pub struct Several {
    sources: Vec<Box<dyn LogSource>>,
}

impl Several {
    /// All of these sources together.
    #[must_use]
    pub fn new(sources: Vec<Box<dyn LogSource>>) -> Self {
        Self { sources }
    }
}

impl std::fmt::Debug for Several {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.sources.iter().map(|source| source.description());
        f.debug_list().entries(names).finish()
    }
}

impl LogSource for Several {
    fn switches(&self) -> Vec<Switch> {
        let sources = self.sources.iter();
        sources.flat_map(|source| source.switches()).collect()
    }

    fn description(&self) -> String {
        let names: Vec<String> = self
            .sources
            .iter()
            .map(|source| source.description())
            .collect();
        names.join("; ")
    }

    fn poll(&mut self) -> Polled<'_> {
        Box::pin(async {
            let mut all = Vec::new();
            let several = self.sources.len() > 1;
            for source in &mut self.sources {
                let name = source.description();
                for mut record in source.poll().await? {
                    if several {
                        record.fields.insert(mark::SOURCE.to_owned(), name.clone());
                    }
                    all.push(record);
                }
            }
            Ok(all)
        })
    }
}
