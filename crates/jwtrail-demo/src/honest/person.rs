use std::net::IpAddr;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::Pace;
use crate::DemoError;
use crate::caller::{Call, Caller, Tokens};
use crate::dice::Dice;
use crate::stage::{Account, Stage};

/// Somebody with an account.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) account: Account,
    pub(super) caller: Caller,
    pub(super) habit: Habit,
    /// Where the person is when not at home.
    pub(super) away: IpAddr,
    /// An order that is not cancelled yet.
    pub(super) own_order: Option<u64>,
    pub(super) seed: u64,
}

/// What a person does that a suspicious mind could misread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    Plain,
    /// Comes back with yesterday's token, tries once more, then refreshes.
    ForgetsToRefresh,
    /// Opens a page that is not for them.
    TriesADoor,
    /// Goes from home to a mobile network, with the token in the pocket.
    Travels,
    /// Refreshes from two tabs at once.
    TwoTabs,
}

impl Person {
    pub(super) async fn live(mut self, stage: &Stage, pace: Pace) -> Result<(), DemoError> {
        let mut dice = Dice::new(self.seed);
        let mut left = match pace {
            Pace::Brisk { visits } => Some(visits),
            Pace::Leisurely => None,
        };
        while left != Some(0) {
            let visits = SESSION.min(left.unwrap_or(SESSION));
            self.session(stage, visits, pace, &mut dice).await?;
            left = left.map(|left| left - visits);
        }
        Ok(())
    }

    /// From a login to a logout.
    async fn session(
        &mut self,
        stage: &Stage,
        visits: u32,
        pace: Pace,
        dice: &mut Dice,
    ) -> Result<(), DemoError> {
        pace.pause(dice).await;
        let mut tokens = self.caller.log_in(&self.account).await?;
        for visit in 0..visits {
            if visit == visits / 2 {
                tokens = self.misstep(stage, tokens).await?;
            }
            if visit % REFRESH_EVERY == REFRESH_EVERY - 1 {
                tokens = self.caller.refresh(&tokens).await?;
            }
            self.visit(&tokens, dice).await?;
            pace.pause(dice).await;
        }
        let logout = Call::post("/logout", Value::Null);
        let (token, done) = (&tokens.access, StatusCode::NO_CONTENT);
        self.caller.must(&logout, token, done).await
    }

    async fn visit(&mut self, tokens: &Tokens, dice: &mut Dice) -> Result<(), DemoError> {
        let token = &tokens.access;
        match (dice.roll(8), self.own_order) {
            (0 | 1, None) => {
                let order = json!({ "item": "espresso beans", "quantity": 1 + dice.roll(5) });
                let placed = self
                    .caller
                    .ask(&Call::post("/orders", order), token)
                    .await?;
                self.own_order = placed.id();
                placed.must(StatusCode::CREATED)
            }
            (0, Some(id)) => {
                let path = format!("/orders/{id}/cancel");
                let cancel = Call::post(&path, Value::Null);
                self.own_order = None;
                self.caller.must(&cancel, token, StatusCode::OK).await
            }
            (1..=3, Some(id)) => {
                let path = format!("/orders/{id}");
                self.caller
                    .must(&Call::get(&path), token, StatusCode::OK)
                    .await
            }
            _ => {
                self.caller
                    .must(&Call::get("/orders"), token, StatusCode::OK)
                    .await
            }
        }
    }

    async fn misstep(&mut self, stage: &Stage, tokens: Tokens) -> Result<Tokens, DemoError> {
        match self.habit {
            Habit::Plain => Ok(tokens),
            Habit::ForgetsToRefresh => {
                let old = stage.old_token(&self.account).await?;
                for _ in 0..2 {
                    let call = Call::get("/orders");
                    self.caller
                        .must(&call, &old, StatusCode::UNAUTHORIZED)
                        .await?;
                }
                self.caller.refresh(&tokens).await
            }
            Habit::TriesADoor => {
                let door = Call::get("/admin/users");
                self.caller
                    .must(&door, &tokens.access, StatusCode::FORBIDDEN)
                    .await?;
                Ok(tokens)
            }
            Habit::Travels => {
                let there = self.away;
                self.away = self.caller.address;
                self.caller = self.caller.moved_to(there);
                self.caller.refresh(&tokens).await
            }
            Habit::TwoTabs => {
                let (one, other) =
                    tokio::join!(self.caller.refresh(&tokens), self.caller.refresh(&tokens));
                other?;
                one
            }
        }
    }
}

impl Pace {
    async fn pause(self, dice: &mut Dice) {
        let millis = match self {
            Self::Brisk { .. } => 40 + dice.roll(160),
            Self::Leisurely => 300 + dice.roll(1_500),
        };
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
}

/// Requests from a login to a logout.
const SESSION: u32 = 30;
const REFRESH_EVERY: u32 = 10;
