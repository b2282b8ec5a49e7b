use jwtrail_event::Reason;

/// What another service may rightly say in the place of a reason of ours: it looks at the parts
/// of a request in another order, or has one word where we have two.
pub(super) const fn near(reason: Reason) -> &'static [Reason] {
    use Reason as R;
    match reason {
        // Whoever finds no token in a header has none, or goes on to read what is there.
        R::MalformedHeader => &[R::Missing, R::MalformedToken, R::BadSignature],
        // `alg: none` comes without a signature, and an empty one is no base64 of anything.
        R::AlgorithmNotAllowed => &[R::MalformedToken, R::BadSignature, R::UnknownKey],
        R::BadSignature | R::TokenTooLarge | R::UnsupportedCritical => &[R::MalformedToken],
        // Who does not look at a key in the token tries his own.
        R::UntrustedKey => &[R::BadSignature, R::UnknownKey, R::AlgorithmNotAllowed],
        // None is not the right one.
        R::MissingClaim => &[R::BadAudience, R::BadIssuer],
        R::BadClaimType => &[
            R::BadAudience,
            R::BadIssuer,
            R::InsufficientScope,
            R::MalformedToken,
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::near;
    use jwtrail_event::Reason;

    #[test]
    fn no_reason_is_near_itself_or_to_one_of_another_kind() {
        for reason in Reason::ALL {
            assert!(!near(*reason).contains(reason), "{reason}");
        }
        for reason in [Reason::Expired, Reason::NotYetValid, Reason::Revoked] {
            assert!(near(reason).is_empty(), "an operator has to see {reason}");
        }
    }
}
