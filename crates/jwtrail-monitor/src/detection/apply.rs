use jwtrail_detect::{Alert, AlertChange};
use jwtrail_event::Text;
use jwtrail_event::events::AlertRaised;
use jwtrail_store::{Change, StoreError};

use crate::alerts::{self, AlertRow, AlertView};
use crate::core::Core;
use crate::outbox::{self, Notice};
use crate::own_audit::correlation;

/// An alert that has changed, once it is committed.
#[derive(Debug)]
pub(crate) struct News {
    alert: Alert,
    /// It was not there before.
    new: bool,
    /// Somebody has to be told of it, now for the first time.
    raised: bool,
    /// It has become worse since they were told.
    rose: bool,
    notices: usize,
}

/// Adds what the changes make of the alerts, the outbox and the responses to a commit. `active`
/// is how many subjects were, which bounds the responses.
pub(crate) fn prepare(
    core: &Core,
    found: &[AlertChange],
    active: u64,
    changes: &mut Vec<Change>,
) -> Result<Vec<News>, StoreError> {
    let mut news: Vec<News> = Vec::new();
    for (at, change) in found.iter().enumerate() {
        let alert = change.alert();
        // The newest of each alert says all; what was due to the outputs is told by the row.
        let later = found
            .iter()
            .skip(at + 1)
            .any(|later| later.alert().id == alert.id);
        if later {
            continue;
        }
        let before = alerts::load(&*core.store, alert.id)?;
        let mut row = AlertRow {
            alert: alert.clone(),
            raise_sent: before.as_ref().is_some_and(|row| row.raise_sent),
            resolution_sent: before.as_ref().is_some_and(|row| row.resolution_sent),
            told: before.as_ref().and_then(AlertRow::told),
        };
        let due = row.due();
        for notice in &due {
            let told = row.told.as_ref();
            outbox::enqueue(&core.outputs, alert, *notice, told, changes);
            row.tell(*notice);
        }
        let raised = due.contains(&Notice::Raised);
        // What an output is told of is a reason to act: that it was raised, and that it rose.
        let rose = due.contains(&Notice::Escalated);
        if raised || rose {
            let same = found.iter().map(AlertChange::alert);
            let same = same.filter(|same| same.id == alert.id);
            changes.extend(core.responses.due(same, raised, active));
        }
        alerts::write(changes, &row, before.as_ref());
        news.push(News {
            alert: row.alert,
            new: before.is_none(),
            raised,
            rose,
            notices: due.len(),
        });
    }
    Ok(news)
}

/// Tells everyone about alerts whose change is committed.
pub(crate) fn publish(core: &Core, trail: &jwtrail_actix::Trail, news: &[News]) {
    if news.iter().any(|news| news.raised || news.rose) {
        core.responses.wake();
    }
    for news in news {
        publish_one(core, trail, news);
    }
}

fn publish_one(core: &Core, trail: &jwtrail_actix::Trail, news: &News) {
    core.board.show(&news.alert, news.new);
    core.hub.send("alert", &AlertView::json(&news.alert));
    for output in &core.outputs {
        output.added(news.notices);
    }
    if news.raised {
        record(trail, &news.alert);
    }
}

fn record(trail: &jwtrail_actix::Trail, alert: &Alert) {
    let correlation = correlation(alert.id.to_string(), alert.id.as_u128());
    trail.record(&AlertRaised {
        correlation: &correlation,
        rule: Text::from(&alert.rule),
        target: Text::from(&alert.key.display),
    });
}
