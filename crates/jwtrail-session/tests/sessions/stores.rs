//! The states that the tests of sessions are run on.

use std::sync::Arc;
#[cfg(feature = "redis")]
use std::sync::atomic::{AtomicU32, Ordering};

use jwtrail_session::{MemoryState, State};

/// Where states come from.
pub(crate) trait Store {
    /// One that knows nothing yet.
    fn state(&self) -> Arc<dyn State>;

    /// How many cases a property is tried on: fewer where each step costs a round trip.
    fn cases(&self) -> u32;
}

pub(crate) struct Memory;

impl Store for Memory {
    fn state(&self) -> Arc<dyn State> {
        Arc::new(MemoryState::new())
    }

    fn cases(&self) -> u32 {
        512
    }
}

#[cfg(feature = "redis")]
pub(crate) struct Shared {
    address: String,
    made: AtomicU32,
}

#[cfg(feature = "redis")]
impl Store for Shared {
    fn state(&self) -> Arc<dyn State> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let redis = jwtrail_session::Redis::builder(&self.address)
            .prefix(&format!("test-{number}"))
            .deadline(crate::redis::PATIENCE)
            .connect_deadline(crate::redis::PATIENCE)
            .build();
        let state = jwtrail_session::RedisState::new(&redis.unwrap(), [5; 32]);
        Arc::new(state.unwrap())
    }

    fn cases(&self) -> u32 {
        24
    }
}

/// Runs a test on a Redis of its own, where there is one.
#[cfg(feature = "redis")]
pub(crate) fn on_redis(test: fn(&dyn Store)) {
    if let Some(server) = crate::redis::server() {
        let address = server.address();
        let made = AtomicU32::new(0);
        test(&Shared { address, made });
    }
}

/// Makes each function a test on the state in memory, and one on that in Redis.
macro_rules! on_each_state {
    ($($test:ident),+ $(,)?) => {
        mod in_memory {
            $(#[test]
            fn $test() {
                super::$test(&crate::stores::Memory);
            })+
        }

        #[cfg(feature = "redis")]
        mod in_redis {
            $(#[test]
            fn $test() {
                crate::stores::on_redis(super::$test);
            })+
        }
    };
}

pub(crate) use on_each_state;
