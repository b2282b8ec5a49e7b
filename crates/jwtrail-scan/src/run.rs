//! A scan in progress: what is sent, what is seen, and when.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use jwtrail_event::{Clock, SecretToken};
use jwtrail_forge::Forge;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::check::CheckId;
use crate::checks::{Group, key_04::Refetches, log_09::Outage};
use crate::client::{Answer, Client, SendError, Source};
use crate::key_server::KeyServer;
use crate::observed::{LogSource, UnreadableLog};
use crate::operations::Scanned;
use crate::options::ScanOptions;
use crate::plan::{Plan, Workshop};
use crate::probe::{Probe, Sent, WantedAnswer};
use crate::progress::Progress;
use crate::reading::{FieldMapping, KnownRequest};
use crate::secrets::Secrets;
use crate::token::Said;
use crate::trail::{self, Trail};

/// Everything that a check may use.
pub(crate) struct Run<'a> {
    pub(crate) options: &'a ScanOptions,
    pub(crate) client: Client,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) forge: Forge,
    /// The token at hand.
    pub(crate) said: Said,
    pub(crate) secrets: Secrets,
    /// Those that the token reaches, and behind them those that it is denied.
    pub(crate) operations: Vec<Scanned>,
    /// How many the token reaches.
    pub(crate) reachable: usize,
    /// The operation that takes every variant of every probe.
    pub(crate) deep: usize,
    pub(crate) sent: Vec<Sent>,
    pub(crate) not_verified: BTreeMap<CheckId, Vec<String>>,
    pub(crate) trail: Trail,
    /// Which field is which of ours, for each source of the log by its name.
    pub(crate) mappings: BTreeMap<String, FieldMapping>,
    /// What came of a request over plain http, where the target is reached over https.
    pub(crate) in_clear: Option<Result<Answer, SendError>>,
    /// Where the service fetches its keys, if it is we who serve them.
    pub(crate) keys: Option<KeyServer>,
    /// What tokens of unknown keys made of it.
    pub(crate) refetches: Option<Refetches>,
    /// The time in which the log's receiver was down, if it was.
    pub(crate) outage: Option<Outage>,
    pub(crate) log: Option<Box<dyn LogSource>>,
    pub(crate) settling: Duration,
    /// The address that the service slows down, if it does.
    pub(crate) limited: Option<Source>,
    /// The refresh token that followed the given one.
    pub(crate) rotated: Option<SecretToken>,
    pub(crate) progress: &'a (dyn Fn(&Progress) + Send + Sync),
}

