//! What each shipped rule has to find and what it has to leave alone: from here come the files
//! under `rules/fixtures`, by `cargo xtask generate`.

mod clock_skew;
mod expired_token_persistence;
mod forgery_attempt;
mod good;
mod key_probing;
mod refresh_guessing;
mod refresh_reuse_wave;
mod refresh_reused;
mod refresh_substituted;
mod scope_probing;
mod signature_guessing;
mod story;
mod token_repeated_rejections;
mod token_replayed;
mod token_substituted;
mod told;

use jwtrail_detect::Severity;

pub(crate) use story::Story;

/// The story of one rule.
pub(crate) struct Scenario {
    pub(crate) rule: &'static str,
    /// The keys that the positive story raises, and how bad.
    pub(crate) raises: &'static [(&'static str, Severity)],
    pub(crate) positive: fn(&mut Story),
    /// One short of each threshold, or just outside of each window.
    pub(crate) negative: fn(&mut Story),
    /// Changes of the rule's file: after each, the positive story raises less.
    pub(crate) blunt: &'static [Change],
    /// Changes of the rule's file: after each, the negative story raises something.
    pub(crate) sharp: &'static [Change],
}

/// Text that stands once in the rule's file, and what stands there instead.
pub(crate) type Change = &'static [(&'static str, &'static str)];

/// An ordinary morning, on which every rule has to be silent.
pub(crate) fn good() -> String {
    let mut story = Story::default();
    good::morning(&mut story);
    story.written()
}

/// Every shipped rule's, by name.
pub(crate) const SCENARIOS: &[&Scenario] = &[
    &clock_skew::SCENARIO,
    &expired_token_persistence::SCENARIO,
    &forgery_attempt::SCENARIO,
    &key_probing::SCENARIO,
    &refresh_guessing::SCENARIO,
    &refresh_reuse_wave::SCENARIO,
    &refresh_reused::SCENARIO,
    &refresh_substituted::SCENARIO,
    &scope_probing::SCENARIO,
    &signature_guessing::SCENARIO,
    &token_repeated_rejections::SCENARIO,
    &token_replayed::SCENARIO,
    &token_substituted::SCENARIO,
];
