use std::time::Duration;

use crate::attacks::{PROGRAMME, Seat};
use crate::honest::{self, Pace};
use crate::ledger::Ledger;
use crate::stage::Stage;
use crate::watch::Watch;
use crate::world::World;
use crate::{DemoError, DemoOptions, Progress};

/// Plays steady honest traffic and an attack now and then, until it is told to stop.
///
/// The future needs a tokio runtime with timers and network.
///
/// # Errors
///
/// When something can't be started, the service answers otherwise than the script says, or the
/// monitor refuses to answer.
pub async fn until(
    options: DemoOptions,
    stop: impl Future<Output = ()>,
) -> Result<Summary, DemoError> {
    let world = World::start(&options, Ledger::counting).await?;
    let stage = &world.stage;
    let mut attacks = 0;
    let played = tokio::select! {
        () = stop => Ok(()),
        ended = honest::play(stage, Pace::Leisurely) => ended,
        ended = attack(&world, &options, &mut attacks) => ended,
    };
    let requests = stage.ledger.count();
    let stopped = world.stop().await;
    played?;
    stopped?;
    Ok(Summary { requests, attacks })
}

/// What was played until it was told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Requests sent to protected routes.
    pub requests: u64,
    /// Attacks that were played.
    pub attacks: u64,
}

async fn attack(world: &World, options: &DemoOptions, count: &mut u64) -> Result<(), DemoError> {
    let stage: &Stage = &world.stage;
    for round in 0.. {
        for attack in PROGRAMME {
            tokio::time::sleep(BETWEEN_ATTACKS).await;
            let requests = stage.ledger.count();
            options.listener.tell(&Progress::Traffic { requests });
            let (id, title) = (attack.id, attack.title);
            options
                .listener
                .tell(&Progress::AttackStarted { id, title });
            let played = attack.play(stage, Seat(round)).await?;
            *count += 1;
            let mut watch = Watch::new(world.monitor()?, options, &stage.clock);
            watch.until_alerted(&[played]).await?;
        }
    }
    Ok(())
}

const BETWEEN_ATTACKS: Duration = Duration::from_secs(8);
