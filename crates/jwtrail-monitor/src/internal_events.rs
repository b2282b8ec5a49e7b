//! What this crate has to say about itself, one type for each event. Only these write log
//! lines; none of them carries a token, an identity or a request's text. Readers of mail are named
//! as the operator's own configuration names them.

use std::net::SocketAddr;

use jwtrail_detect::SnapshotError;
use jwtrail_event::ReadError;
use jwtrail_store::StoreError;

use crate::quarantine::Refusal;

pub(crate) struct MonitorStarted {
    pub(crate) address: SocketAddr,
    pub(crate) events: u64,
}

impl MonitorStarted {
    pub(crate) fn emit(self) {
        tracing::info!(address = %self.address, events = self.events, "the monitor listens");
    }
}

pub(crate) struct ReaderFailed<'a> {
    pub(crate) reader: &'static str,
    pub(crate) error: &'a StoreError,
}

impl ReaderFailed<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(
            reader = self.reader,
            error = %self.error,
            "a reader of the log can't go on; it tries again"
        );
    }
}

pub(crate) struct UnreadableEntry<'a> {
    pub(crate) position: u64,
    pub(crate) error: &'a ReadError,
}

impl UnreadableEntry<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(
            position = self.position,
            error = %self.error,
            "an entry of the log can't be read and is left out"
        );
    }
}

pub(crate) struct RulesInForce<'a> {
    pub(crate) set: &'a str,
    pub(crate) rules: usize,
}

impl RulesInForce<'_> {
    pub(crate) fn emit(self) {
        tracing::info!(
            set = self.set,
            rules = self.rules,
            "other rules are in force"
        );
    }
}

pub(crate) struct RulesKept<'a> {
    pub(crate) problem: &'a str,
}

impl RulesKept<'_> {
    pub(crate) fn emit(self) {
        tracing::warn!(
            problem = self.problem,
            "the rules can't be taken; those in force stay"
        );
    }
}

pub(crate) struct RulesLost<'a> {
    pub(crate) set: &'a str,
}

impl RulesLost<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(
            set = self.set,
            "a set of rules that the log names can't be read; alerts may differ from those of then"
        );
    }
}

pub(crate) struct RulesNotApplied<'a> {
    pub(crate) error: &'a SnapshotError,
}

impl RulesNotApplied<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(error = %self.error, "the state can't go on under other rules");
    }
}

pub(crate) struct ResponseUnreadable<'a> {
    pub(crate) error: &'a serde_json::Error,
}

impl ResponseUnreadable<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(
            error = %self.error,
            "a response that is due can't be read and is left out"
        );
    }
}

pub(crate) struct ResponseRefused<'a> {
    pub(crate) rule: &'a str,
    pub(crate) refusal: &'a Refusal,
}

impl ResponseRefused<'_> {
    pub(crate) fn emit(self) {
        tracing::warn!(
            rule = self.rule,
            refusal = %self.refusal,
            "a rule's quarantine was refused"
        );
    }
}

pub(crate) struct SnapshotRefused<'a> {
    pub(crate) error: &'a SnapshotError,
}

impl SnapshotRefused<'_> {
    pub(crate) fn emit(self) {
        tracing::warn!(error = %self.error, "detection replays the whole log");
    }
}

pub(crate) struct OutputFailed<'a> {
    pub(crate) output: &'a str,
    /// Of mail.
    pub(crate) reader: Option<&'a str>,
    pub(crate) problem: &'a str,
}

impl OutputFailed<'_> {
    pub(crate) fn emit(self) {
        tracing::warn!(
            output = self.output,
            reader = self.reader,
            problem = self.problem,
            "alerts can't be delivered; they wait"
        );
    }
}

pub(crate) struct OutputRecovered<'a> {
    pub(crate) output: &'a str,
    /// Of mail.
    pub(crate) reader: Option<&'a str>,
    /// What it will never get.
    pub(crate) dropped: u64,
}

impl OutputRecovered<'_> {
    pub(crate) fn emit(self) {
        tracing::info!(
            output = self.output,
            reader = self.reader,
            dropped = self.dropped,
            "alerts are delivered again"
        );
    }
}

pub(crate) struct OutputOverflowed<'a> {
    pub(crate) output: &'a str,
    /// Of mail.
    pub(crate) reader: Option<&'a str>,
    pub(crate) most: u64,
}

impl OutputOverflowed<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(
            output = self.output,
            reader = self.reader,
            most = self.most,
            "more alerts wait than may; the oldest are not sent any more"
        );
    }
}

pub(crate) struct OutputGaveUp<'a> {
    pub(crate) output: &'a str,
    /// Of mail.
    pub(crate) reader: Option<&'a str>,
    pub(crate) problem: &'a str,
}

impl OutputGaveUp<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(
            output = self.output,
            reader = self.reader,
            problem = self.problem,
            "an alert was refused for good and is set aside until the next start"
        );
    }
}

pub(crate) struct UnsafeOption {
    pub(crate) option: &'static str,
}

impl UnsafeOption {
    pub(crate) fn emit(self) {
        tracing::warn!(option = self.option, "an unsafe option is in force");
    }
}

pub(crate) struct LinesRejected<'a> {
    pub(crate) producer: &'a str,
    pub(crate) count: u64,
}

impl LinesRejected<'_> {
    pub(crate) fn emit(self) {
        tracing::warn!(
            producer = self.producer,
            count = self.count,
            "lines of a producer were not taken; the health page says why"
        );
    }
}

pub(crate) struct RetentionFailed<'a> {
    pub(crate) error: &'a StoreError,
}

impl RetentionFailed<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(error = %self.error, "old events can't be removed");
    }
}

pub(crate) struct RequestFailed<'a> {
    pub(crate) error: &'a StoreError,
}

impl RequestFailed<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(error = %self.error, "a request can't be answered");
    }
}

pub(crate) struct ThreadPanicked {
    pub(crate) thread: &'static str,
}

impl ThreadPanicked {
    pub(crate) fn emit(self) {
        tracing::error!(thread = self.thread, "a thread of the monitor panicked");
    }
}
