//! What is counted of an event is what its record says.

use jwtrail_event::RenderedToken;
use jwtrail_event::events::{AcceptedToken, Decided, Event as _, Happened, Measure, TokenAccepted};

use crate::every_event::facts::{answer, claims, header, request};

#[test]
fn an_accepted_token_is_measured_the_same_way_rendered_or_not() {
    let request = request();
    let rendered = RenderedToken::new(&header(), &claims());
    let facts = AcceptedToken::Facts {
        header: header(),
        claims: claims(),
    };
    for token in [facts, AcceptedToken::Rendered(&rendered)] {
        let event = TokenAccepted {
            request: &request,
            answer: answer(200),
            token,
            authorization: None,
        };
        let mut seen = Seen::default();
        event.measure(&mut seen);
        assert_eq!(seen.0, ["/orders/{id} user 42"]);
    }
}

#[derive(Default)]
struct Seen(Vec<String>);

impl Measure for Seen {
    fn decided(&mut self, decided: Decided<'_>) {
        let Decided {
            route,
            scope_class,
            duration_us,
            ..
        } = decided;
        self.0.push(format!("{route} {scope_class} {duration_us}"));
    }

    fn happened(&mut self, happened: Happened<'_>) {
        self.0.push(happened.event.to_string());
    }
}