impl Run<'_> {
    pub(crate) fn workshop(&self) -> Workshop<'_> {
        Workshop {
            forge: &self.forge,
            said: &self.said,
            secrets: &self.secrets,
        }
    }

    /// The operations that the token reaches, with their numbers.
    pub(crate) fn reachable(&self) -> impl Iterator<Item = (usize, &Scanned)> {
        self.operations.iter().enumerate().take(self.reachable)
    }

    /// Notes that a check cannot be carried out, or not whole.
    pub(crate) fn miss(&mut self, check: CheckId, why: &str) {
        self.not_verified
            .entry(check)
            .or_default()
            .push(why.to_owned());
    }

    /// What of a check cannot be carried out.
    pub(crate) fn missed(&self, check: CheckId) -> Vec<String> {
        self.not_verified.get(&check).cloned().unwrap_or_default()
    }

    /// Notes what is not sent any more, since the token is not accepted after a group of checks.
    pub(crate) fn abandon(&mut self, after: Group) {
        for check in Group::ALL
            .iter()
            .filter(|group| **group > after)
            .flat_map(|g| g.checks())
        {
            let why = format!(
                "the service refused the valid token after the {}",
                after.name()
            );
            self.miss(*check, &why);
        }
    }

    /// Sends what a check has planned, and notes what it could not.
    pub(crate) async fn carry_out(
        &mut self,
        check: CheckId,
        plan: Plan,
    ) -> Result<(), UnreadableLog> {
        let missed = plan.missed();
        if !missed.is_empty() {
            self.not_verified.entry(check).or_default().extend(missed);
        }
        self.send_all(plan.probes).await
    }

    /// Sends probes, several at once, and reads the log meanwhile.
    pub(crate) async fn send_all(&mut self, probes: Vec<Probe>) -> Result<(), UnreadableLog> {
        for probe in &probes {
            self.trail.expect(&probe.request.ids);
        }
        let (client, clock) = (&self.client, self.clock);
        let mut answers = stream::iter(probes)
            .map(|probe| deliver(client, clock, probe))
            .buffer_unordered(AT_ONCE);
        let mut tick = interval(POLL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                sent = answers.next() => match sent {
                    Some(sent) => {
                        self.trail.expect(&sent.probe.request.ids);
                        self.sent.push(sent);
                        (self.progress)(&Progress::Sent { requests: client.sent() });
                    }
                    None => break,
                },
                _ = tick.tick() => poll(self.log.as_mut(), &mut self.trail).await?,
            }
        }
        drop(answers);
        poll(self.log.as_mut(), &mut self.trail).await
    }

    /// One probe, by itself.
    pub(crate) async fn send_one(&mut self, probe: Probe) -> Result<usize, UnreadableLog> {
        self.send_all(vec![probe]).await?;
        Ok(self.sent.len().saturating_sub(1))
    }

    /// One probe from one address, whatever the service answers; its number.
    pub(crate) async fn send_from(
        &mut self,
        source: &Source,
        probe: Probe,
    ) -> Result<usize, UnreadableLog> {
        self.trail.expect(&probe.request.ids);
        let answer = self.client.send_from(source.clone(), &probe.request).await;
        let answered_at = self.clock.now();
        self.sent.push(Sent {
            probe,
            answer,
            answered_at,
        });
        (self.progress)(&Progress::Sent {
            requests: self.client.sent(),
        });
        poll(self.log.as_mut(), &mut self.trail).await?;
        Ok(self.sent.len().saturating_sub(1))
    }

    /// Waits for the records that are still missing, as long as they may take.
    pub(crate) async fn settle(&mut self) -> Result<(), UnreadableLog> {
        if self.log.is_none() {
            return Ok(());
        }
        let start = Instant::now();
        let mut first = true;
        loop {
            poll(self.log.as_mut(), &mut self.trail).await?;
            let missing = self.missing();
            if missing == 0 || start.elapsed() >= self.options.settle {
                break;
            }
            if first {
                (self.progress)(&Progress::Settling { missing });
                first = false;
            }
            sleep(POLL).await;
        }
        self.settling += start.elapsed();
        Ok(())
    }

    /// Learns from the requests whose values we know which field of the log is which of ours.
    pub(crate) fn learn(&mut self) {
        let good = |sent: &&Sent| sent.probe.check == CheckId::Pre1 && sent.let_in();
        let mut learned = BTreeMap::new();
        // The same field says one thing in one log and another in the next.
        for source in self.trail.sources() {
            let known: Vec<KnownRequest<'_>> = self
                .sent
                .iter()
                .filter(good)
                .map(|sent| self.known(sent, &source))
                .filter(|known| !known.records.is_empty())
                .collect();
            let given = self.options.mapping.clone();
            let mapping = FieldMapping::learn(&known).overridden_by(given);
            learned.insert(source, mapping);
        }
        self.mappings = learned;
        self.trail.rename(&self.mappings);
    }

    /// A request, and what one source has of it.
    fn known(&self, sent: &Sent, source: &str) -> KnownRequest<'_> {
        let request = &sent.probe.request;
        let own = |claim: &Option<String>| claim.clone().unwrap_or_default();
        let address = sent.answer.as_ref().ok().and_then(|answer| answer.source);
        let mut records = self.trail.of(&request.ids);
        records.retain(|record| trail::source(record) == source);
        KnownRequest::new(records)
            .with("correlation_id", request.ids.request.as_str())
            .with("trace_id", request.ids.trace.as_str())
            .with("method", request.method.as_str())
            .with("token_jti", own(&self.said.jti))
            .with("token_sub", own(&self.said.sub))
            .with("token_iss", own(&self.said.iss))
            .with("token_scope", own(&self.said.scope))
            .with(
                "status",
                sent.status().map_or(String::new(), |s| s.to_string()),
            )
            .with(
                "client_ip",
                address.map_or(String::new(), |ip| ip.to_string()),
            )
    }

    /// How many requests have no record yet that should have one.
    fn missing(&self) -> usize {
        // Those of an outage are waited for when it ends, and not again.
        let owed = self.sent.iter();
        let owed = owed.filter(|sent| owes_record(sent) && sent.probe.check != CheckId::Log09);
        owed.filter(|sent| self.trail.of(&sent.probe.request.ids).is_empty())
            .count()
    }
}

/// Whether the service owes a record for what it answered.
pub(crate) fn owes_record(sent: &Sent) -> bool {
    sent.probe.wanted.record.is_some()
        && sent.answer.is_ok()
        && !sent.refused_by_parser()
        // A server may refuse such bytes before any handler sees them.
        && !(sent.status() == Some(400)
            && (sent.probe.variant == "not-text" || sent.probe.request.is_raw()))
}

/// Sends a probe. Where the service slows us down, the probe is sent again from another address,
/// or when the service says that it may be.
async fn deliver(client: &Client, clock: &dyn Clock, mut probe: Probe) -> Sent {
    let good = probe.wanted.answer == WantedAnswer::Accepted;
    let (mut waited, mut tries) = (0, 0);
    loop {
        let answer = if good {
            client.send_good(&probe.request).await
        } else {
            client.send_bad(&probe.request).await
        };
        let answered_at = clock.now();
        tries += 1;
        let pause = match &answer {
            // The next address is another client to the service, unless its limit is for all.
            Ok(answer) if answer.status == 429 && !good && tries <= 2 && client.has_addresses() => {
                0
            }
            Ok(answer) if answer.status == 429 && waited < PATIENCE => answer
                .retry_after()
                .unwrap_or(1)
                .clamp(1, PATIENCE - waited),
            // A connection that the service closed just as we took it up again.
            Err(SendError::Failed(_)) if tries == 1 => 0,
            _ => {
                return Sent {
                    probe,
                    answer,
                    answered_at,
                };
            }
        };
        waited += pause;
        sleep(Duration::from_secs(pause)).await;
        probe.request = probe.request.again();
    }
}

pub(crate) async fn poll(
    log: Option<&mut Box<dyn LogSource>>,
    trail: &mut Trail,
) -> Result<(), UnreadableLog> {
    if let Some(log) = log {
        trail.add(log.poll().await?);
    }
    Ok(())
}

/// Requests that are under way at the same time.
const AT_ONCE: usize = 8;
/// How often the log is read.
pub(crate) const POLL: Duration = Duration::from_millis(100);
/// How long a probe waits for the service's own limits, in seconds.
const PATIENCE: u64 = 90;
