//! What is to be said about the list of quarantines.

use jwtrail_event::quarantine::Unreadable;

use crate::OutboundError;
use crate::outbound::shown;

pub(crate) struct UnansweredBy<'a> {
    pub(crate) url: &'a str,
    pub(crate) error: &'a OutboundError,
}

impl UnansweredBy<'_> {
    pub(crate) fn emit(self) {
        tracing::warn!(
            url = shown(self.url),
            error = %self.error,
            "the monitor does not answer; the last quarantine list holds"
        );
    }
}

pub(crate) struct ListRefused<'a> {
    pub(crate) url: &'a str,
    pub(crate) status: u16,
}

impl ListRefused<'_> {
    pub(crate) fn emit(self) {
        let remedy = match self.status {
            401 | 403 => {
                "the producer credential is not known there: make one with the monitor and configure it here"
            }
            404 => "there is no monitor with such a list at this address: check the URL",
            _ => "it is asked again",
        };
        tracing::error!(
            url = shown(self.url),
            status = self.status,
            remedy,
            "the monitor does not give its quarantine list; the last one holds"
        );
    }
}

pub(crate) struct ListUnreadable<'a> {
    pub(crate) url: &'a str,
    pub(crate) error: &'a Unreadable,
}

impl ListUnreadable<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(
            url = shown(self.url),
            error = %self.error,
            "the monitor's quarantine list can't be read; the last one holds"
        );
    }
}

/// Goes with each of the above: how old the list is that holds.
pub(crate) struct ListStale {
    /// Since the monitor last confirmed it; none when it never did.
    pub(crate) seconds: Option<i64>,
    pub(crate) entries: usize,
}

impl ListStale {
    pub(crate) fn emit(self) {
        tracing::warn!(
            age_seconds = self.seconds,
            entries = self.entries,
            "the quarantine list may be stale"
        );
    }
}

pub(crate) struct ListConfirmed<'a> {
    pub(crate) url: &'a str,
}

impl ListConfirmed<'_> {
    pub(crate) fn emit(self) {
        tracing::info!(
            url = shown(self.url),
            "the quarantine list is up to date again"
        );
    }
}

pub(crate) struct ListNotKept<'a> {
    pub(crate) error: &'a std::io::Error,
}

impl ListNotKept<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(
            error = %self.error,
            "the quarantine list can't be kept on disk; a restart while the monitor is away begins with an older one"
        );
    }
}

pub(crate) struct KeptListUnreadable<'a> {
    pub(crate) error: &'a Unreadable,
}

impl KeptListUnreadable<'_> {
    pub(crate) fn emit(self) {
        tracing::error!(
            error = %self.error,
            "the quarantine list that was kept on disk can't be read; nobody is refused by it until the monitor answers"
        );
    }
}
