use jwtrail_event::{Outcome, Timestamp};
use jwtrail_forge::{Algorithm, Defect, Forge, Precondition, Presentation};

use crate::support;

#[test]
fn every_defect_is_a_bearer_token_that_must_be_refused() {
    let forge = Forge::new(Timestamp::from_seconds(1_800_000_000));
    for defect in Defect::ALL {
        let case = defect.case();
        assert_eq!(case.presentation, Presentation::Bearer, "{defect:?}");
        assert_eq!(case.expect.outcome(), Outcome::Failure, "{defect:?}");
        let given = case.precondition;
        let scope = *defect == Defect::OtherScope;
        let needed = if scope {
            Precondition::ScopeRequired
        } else {
            Precondition::Default
        };
        assert_eq!(given, needed, "{defect:?}");
        assert_eq!(forge.present(case).tokens().len(), 1, "{defect:?}");
    }
}

#[test]
fn defects_can_be_had_of_every_algorithm() {
    for algorithm in Algorithm::ALL {
        let forge = Forge::new(Timestamp::from_seconds(1_800_000_000)).with_algorithm(*algorithm);
        for defect in Defect::ALL {
            let token = defect.token(&forge);
            let signed = support::holds(&forge, token.expose());
            let trusted = defect.case().expect.trust != jwtrail_event::Trust::None;
            assert!(!trusted || signed, "{defect:?} with {algorithm}");
        }
    }
}
