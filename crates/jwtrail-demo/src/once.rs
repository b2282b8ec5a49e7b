use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::try_join;
use jwtrail_event::Timestamp;

use crate::attacks::{PROGRAMME, Played, Seat};
use crate::deadline::BETWEEN_LOOKS;
use crate::honest::{self, Pace};
use crate::ledger::Ledger;
use crate::monitor_api::MonitorApi;
use crate::report::{Tally, UnexpectedAlert};
use crate::stage::Stage;
use crate::watch::Watch;
use crate::world::World;
use crate::{DemoError, DemoOptions, Progress, Report};

/// Plays the fixed programme once: honest traffic and one attack for each shipped rule. Then it
/// waits until the monitor has shown every alert and holds every record, or has had long enough.
///
/// The monitor may be away in between: the service keeps its records on disk, and the questions
/// are asked again. The future needs a tokio runtime with timers and network.
///
/// # Errors
///
/// When something can't be started, the service answers otherwise than the script says, or the
/// monitor refuses to answer or stays away. An attack that goes unseen is no error: it stands in
/// the [`Report`].
pub async fn once(options: DemoOptions) -> Result<Report, DemoError> {
    let world = World::start(&options, Ledger::keeping).await?;
    let report = play(&world, &options).await;
    let stopped = world.stop().await;
    let report = report?;
    stopped.map(|()| report)
}

async fn play(world: &World, options: &DemoOptions) -> Result<Report, DemoError> {
    let stage = &world.stage;
    let started = stage.clock.now();
    let mut watch = Watch::new(world.monitor()?, options, &stage.clock);
    // What is in the log before this run can't be of it.
    let before = watch.ask(MonitorApi::positions).await?.last;

    let played = programme(stage, options, &mut watch).await?;
    let requests = stage.ledger.count();
    options.listener.tell(&Progress::Counting { requests });
    world.flush().await;
    let tally = count(stage, &mut watch, before).await?;
    watch.until_alerted(&played).await?;
    let unexpected_alerts = unexpected(world, &played, started, &mut watch).await?;
    Ok(Report {
        attacks: played.iter().map(|one| watch.board.result(one)).collect(),
        unexpected_alerts,
        seconds_to_refusal: stage.ledger.refusal(),
        requests: tally.requests(),
        events: tally.events(),
        lost: tally.lost(),
        duplicates: tally.duplicates(),
    })
}

/// Honest traffic and the attacks, side by side, while the alerts are looked at.
async fn programme(
    stage: &Stage,
    options: &DemoOptions,
    watch: &mut Watch,
) -> Result<Vec<Played>, DemoError> {
    let played = Mutex::new(Vec::new());
    let so_far = || played.lock().unwrap_or_else(PoisonError::into_inner);
    let attacks = async {
        for attack in PROGRAMME {
            tokio::time::sleep(BETWEEN_ATTACKS).await;
            let (id, title) = (attack.id, attack.title);
            options
                .listener
                .tell(&Progress::AttackStarted { id, title });
            let one = attack.play(stage, Seat(0)).await?;
            so_far().push(one);
        }
        Ok(())
    };
    let visits = options.visits.unwrap_or(VISITS);
    let traffic = try_join(honest::play(stage, Pace::Brisk { visits }), attacks);
    tokio::pin!(traffic);
    loop {
        tokio::select! {
            ended = &mut traffic => {
                ended?;
                break;
            }
            () = tokio::time::sleep(BETWEEN_LOOKS) => {
                watch.look().await?;
                let so_far = so_far().clone();
                watch.tell(&so_far);
            }
        }
    }
    Ok(so_far().clone())
}

/// Waits until the monitor holds a record of every request, and counts them.
async fn count(stage: &Stage, watch: &mut Watch, before: u64) -> Result<Tally, DemoError> {
    let mut tally = Tally::of(stage.ledger.kept());
    let mut deadline = watch.deadline();
    let mut counted = before;
    loop {
        counted = count_from(&mut tally, watch, counted).await?;
        if tally.complete() || deadline.wait().await.is_err() {
            break;
        }
    }
    // What comes late is a duplicate, and counts.
    count_from(&mut tally, watch, counted).await?;
    Ok(tally)
}

/// Notes every decision after a position, newest first, and gives the position of the newest.
async fn count_from(tally: &mut Tally, watch: &mut Watch, counted: u64) -> Result<u64, DemoError> {
    let mut newest = counted;
    let mut from = None;
    loop {
        let page = watch
            .ask(async |api: &MonitorApi| api.events(from).await)
            .await?;
        for record in page
            .events
            .iter()
            .filter(|record| record.position > counted)
        {
            newest = newest.max(record.position);
            if record.kind == "decision" {
                tally.note(&record.correlation_id);
            }
        }
        let done = page.events.iter().any(|record| record.position <= counted);
        match page.next_before {
            Some(next) if !done => from = Some(next),
            Some(_) | None => return Ok(newest),
        }
    }
}

/// Alerts that rest on this run's records and belong to no attack, once the detectors have
/// judged all of them.
async fn unexpected(
    world: &World,
    played: &[Played],
    started: Timestamp,
    watch: &mut Watch,
) -> Result<Vec<UnexpectedAlert>, DemoError> {
    let last = watch.ask(MonitorApi::positions).await?.last;
    let mut deadline = watch.deadline();
    while watch.ask(MonitorApi::positions).await?.judged < last {
        deadline.wait().await?;
    }
    let alerts = watch.ask(MonitorApi::alerts).await?;
    watch.board.note(alerts, world.stage.clock.now());
    let beside: Vec<_> = watch.board.beside(played).cloned().collect();
    let mut unexpected = Vec::new();
    for alert in beside
        .into_iter()
        .filter(|alert| alert.last_time >= started)
    {
        let evidence = watch
            .ask(async |api: &MonitorApi| api.evidence(&alert.id).await)
            .await?;
        if evidence
            .iter()
            .any(|record| record.instance == world.instance)
        {
            unexpected.push(UnexpectedAlert {
                id: alert.id,
                rule: alert.rule,
                key: alert.key.display,
            });
        }
    }
    Ok(unexpected)
}

/// Requests of each honest client.
const VISITS: u32 = 60;
const BETWEEN_ATTACKS: Duration = Duration::from_millis(800);
