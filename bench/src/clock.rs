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

/// The middle one.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// The scheduler's account of this thread: the first number is its nanoseconds on a processor.
fn on_cpu() -> Result<f64, Failure> {
    let account = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = account.split(' ').next().unwrap_or_default();
    Ok(nanos.parse::<f64>()? / 1e9)
}
