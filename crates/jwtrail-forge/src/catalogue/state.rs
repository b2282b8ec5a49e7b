//! REV, REF, RTE and STA: what a service's state makes of a token. STA is ours: no outside probe
//! can bring it about.

use jwtrail_event::{EventName, Reason, SecretToken, Trust};

use crate::text::base64url;
use crate::{Case, Expect, Precondition, Presentation, Presented};

pub(super) const CASES: &[Case] = &[
    Case::bearer(
        "REV-01/token",
        "a good token after it was revoked",
        |f| f.token().sign(),
        REVOKED,
    )
    .given(Precondition::TokenRevoked),
    Case::bearer(
        "REV-01/family",
        "a good token after its family was revoked",
        |f| f.token().claim("sid", f.next_id()).sign(),
        REVOKED,
    )
    .given(Precondition::FamilyRevoked),
    Case::bearer(
        "REV-01/subject",
        "a good token after its subject was revoked",
        |f| f.token().issued_in(-30).sign(),
        REVOKED,
    )
    .given(Precondition::SubjectRevoked),
    Case::bearer(
        "RTE-02/subject",
        "a good token of a subject over its limit",
        |f| f.token().sign(),
        Expect::rate_limited(),
    )
    .given(Precondition::SubjectOverLimit),
    Case::nothing(
        "REF-02/reused",
        "a refresh token that was rotated, after its grace",
        Presentation::FromService,
        Expect::lifecycle(
            400,
            EventName::RefreshReused,
            Reason::RefreshReused,
            Trust::Signed,
        ),
    )
    .given(Precondition::RefreshTokenRotated),
    Case::nothing(
        "REF-02/other-client",
        "a refresh token by another client than its own",
        Presentation::FromService,
        refused(Reason::RefreshClientMismatch, Trust::Signed),
    )
    .given(Precondition::RefreshTokenOfAnotherClient),
    Case::wire(
        "REF-02/unknown",
        "a refresh token that nobody issued",
        Presentation::Refresh,
        |f| Presented::refresh(SecretToken::new(base64url(&f.next_bytes()))),
        refused(Reason::RefreshUnknown, Trust::None),
    ),
    Case::wire(
        "REF-02/access-token",
        "an access token as a refresh token",
        Presentation::Refresh,
        |f| Presented::refresh(f.token().sign()),
        refused(Reason::RefreshUnknown, Trust::None),
    ),
    Case::bearer(
        "STA-01/backend-down",
        "a good token while the store does not answer",
        |f| f.token().sign(),
        Expect::not_decided(Some(503), Reason::BackendUnavailable),
    )
    .given(Precondition::BackendDown),
    Case::bearer(
        "STA-02/client-gone",
        "a good token whose client goes away before the decision",
        |f| f.token().sign(),
        Expect::not_decided(None, Reason::Undecided),
    )
    .given(Precondition::ClientGone),
    Case::bearer(
        "STA-04/token",
        "a good token that is quarantined",
        |f| f.token().sign(),
        QUARANTINED,
    )
    .given(Precondition::TokenQuarantined),
    Case::bearer(
        "STA-04/fingerprint",
        "a good token without an id whose fingerprint is quarantined",
        |f| f.token().without_claim("jti").sign(),
        QUARANTINED,
    )
    .given(Precondition::FingerprintQuarantined),
    Case::bearer(
        "STA-04/family",
        "a good token whose family is quarantined",
        |f| f.token().claim("sid", f.next_id()).sign(),
        QUARANTINED,
    )
    .given(Precondition::FamilyQuarantined),
    Case::bearer(
        "STA-04/subject",
        "a good token whose subject is quarantined",
        |f| f.token().sign(),
        QUARANTINED,
    )
    .given(Precondition::SubjectQuarantined),
    Case::nothing(
        "STA-03/wrong-password",
        "a login with a wrong password",
        Presentation::FromService,
        Expect::lifecycle(
            401,
            EventName::LoginFailed,
            Reason::BadCredentials,
            Trust::None,
        ),
    )
    .given(Precondition::WrongPassword),
    Case::bearer(
        "STA-04/keys-unavailable",
        "a good token whose issuer's keys cannot be had",
        |f| f.token().sign(),
        Expect::key_unavailable(),
    )
    .given(Precondition::KeysUnavailable),
];

const REVOKED: Expect = Expect::signed(Reason::Revoked);
const QUARANTINED: Expect = Expect::signed(Reason::Quarantined);

const fn refused(reason: Reason, trust: Trust) -> Expect {
    Expect::lifecycle(400, EventName::RefreshRefused, reason, trust)
}
