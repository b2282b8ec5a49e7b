mod person;

use futures_util::future::try_join_all;

use crate::DemoError;
use crate::orders::Role;
use crate::stage::{CHROME, FIREFOX, MOBILE, OFFICE, SAFARI, Stage};
use person::{Habit, Person};

/// Everybody who uses the service as they should, each in their own way. Their mistakes are
/// honest ones, and must raise no alarm.
pub(crate) async fn play(stage: &Stage, pace: Pace) -> Result<(), DemoError> {
    let people = people(stage)?;
    try_join_all(people.into_iter().map(|person| person.live(stage, pace))).await?;
    Ok(())
}

/// How fast the honest go, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// Some requests a second each, until each has made so many.
    Brisk { visits: u32 },
    /// A request each every few seconds, without an end.
    Leisurely,
}

fn people(stage: &Stage) -> Result<Vec<Person>, DemoError> {
    let mut people = Vec::new();
    for (number, (name, role, agent, habit)) in (10_u8..).zip(AT_HOME) {
        people.push(Person {
            account: stage.open(name, *role)?,
            caller: stage.caller(stage.home(number), agent),
            habit: *habit,
            away: MOBILE,
            own_order: None,
            seed: stage.run.seed() ^ u64::from(number) << 40,
        });
    }
    // Many behind one address, most with the same browser.
    for number in 0..OFFICE_STAFF {
        let agent = if number % 4 == 3 { FIREFOX } else { CHROME };
        let habit = if number == 0 {
            Habit::ForgetsToRefresh
        } else {
            Habit::Plain
        };
        people.push(Person {
            account: stage.open(&format!("office-{number:02}"), Role::Customer)?,
            caller: stage.caller(OFFICE, agent),
            habit,
            away: OFFICE,
            own_order: None,
            seed: stage.run.seed() ^ u64::from(number) << 48,
        });
    }
    Ok(people)
}

const AT_HOME: &[(&str, Role, &str, Habit)] = &[
    ("ada", Role::Customer, FIREFOX, Habit::Plain),
    ("bert", Role::Customer, CHROME, Habit::ForgetsToRefresh),
    ("carla", Role::Customer, SAFARI, Habit::TriesADoor),
    (
        "dilip",
        Role::Customer,
        "OrdersApp/3.4 (Android 16; Pixel 9)",
        Habit::Travels,
    ),
    ("elif", Role::Customer, FIREFOX, Habit::TwoTabs),
    (
        "femi",
        Role::Customer,
        "OrdersApp/3.4 (iOS 19.1; iPhone17,2)",
        Habit::Plain,
    ),
    ("grace", Role::Admin, CHROME, Habit::Plain),
    ("hugo", Role::Support, SAFARI, Habit::TriesADoor),
];
const OFFICE_STAFF: u8 = 10;
