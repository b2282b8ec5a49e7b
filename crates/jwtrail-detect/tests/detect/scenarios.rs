//! What each shipped rule has to find and what it has to leave alone: from here come the files
//! under `rules/fixtures`, by `cargo xtask generate`.

mod audit_gap;
mod binding_failed;
mod clock_skew;
mod credential_stuffing;
mod distributed_guessing;
mod excess_rate;
mod expired_token_persistence;
mod failure_rate_high;
mod family_shared;
mod forgery_attempt;
mod good;
mod issuance_burst;
mod key_probing;
mod keys_unavailable;
mod monitor_tampered;
mod object_probing;
mod origin_repeated_401;
mod privileged_burst;
mod refresh_burst;
mod refresh_guessing;
mod refresh_reuse_wave;
mod refresh_reused;
mod refresh_substituted;
mod revoked_token_use;
mod scope_changed;
mod scope_probing;
mod signature_guessing;
mod story;
mod subject_failure_spike;
mod success_after_failures;
mod token_repeated_rejections;
mod token_replayed;
mod token_roaming;
mod token_substituted;
mod token_tampered;
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
    &audit_gap::SCENARIO,
    &binding_failed::SCENARIO,
    &clock_skew::SCENARIO,
    &credential_stuffing::SCENARIO,
    &distributed_guessing::SCENARIO,
    &excess_rate::SCENARIO,
    &expired_token_persistence::SCENARIO,
    &failure_rate_high::SCENARIO,
    &family_shared::SCENARIO,
    &forgery_attempt::SCENARIO,
    &issuance_burst::SCENARIO,
    &key_probing::SCENARIO,
    &keys_unavailable::SCENARIO,
    &monitor_tampered::SCENARIO,
    &object_probing::SCENARIO,
    &origin_repeated_401::SCENARIO,
    &privileged_burst::SCENARIO,
    &refresh_burst::SCENARIO,
    &refresh_guessing::SCENARIO,
    &refresh_reuse_wave::SCENARIO,
    &refresh_reused::SCENARIO,
    &refresh_substituted::SCENARIO,
    &revoked_token_use::SCENARIO,
    &scope_changed::SCENARIO,
    &scope_probing::SCENARIO,
    &signature_guessing::SCENARIO,
    &subject_failure_spike::SCENARIO,
    &success_after_failures::SCENARIO,
    &token_repeated_rejections::SCENARIO,
    &token_replayed::SCENARIO,
    &token_roaming::SCENARIO,
    &token_substituted::SCENARIO,
    &token_tampered::SCENARIO,
];
