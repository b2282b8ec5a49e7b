//! What a process has used of the CPU, by the scheduler's own statistics.

use std::fs;

use anyhow::Context as _;

/// Of all its threads, those that write its log included.
pub fn nanoseconds_of(pid: u32) -> anyhow::Result<u64> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task")).context("no such process")? {
        let statistics = fs::read_to_string(task?.path().join("schedstat"))?;
        let spent = statistics.split(' ').next().context("empty schedstat")?;
        sum += spent.parse::<u64>()?;
    }
    Ok(sum)
}
