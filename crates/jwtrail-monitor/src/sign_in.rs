use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest;
use futures_util::FutureExt as _;
use jwtrail_event::Timestamp;
use jwtrail_session::{Access, Grant, Sessions};

use crate::{MonitorError, random};

/// How people and machines come in: one-time codes, and the tokens that they are exchanged for.
pub(crate) struct SignIn {
    sessions: Arc<Sessions>,
    codes: Mutex<Vec<Code>>,
}

struct Code {
    sha256: digest::Digest,
    until: Timestamp,
}

impl SignIn {
    pub(crate) const fn new(sessions: Arc<Sessions>) -> Self {
        Self {
            sessions,
            codes: Mutex::new(Vec::new()),
        }
    }

    pub(crate) const fn sessions(&self) -> &Arc<Sessions> {
        &self.sessions
    }

    /// A new code, good once and for an hour.
    pub(crate) fn code(&self, now: Timestamp) -> Result<String, MonitorError> {
        let code = random::text()?;
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|known| known.until > now);
        if codes.len() >= MOST_CODES {
            codes.remove(0);
        }
        codes.push(Code {
            sha256: digest::digest(&digest::SHA256, code.as_bytes()),
            until: now.plus_micros(CODE_LIFETIME),
        });
        Ok(code)
    }

    /// Whether the code is good; from now on it is not.
    pub(crate) fn redeem(&self, code: &str, now: Timestamp) -> bool {
        let presented = digest::digest(&digest::SHA256, code.as_bytes());
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &Code| {
            let same = verify_slices_are_equal(known.sha256.as_ref(), presented.as_ref());
            same.is_ok() && known.until > now
        };
        let found = codes.iter().position(same);
        found.map(|at| codes.remove(at)).is_some()
    }

    /// A token for the API. The state of the sessions is in memory and answers at once.
    pub(crate) fn access(&self, client: &str, now: Timestamp) -> Result<Access, MonitorError> {
        let grant = Grant::new(OPERATOR, client).scope(ADMIN_SCOPE);
        let minted = self.sessions.issue_access(grant, now).now_or_never();
        Ok(minted.ok_or(MonitorError::Stopped)??)
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn")
            .field("sessions", &self.sessions)
            .finish_non_exhaustive()
    }
}

/// Whoever holds a code is the operator; names and roles come with accounts.
pub(crate) const OPERATOR: &str = "operator";
pub(crate) const ADMIN_SCOPE: &str = "monitor:admin";
/// Seconds that a session lasts.
pub(crate) const SESSION_LIFETIME: u32 = 12 * 60 * 60;
const CODE_LIFETIME: i64 = 60 * 60 * 1_000_000;
const MOST_CODES: usize = 16;
