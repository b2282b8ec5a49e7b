use jwtrail_detect::{Engine, Observation};
use jwtrail_event::Record;
use jwtrail_store::StoreError;

use super::Detection;
use crate::internal_events::{RulesInForce, RulesLost, RulesNotApplied};
use crate::rules::{self, InForce, RuleTexts};

/// A record with its place in the log.
type Placed<'e> = (u64, Record<'e>);

impl Detection<'_> {
    /// Takes in what follows in the log: all at once, but for what has to come between. When it fails,
    /// what it got through is not taken in again.
    pub(super) fn take_in(&mut self, records: &[Placed<'_>]) -> Result<(), StoreError> {
        let mut rest = records;
        while let Some(first) = rest.first() {
            let (run, others) = rest.split_at(self.run_from(first, rest));
            // Read before, so that it can be tried again.
            let coming = match run.last() {
                Some((position, record)) => self.coming_after(*position, record)?,
                None => None,
            };
            self.observe(run);
            if let Some(coming) = coming {
                self.put_in_force(coming);
            }
            rest = others;
        }
        Ok(())
    }

    /// How many records are judged by the same rules, and are all known already or all news.
    fn run_from(&self, (first, _): &Placed<'_>, records: &[Placed<'_>]) -> usize {
        let known = *first <= self.applied;
        let same = |(position, _): &&Placed<'_>| (*position <= self.applied) == known;
        let alike = records.iter().take_while(same).count();
        let rules = |(_, record): &Placed<'_>| rules::announced(record).is_some();
        let last = records.iter().take(alike).position(rules);
        last.map_or(alike, |last| last + 1)
    }

    fn observe(&mut self, run: &[Placed<'_>]) {
        let native = self.core.producers.native_names();
        let known = self.pending.len();
        let read = |index: usize, observe: &mut dyn FnMut(&Observation<'_>)| {
            if let Some(placed) = run.get(index) {
                observe(&observation(placed));
            }
        };
        self.engine
            .observe_batch(run.len(), read, &mut self.pending);
        for placed in run {
            self.active.learn(&placed.1, &native);
            self.collapse
                .observe(&observation(placed), &mut self.pending);
            self.position = placed.0;
        }
        self.gather(known);
        if self.position <= self.applied {
            self.pending.clear();
        }
    }

    /// The rules that a record puts in force, if they are others: after it, so that the rules before
    /// have judged it.
    fn coming_after(
        &self,
        position: u64,
        record: &Record<'_>,
    ) -> Result<Option<Coming>, StoreError> {
        let Some(hash) = rules::announced(record).filter(|hash| *hash != self.in_force) else {
            return Ok(None);
        };
        let texts = rules::texts_of(&*self.core.store, hash)?;
        Ok(Some(Coming {
            position,
            hash: hash.to_owned(),
            texts,
            since: record.received_at.unwrap_or(record.time),
        }))
    }

    fn put_in_force(&mut self, coming: Coming) {
        let hash = &coming.hash;
        let parsed = coming
            .texts
            .and_then(|texts| Some((texts.rules().ok()?, texts)));
        let Some((set, texts)) = parsed else {
            RulesLost { set: hash }.emit();
            return;
        };
        // What did not change keeps its state, as it does over a restart.
        match Engine::restore(set.clone(), &self.engine.snapshot()) {
            Ok(engine) => self.engine = engine,
            Err(error) => {
                RulesNotApplied { error: &error }.emit();
                return;
            }
        }
        self.in_force.clone_from(hash);
        self.rules.push(rules::at(coming.position, hash));
        let in_force = InForce::new(&texts, &set, Some(coming.since));
        RulesInForce {
            set: hash,
            rules: in_force.infos.len(),
        }
        .emit();
        self.core.rules.put(in_force);
    }
}

/// A set of rules that the log names.
struct Coming {
    position: u64,
    hash: String,
    /// None where nobody has kept them.
    texts: Option<RuleTexts>,
    since: jwtrail_event::Timestamp,
}

fn observation<'r>((position, record): &'r Placed<'_>) -> Observation<'r> {
    Observation {
        record,
        position: *position,
        received_at: record.received_at.unwrap_or(record.time),
        producer: record.producer.as_ref().map_or("", |text| text.as_str()),
    }
}
