//! How fast a monitor judges a log that waits for it, beside what parsing and judging it takes by
//! themselves: prints one JSON object. An argument says how many records the log has.
#![expect(clippy::print_stdout, reason = "the other side reads it")]

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use jwtrail_actix::SystemClock;
use jwtrail_detect::generate::{Generator, Settings};
use jwtrail_detect::{Engine, Observation, RuleSet};
use jwtrail_event::{Record, Text};
use jwtrail_monitor::{Monitor, MonitorConfig};
use jwtrail_store::{Batch, Embedded, Log as _, Options};
use tokio::time::Instant;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let count: usize = match std::env::args().nth(1) {
        Some(number) => number.parse()?,
        None => 200_000,
    };
    let directory = tempfile::tempdir()?;
    let data = directory.path().join("data");
    let alone = write(&data.join("log"), count)?;
    let mut config = MonitorConfig::new(([127, 0, 0, 1], 0).into(), &data);
    config.limits.disk_reserve = 0;
    let began = Instant::now();
    let monitor = Monitor::start(config, Arc::new(SystemClock))?;
    let token = monitor.access_token()?;
    while judged(monitor.address(), token.expose())? < count as u64 {
        sleep(Duration::from_millis(10));
    }
    let monitored = began.elapsed().as_secs_f64();
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(monitor.stop());
    let report = serde_json::json!({
        "records": count,
        "monitor_eps": count as f64 / monitored,
        "alone_eps": count as f64 / alone,
        "ratio_to_alone": alone / monitored,
    });
    println!("{report}");
    Ok(())
}

/// Writes a log, and says how many seconds it took to parse and judge its lines by themselves.
fn write(log: &Path, count: usize) -> Result<f64, Failure> {
    let options = Options {
        reserve_bytes: 0,
        ..Options::default()
    };
    std::fs::create_dir_all(log)?;
    let store = Embedded::open(log, options)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut generator = Generator::new(&Settings::default());
    let mut engine = Engine::new(RuleSet::embedded()?);
    let mut changes = Vec::new();
    let (mut written, mut alone) = (0, 0.0);
    while written < count {
        let mut lines: Vec<Vec<u8>> = Vec::new();
        let mut batch = Batch::new();
        while lines.len() < AT_ONCE.min(count - written) {
            let arrival = generator
                .next()
                .ok_or("the generator has no more records")?;
            let mut record = arrival.record;
            record.producer = Some(Text::from(arrival.producer));
            record.received_at = Some(arrival.received_at);
            batch.push(&record);
            let mut line = Vec::new();
            record.write_ndjson(&mut line);
            lines.push(line);
        }
        runtime.block_on(store.append(batch))?;
        let began = Instant::now();
        let records = lines.iter().map(|line| Record::read(line));
        let records = records.collect::<Result<Vec<_>, _>>()?;
        for (record, position) in records.iter().zip(written as u64 + 1..) {
            engine.observe(
                &Observation {
                    record,
                    position,
                    received_at: record.received_at.unwrap_or(record.time),
                    producer: record.producer.as_ref().map_or("", |text| text.as_str()),
                },
                &mut changes,
            );
        }
        alone += began.elapsed().as_secs_f64();
        written += lines.len();
    }
    Ok(alone)
}

/// How far the monitor has come.
fn judged(address: SocketAddr, token: &str) -> Result<u64, Failure> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET /api/v1/health HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Connection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("half an answer")?;
    let health: serde_json::Value = serde_json::from_str(body)?;
    let position = health.pointer("/detect/position");
    let position = position.and_then(serde_json::Value::as_u64);
    position.ok_or_else(|| format!("no position in {body}").into())
}

const AT_ONCE: usize = 500;
