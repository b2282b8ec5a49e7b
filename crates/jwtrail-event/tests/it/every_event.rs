//! One of each event, as full as it can be.

pub(crate) mod facts;

use jwtrail_event::events::{
    AcceptedToken, AccessDenied, AlertRaised, Answer, AuditDropped, Claimed, ConfigUnsafe, Event,
    Evidence, Heartbeat, IssueRefused, KeysFailed, KeysRefreshed, LimitsDegraded, LoginFailed,
    LoginSucceeded, OutputChanged, ProxySuspected, QuarantineAdded, QuarantineExpired,
    QuarantineReleased, RateExceeded, RefreshRefused, RefreshReplayed, RefreshReused, RulesChanged,
    SubjectErased, TokenAccepted, TokenIssued, TokenMissing, TokenRefreshed, TokenRejected,
    TokenRevoked,
};
use jwtrail_event::{
    Authz, Counts, DroppedKind, EventId, Exit, Origin, Reason, Record, Text, Timestamp,
};

use self::facts::{answer, authorization, claims, correlation, family, header, request};

/// Stamps each event's record and hands it over.
pub(crate) fn each(mut look: impl FnMut(&Record<'_>)) {
    let origin = Origin {
        service: "orders-api".to_owned(),
        service_version: "1.2.3".to_owned(),
        instance: "pod-7".to_owned(),
        boot_id: "b1".to_owned(),
    };
    let mut seq = 0;
    each_unstamped(|event| {
        let time = Timestamp::from_micros(1_800_000_000_123_456);
        let mut record = event.record(time);
        record.stamp(&origin, EventId::v7(time, &[7; 10]), seq);
        seq += 1;
        look(&record);
    });
}

pub(crate) fn each_unstamped(mut look: impl FnMut(&dyn Event)) {
    decisions(&mut look);
    logins_and_tokens(&mut look);
    refreshes(&mut look);
    quarantine(&mut look);
    system(&mut look);
}

fn decisions(look: &mut impl FnMut(&dyn Event)) {
    let request = &request();
    for optional in [false, true] {
        look(&TokenMissing {
            request,
            answer: answer(if optional { 200 } else { 401 }),
            optional,
        });
    }
    for authorization in [None, Some(authorization(Authz::Granted))] {
        look(&TokenAccepted {
            request,
            answer: answer(200),
            token: AcceptedToken::Facts {
                header: header(),
                claims: claims(),
            },
            authorization,
        });
    }
    let unverified = Evidence::Unverified {
        header: header(),
        claimed: Claimed {
            jti: Some(Text::from("their-jti")),
            sub: Some(Text::from("their-sub")),
            iss: Some(Text::from("their-iss")),
        },
    };
    let signed = Evidence::Signed {
        header: header(),
        claims: claims(),
    };
    let verified = Evidence::Verified {
        header: header(),
        claims: claims(),
    };
    for (reason, evidence) in [
        (Reason::MalformedHeader, Evidence::Absent),
        (Reason::BadSignature, unverified),
        (Reason::Expired, signed.clone()),
    ] {
        look(&TokenRejected {
            request,
            answer: answer(401),
            evidence,
            reason,
        });
    }
    look(&TokenRejected {
        request,
        answer: Answer {
            status: None,
            exit: Exit::Dropped,
            ..answer(0)
        },
        evidence: signed,
        reason: Reason::Undecided,
    });
    look(&AccessDenied {
        request,
        answer: answer(403),
        header: header(),
        claims: claims(),
        authorization: authorization(Authz::Denied),
        reason: Reason::InsufficientScope,
    });
    for evidence in [Evidence::Absent, verified] {
        look(&RateExceeded {
            request,
            answer: answer(429),
            evidence,
        });
    }
}

fn logins_and_tokens(look: &mut impl FnMut(&dyn Event)) {
    let request = &request();
    look(&LoginSucceeded {
        request,
        claims: claims(),
    });
    look(&LoginFailed {
        request,
        claimed_sub: Some(Text::from("mallory")),
    });
    look(&TokenIssued {
        request,
        claims: claims(),
        family: Some(family()),
    });
    look(&IssueRefused {
        request,
        reason: Reason::BackendUnavailable,
        claims: Some(claims()),
    });
    look(&TokenRevoked {
        correlation: &correlation(),
        actor: Text::from("operator"),
        target: Text::from("token:jti-1"),
        claims: Some(claims()),
        family: Some(family()),
        until: Some(Timestamp::MAX),
    });
}

fn refreshes(look: &mut impl FnMut(&dyn Event)) {
    let request = &request();
    look(&TokenRefreshed {
        request,
        claims: claims(),
        family: family(),
        previous_jti: Some(Text::from("jti-0")),
    });
    look(&RefreshReplayed {
        request,
        claims: claims(),
        family: family(),
        previous_jti: Some(Text::from("jti-0")),
    });
    look(&RefreshReused {
        request,
        claims: claims(),
        family: family(),
    });
    for known in [false, true] {
        look(&RefreshRefused {
            request,
            reason: Reason::RefreshUnknown,
            claims: known.then(claims),
            family: known.then(family),
        });
    }
}

fn quarantine(look: &mut impl FnMut(&dyn Event)) {
    let correlation = &correlation();
    look(&QuarantineAdded {
        correlation,
        actor: Text::from("rule:token-replayed"),
        rule: Some(Text::from("token-replayed")),
        target: Text::from("token:jti-1"),
        until: Some(Timestamp::MAX),
    });
    look(&QuarantineReleased {
        correlation,
        actor: Text::from("operator"),
        target: Text::from("token:jti-1"),
    });
    look(&QuarantineExpired {
        correlation,
        target: Text::from("token:jti-1"),
    });
}

fn system(look: &mut impl FnMut(&dyn Event)) {
    let correlation = &correlation();
    look(&KeysRefreshed {
        correlation,
        issuer: Text::from("https://login.example"),
    });
    look(&KeysFailed {
        correlation,
        issuer: Text::from("https://login.example"),
    });
    look(&ConfigUnsafe {
        correlation,
        option: Text::from("dangerous_any_audience"),
    });
    look(&AuditDropped {
        correlation,
        sink: Text::from("monitor"),
        count: 5,
        kind: DroppedKind::Unverified,
        reason: Reason::BackendUnavailable,
    });
    look(&Heartbeat {
        correlation,
        last_seq: 9,
        counts: Counts::default(),
        last: true,
    });
    for reason in [Some(Reason::BackendUnavailable), None] {
        look(&LimitsDegraded {
            correlation,
            reason,
        });
    }
    look(&ProxySuspected {
        correlation,
        client_ip: [192, 0, 2, 7].into(),
    });
    look(&RulesChanged {
        correlation,
        actor: Text::from("operator"),
        rule: Text::from("token-replayed"),
        target: Text::from("threshold"),
    });
    look(&OutputChanged {
        correlation,
        actor: Text::from("operator"),
        target: Text::from("webhook"),
    });
    look(&AlertRaised {
        correlation,
        rule: Text::from("token-replayed"),
        target: Text::from("alert-1"),
    });
    look(&SubjectErased {
        correlation,
        actor: Text::from("operator"),
        target: Text::from("12 events, 1 alert"),
    });
}
