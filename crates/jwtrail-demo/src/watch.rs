use std::sync::Arc;
use std::time::Duration;

use jwtrail_event::Clock;

use crate::attacks::Played;
use crate::board::Board;
use crate::deadline::Deadline;
use crate::monitor_api::{AskError, MonitorApi};
use crate::progress::Listener;
use crate::{DemoError, DemoOptions, Progress};

/// Looks at the monitor, which may be away for a while.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) board: Board,
    api: MonitorApi,
    listener: Listener,
    clock: Arc<dyn Clock>,
    patience: Duration,
    away: bool,
    /// How many attacks were told to be alerted, by id.
    told: Vec<(&'static str, u64)>,
}

impl Watch {
    pub(crate) fn new(api: MonitorApi, options: &DemoOptions, clock: &Arc<dyn Clock>) -> Self {
        Self {
            board: Board::default(),
            api,
            listener: options.listener.clone(),
            clock: Arc::clone(clock),
            patience: options.patience.unwrap_or(PATIENCE),
            away: false,
            told: Vec::new(),
        }
    }

    /// Asks until there is an answer.
    pub(crate) async fn ask<T>(
        &mut self,
        question: impl AsyncFn(&MonitorApi) -> Result<T, AskError>,
    ) -> Result<T, DemoError> {
        let mut deadline = self.deadline();
        loop {
            let answer = question(&self.api).await;
            if let Some(answer) = self.unless_away(answer)? {
                return Ok(answer);
            }
            deadline.wait().await.map_err(DemoError::from)?;
        }
    }

    /// Looks at the alerts, if the monitor is there.
    pub(crate) async fn look(&mut self) -> Result<(), DemoError> {
        let alerts = self.api.alerts().await;
        if let Some(alerts) = self.unless_away(alerts)? {
            self.board.note(alerts, self.clock.now());
        }
        Ok(())
    }

    /// Tells of each attack that is newly alerted; whether all are.
    pub(crate) fn tell(&mut self, played: &[Played]) -> bool {
        let mut all = true;
        for one in played {
            let result = self.board.result(one);
            let mark = (one.id, one.started.as_micros().unsigned_abs());
            match result.seconds_to_alert {
                Some(seconds) if !self.told.contains(&mark) => {
                    self.told.push(mark);
                    let id = one.id;
                    self.listener.tell(&Progress::AttackAlerted { id, seconds });
                }
                Some(_) => {}
                None => all = false,
            }
        }
        all
    }

    /// Looks until every attack is alerted, or for so long as is reasonable.
    pub(crate) async fn until_alerted(&mut self, played: &[Played]) -> Result<(), DemoError> {
        let mut deadline = self.deadline();
        loop {
            self.look().await?;
            if self.tell(played) || deadline.wait().await.is_err() {
                return Ok(());
            }
        }
    }

    /// The end of the patience that begins now.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::starting(&self.clock, self.patience)
    }

    fn unless_away<T>(&mut self, answer: Result<T, AskError>) -> Result<Option<T>, DemoError> {
        let away = matches!(answer, Err(AskError::Away(_)));
        if away != self.away {
            self.away = away;
            let progress = if away {
                Progress::MonitorAway
            } else {
                Progress::MonitorBack
            };
            self.listener.tell(&progress);
        }
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(AskError::Away(_) | AskError::Busy(_)) => Ok(None),
            Err(AskError::Refused(error)) => Err(error),
        }
    }
}

/// Long enough for a monitor to be started again and to take in what waited for it.
const PATIENCE: Duration = Duration::from_secs(120);
