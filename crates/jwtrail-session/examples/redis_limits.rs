//! How many charges of limits a Redis takes, against plain GETs in the same run:
//! `cargo run --release -p jwtrail-session --features redis --example redis_limits -- redis://127.0.0.1:6379`.
//!
//! Both go over one connection, with as many calls in flight; a charge is a script over the
//! four limits that a request may fall under.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jwtrail_event::Timestamp;
use jwtrail_session::{Charge, Redis, RedisLimits, RedisState, SharedLimits as _, State as _};
use tokio::task::JoinSet;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let address = std::env::args().nth(1);
    let address = address.ok_or("the address of a redis is wanted, e.g. redis://127.0.0.1:6379")?;
    let redis = Redis::builder(&address)
        .prefix("example")
        .deadline(Duration::from_secs(10))
        .build()?;
    let limits = Arc::new(RedisLimits::new(&redis));
    let state = Arc::new(RedisState::new(&redis, [7; 32])?);
    let mut out = std::io::stdout().lock();
    // Once to connect and to load the script.
    limits.charge(charges(0, 1)).await?;
    for _ in 0..ROUNDS {
        let gets = {
            let state = Arc::clone(&state);
            rate(move |number| {
                let state = Arc::clone(&state);
                async move {
                    let subject = format!("user-{}", number % SUBJECTS);
                    let now = Timestamp::from_seconds(0);
                    state
                        .revoked_before("issuer", &subject, now)
                        .await
                        .map(drop)
                }
            })
            .await?
        };
        let one = rate(charging(&limits, 1)).await?;
        let four = rate(charging(&limits, 4)).await?;
        writeln!(
            out,
            "GET {gets:.0}/s, one limit {one:.0}/s ({:.2}), four limits {four:.0}/s ({:.2})",
            one / gets,
            four / gets
        )?;
    }
    Ok(())
}

fn charging(
    limits: &Arc<RedisLimits>,
    count: u64,
) -> impl Fn(u64) -> futures_util::future::BoxFuture<'static, Result<(), jwtrail_session::StateError>>
{
    let limits = Arc::clone(limits);
    move |number| {
        let limits = Arc::clone(&limits);
        Box::pin(async move {
            limits.charge(charges(number % SUBJECTS, count)).await?;
            Ok(())
        })
    }
}

/// Of a million a second, so that none is refused.
fn charges(subject: u64, count: u64) -> Vec<Charge> {
    (0..count)
        .map(|limit| Charge {
            group: u128::from(subject),
            key: u128::from(limit),
            interval: 1,
            tolerance: 1_000_000,
        })
        .collect()
}

/// How many calls in a second.
#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
async fn rate<F>(call: impl Fn(u64) -> F) -> Result<f64, Failure>
where
    F: Future<Output = Result<(), jwtrail_session::StateError>> + Send + 'static,
{
    let start = Instant::now();
    let mut calls = JoinSet::new();
    for number in 0..CALLS {
        if calls.len() >= IN_FLIGHT
            && let Some(done) = calls.join_next().await
        {
            done??;
        }
        calls.spawn(call(number));
    }
    while let Some(done) = calls.join_next().await {
        done??;
    }
    Ok(CALLS as f64 / start.elapsed().as_secs_f64())
}

const ROUNDS: u32 = 5;
const CALLS: u64 = 100_000;
const IN_FLIGHT: usize = 128;
const SUBJECTS: u64 = 10_000;
