/// Which `typ` the header must have.
///
/// ```
/// use jwtrail_verify::{Profile, Verifier};
/// assert_eq!(Profile::default(), Profile::Strict);
/// let legacy = Verifier::builder().audience("orders-api").profile(Profile::Legacy);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// `at+jwt` or `application/at+jwt` in any case (RFC 9068 section 4): no id token, refresh
    /// token or logout token can be taken for an access token.
    #[default]
    Strict,
    /// `JWT` in any case, or none, for issuers that know nothing of RFC 9068.
    Legacy,
}

impl Profile {
    pub(crate) fn expects(self, typ: Option<&str>) -> bool {
        match (self, typ) {
            (Self::Strict, Some(typ)) => {
                typ.eq_ignore_ascii_case("at+jwt") || typ.eq_ignore_ascii_case("application/at+jwt")
            }
            (Self::Strict, None) => false,
            (Self::Legacy, Some(typ)) => typ.eq_ignore_ascii_case("JWT"),
            (Self::Legacy, None) => true,
        }
    }
}

/// What the claims must say. Times are in seconds.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) profile: Profile,
    pub(crate) audience: Audience,
    pub(crate) leeway: i64,
    /// None when any is taken.
    pub(crate) max_lifetime: Option<i64>,
    pub(crate) max_token_bytes: usize,
}

#[derive(Debug)]
pub(crate) enum Audience {
    OneOf(Vec<Box<str>>),
    Any,
}

impl Audience {
    pub(crate) fn accepts(&self, audiences: &[&str]) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(ours) => ours.iter().any(|own| audiences.contains(&&**own)),
        }
    }
}

/// The longest token that is looked at unless configured, in bytes.
pub(crate) const MAX_TOKEN_BYTES: usize = 8192;
/// How much clocks may differ unless configured, in seconds.
pub(crate) const LEEWAY: u64 = 60;
/// The longest lifetime unless configured, in seconds.
pub(crate) const MAX_LIFETIME: u64 = 86_400;
/// How many verified tokens are kept unless configured.
pub(crate) const CACHE_CAPACITY: usize = 10_000;
