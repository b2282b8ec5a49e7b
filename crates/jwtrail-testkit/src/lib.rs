//! Test support for jwtrail: a clock, a capturing buffer, audit compliance assertions, a Redis
//! server.
//!
//! Every test of the middleware runs inside [`assert_audit_compliance`]: what was written is
//! one valid record for each decision, numbered without gaps, and no token that was sent can be
//! found in any byte that was written anywhere.
//!
//! ```
//! use jwtrail_event::{SecretToken, Timestamp};
//! use jwtrail_testkit::{CapturedLines, TestClock, assert_audit_compliance};
//!
//! let clock = TestClock::new(Timestamp::from_seconds(1_800_000_000));
//! clock.advance_seconds(60);
//!
//! let captured = CapturedLines::new();
//! // ... a sink of the middleware writes to a clone of `captured` ...
//! let sent = [SecretToken::new("eyJhbGciOiJFUzI1NiJ9.e30.AAAA".to_owned())];
//! let records = assert_audit_compliance(&captured.bytes(), &sent, 0).len();
//! assert_eq!(records, 0);
//! ```

mod ask;
mod captured;
mod clock;
mod compliance;
mod expected;
mod leak;
mod redis_cluster;
mod redis_server;

pub use ask::{NeverSo, ask_until};
pub use captured::{CapturedLines, TimedOut};
pub use clock::TestClock;
pub use compliance::{AuditCompliance, Breach, assert_audit_compliance};
pub use expected::{Mismatch, assert_expected, compare};
pub use leak::{Leak, LeakForm, find_leaks};
pub use redis_cluster::RedisCluster;
pub use redis_server::RedisServer;
