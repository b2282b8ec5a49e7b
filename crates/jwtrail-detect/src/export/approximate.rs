use std::collections::BTreeSet;

use yaml_serde::{Mapping, Value};

use super::written::{correlation, detection};
use crate::parse::Document;
use crate::{KeyClass, RuleInfo};

/// What comes near a native rule: Sigma's documents, and what they do not say.
pub(super) struct Approximation {
    pub(super) documents: Vec<Mapping>,
    pub(super) losses: Vec<String>,
}

/// What is counted of a native rule.
pub(super) struct Counted<'d> {
    pub(super) kind: &'static str,
    /// In the place of the detection's own condition.
    pub(super) condition: &'d str,
    pub(super) field: Option<&'d str>,
    pub(super) at_least: usize,
    pub(super) window: &'d str,
}

impl Approximation {
    /// That of a file's rule, or why there is none.
    pub(super) fn of(
        all: &[Document<'_>],
        main: &Document<'_>,
        info: &RuleInfo,
    ) -> Result<Self, String> {
        let mut near = Self {
            documents: Vec::new(),
            losses: vec![
                "episodes: it fires at every event that finds the condition met".to_owned(),
            ],
        };
        let keys = near.keys(info);
        near.native(all, main, main, &keys)?;
        near.losses.extend(lost_trust(info));
        // Parts may lose the same.
        let mut told = BTreeSet::new();
        near.losses.retain(|loss| told.insert(loss.clone()));
        Ok(near)
    }

    fn native(
        &mut self,
        all: &[Document<'_>],
        main: &Document<'_>,
        part: &Document<'_>,
        keys: &[String],
    ) -> Result<(), String> {
        let kind = text(part, "type")?;
        if kind == "any" {
            self.any(all, main, part, keys)?;
        } else {
            let counted = self.counted(part, kind)?;
            let (events, name) = detection(main, part, counted.condition);
            self.documents.push(events);
            self.documents
                .push(correlation(main, part, &name, &counted, keys));
        }
        if part.has_at(&["native", "escalate"]) {
            self.losses
                .push("escalation: the level stays the first one".to_owned());
        }
        let fields = super::derived_fields(&part.selections());
        if !fields.is_empty() {
            self.losses.push(lost_fields(&fields));
        }
        Ok(())
    }

    /// Each part by itself, at the level of the whole.
    fn any(
        &mut self,
        all: &[Document<'_>],
        main: &Document<'_>,
        part: &Document<'_>,
        keys: &[String],
    ) -> Result<(), String> {
        let names = part.list(&["native", "rules"]).map_err(|e| e.what)?;
        let before = self.documents.len();
        for name in names {
            let named = |other: &&Document<'_>| other.optional_text(&["name"]) == Some(&*name);
            let found = all.iter().find(named).filter(|other| other.has("native"));
            let done = match found {
                Some(other) => self.native(all, main, other, keys),
                None => Err("it is Sigma's or another file's".to_owned()),
            };
            if let Err(why) = done {
                self.losses.push(format!("the part `{name}`: {why}"));
            }
        }
        match self.documents.len() > before {
            true => Ok(()),
            false => Err("none of its parts can be said".to_owned()),
        }
    }

    fn counted<'d>(&mut self, part: &'d Document<'_>, kind: &str) -> Result<Counted<'d>, String> {
        let number = |key| part.number(&["native", key]).map_err(|e| e.what);
        let condition = part.optional_text(&["detection", "condition"]);
        let own = condition.ok_or_else(|| "it selects no events itself".to_owned());
        let events = |condition, at_least| {
            Ok(Counted {
                kind: "event_count",
                condition,
                field: None,
                at_least,
                window: text(part, "window")?,
            })
        };
        match kind {
            "event_count" => events(own?, number("threshold")?),
            "ratio" => {
                self.losses.push(
                    "ratio: how many there are of the whole, and of how many values, is not asked"
                        .to_owned(),
                );
                events(text(part, "part")?, number("threshold")?)
            }
            "baseline" => {
                self.losses.push(
                    "baseline: it fires at the floor, whatever is usual and however it is spread"
                        .to_owned(),
                );
                events(text(part, "of")?, number("floor")?)
            }
            "value_count" | "new_value_count" | "interleaved" => {
                let (field, at_least) = match kind {
                    "interleaved" => {
                        self.losses
                            .push("interleaved: two values in any order are enough".to_owned());
                        (first_text(part, &["native", "differ"]), 2)
                    }
                    _ => (
                        part.optional_text(&["native", "field"]),
                        number("threshold")?,
                    ),
                };
                if kind == "new_value_count" {
                    self.losses
                        .push("memory: values that are known already count as well".to_owned());
                }
                if part.has_at(&["native", "presentations"]) || kind == "interleaved" {
                    let loss = "presentations: each event of one trace counts by itself";
                    self.losses.push(loss.to_owned());
                }
                Ok(Counted {
                    kind: "value_count",
                    condition: own?,
                    field: Some(self.plain(field.unwrap_or("address"))?),
                    at_least,
                    window: text(part, "window")?,
                })
            }
            "new_value" => Err("without memory it would fire at every event".to_owned()),
            "gap" | "absence" => Err("Sigma counts what is there, not what is missing".to_owned()),
            other => Err(format!(
                "`{other}` joins rules, some of which Sigma can't say"
            )),
        }
    }

    /// The field of the event that comes nearest to one that we derive.
    fn plain<'d>(&mut self, field: &'d str) -> Result<&'d str, String> {
        let (plain, loss) = match field {
            "address" => ("client_ip", "each address of an IPv6 /64 counts by itself"),
            "network" => ("client_ip", "addresses count, not networks"),
            "agent_family" => ("user_agent", "each version of an agent counts by itself"),
            "minute" | "hour" | "weekday" | "credential" => {
                return Err(format!("no field of the event comes near `{field}`"));
            }
            other => return Ok(other),
        };
        self.losses.push(format!("{field}: {loss}"));
        Ok(plain)
    }

    /// What a rule groups by, in fields of the event.
    fn keys(&mut self, info: &RuleInfo) -> Vec<String> {
        let fields = match info.key_class {
            KeyClass::Token => &["token_fp"][..],
            KeyClass::ClaimedToken => &["claimed_iss", "claimed_jti"],
            KeyClass::Subject => &["token_iss", "token_sub"],
            KeyClass::Address => &["client_ip"],
            KeyClass::Origin => &["origin"],
            KeyClass::Family => &["refresh_family"],
            KeyClass::Client => &["token_iss", "client_id"],
            KeyClass::Issuer => &["token_iss"],
            KeyClass::Route => &["service", "route"],
            KeyClass::Service | KeyClass::Monitor => &["service"],
            KeyClass::Instance => &["service", "instance"],
        };
        if let [first, others @ ..] = info.key_classes.as_slice()
            && !others.is_empty()
        {
            let loss = format!("key: it groups by {first} only, not by {}", info.key());
            self.losses.push(loss);
        }
        if info.key_class == KeyClass::Address {
            self.losses
                .push("key: each address of an IPv6 /64 is one of its own".to_owned());
        }
        if info.key_class == KeyClass::Token {
            self.losses
                .push("key: a token is known by its fingerprint only".to_owned());
        }
        let fields = fields.iter().map(|field| (*field).to_owned());
        fields.chain(info.per.iter().cloned()).collect()
    }
}

/// That only jwtrail asks how far an event's token is trusted.
pub(super) fn lost_trust(info: &RuleInfo) -> Option<String> {
    let lost = info.trust != "none";
    lost.then(|| format!("trust: events of less trust than `{}` count", info.trust))
}

/// That a file asks for what no event has.
pub(super) fn lost_fields(fields: &[&str]) -> String {
    let names = fields.join(", ");
    format!("derived fields: no event has {names}; a pipeline has to add them")
}

fn text<'d>(part: &'d Document<'_>, key: &str) -> Result<&'d str, String> {
    part.text(&["native", key]).map_err(|problem| problem.what)
}

fn first_text<'d>(part: &'d Document<'_>, place: &[&str]) -> Option<&'d str> {
    match part.at(place)? {
        Value::Sequence(list) => list.first()?.as_str(),
        value => value.as_str(),
    }
}
