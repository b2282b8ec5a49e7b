use std::fs;
use std::time::Instant;

use crate::Failure;

/// The seconds of processor time that this thread takes for the work: other programs on the
/// machine disturb it little.
pub fn cpu_seconds<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<(T, f64), Failure> {
    let start = on_cpu()?;
    let done = work()?;
    Ok((done, on_cpu()? - start))
}

/// The seconds that pass.
pub fn wall_seconds<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<(T, f64), Failure> {
    let start = Instant::now();
    let done = work()?;
    Ok((done, start.elapsed().as_secs_f64()))
}

/// The least of several runs: what else is on the machine can only make it more.
pub fn least(seconds: impl IntoIterator<Item = f64>) -> f64 {
    seconds.into_iter().fold(f64::MAX, f64::min)
}

/// The scheduler's account of this thread: the first number is its nanoseconds on a processor.
fn on_cpu() -> Result<f64, Failure> {
    let account = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = account.split(' ').next().unwrap_or_default();
    Ok(nanos.parse::<f64>()? / 1e9)
}
