use jwtrail_event::Reason;

use Meaning::{Any, One};
use Reason as R;

/// What a text can mean.
pub(super) enum Meaning {
    One(Reason),
    Any(&'static [Reason]),
}

/// Whatever can be wrong with a token itself.
const TOKEN: &[Reason] = &[
    R::MalformedToken,
    R::TokenTooLarge,
    R::UnsupportedCritical,
    R::AlgorithmNotAllowed,
    R::UnknownKey,
    R::UntrustedKey,
    R::BadSignature,
    R::MissingClaim,
    R::BadClaimType,
    R::Expired,
    R::NotYetValid,
    R::IssuedInFuture,
    R::LifetimeTooLong,
    R::BadIssuer,
    R::BadAudience,
    R::WrongType,
    R::Revoked,
    R::RefreshReused,
    R::RefreshUnknown,
];
/// A token that is none, or none that can be read.
const FORM: &[Reason] = &[R::MalformedToken, R::MalformedHeader, R::TokenTooLarge];
/// A signature that could not be checked or did not hold.
const SIGNED: &[Reason] = &[
    R::BadSignature,
    R::AlgorithmNotAllowed,
    R::UnknownKey,
    R::UntrustedKey,
];
/// Which key, with which algorithm.
const KEY: &[Reason] = &[R::UnknownKey, R::AlgorithmNotAllowed, R::UntrustedKey];
/// A claim that is not there or not right.
const CLAIM: &[Reason] = &[
    R::MissingClaim,
    R::BadClaimType,
    R::BadAudience,
    R::BadIssuer,
    R::LifetimeTooLong,
    R::WrongType,
];
/// Not from when on or no longer.
const TIME: &[Reason] = &[
    R::Expired,
    R::NotYetValid,
    R::IssuedInFuture,
    R::LifetimeTooLong,
];
/// No credentials, or such as are none.
const HEADER: &[Reason] = &[R::Missing, R::MalformedHeader];
/// Known who, but not allowed.
const DENIED: &[Reason] = &[R::InsufficientScope, R::PolicyDenied];

/// The texts of common libraries and gateways, in lower case with marks as blanks: what each of
/// them means. Read from the libraries' sources and documentation.
pub(super) const TABLE: &[(&str, Meaning)] = &[
    // RFC 6750 section 3.1 and what is built on it
    ("invalid token", Any(TOKEN)),
    ("insufficient scope", One(R::InsufficientScope)),
    ("invalid request", Any(HEADER)),
    // jsonwebtoken for Node.js
    ("jwt expired", One(R::Expired)),
    ("tokenexpirederror", One(R::Expired)),
    ("jwt not active", One(R::NotYetValid)),
    ("notbeforeerror", One(R::NotYetValid)),
    ("jwt malformed", One(R::MalformedToken)),
    ("jwt signature is required", One(R::BadSignature)),
    ("invalid signature", One(R::BadSignature)),
    ("invalid algorithm", One(R::AlgorithmNotAllowed)),
    ("jwt audience invalid", One(R::BadAudience)),
    ("jwt issuer invalid", One(R::BadIssuer)),
    ("jwt must be provided", One(R::Missing)),
    ("jsonwebtokenerror", Any(TOKEN)),
    // express-jwt
    ("no authorization token was found", One(R::Missing)),
    ("credentials required", One(R::Missing)),
    ("credentials bad scheme", Any(HEADER)),
    ("credentials bad format", One(R::MalformedHeader)),
    ("format is authorization bearer", Any(HEADER)),
    ("revoked token", One(R::Revoked)),
    // jose for Node.js, express-oauth2-jwt-bearer
    ("exp claim timestamp check failed", One(R::Expired)),
    ("err jwt expired", One(R::Expired)),
    ("nbf claim timestamp check failed", One(R::NotYetValid)),
    ("iat claim timestamp check failed", One(R::IssuedInFuture)),
    ("unexpected aud claim value", One(R::BadAudience)),
    ("unexpected iss claim value", One(R::BadIssuer)),
    ("unexpected typ jwt header value", One(R::WrongType)),
    ("unexpected aud value", One(R::BadAudience)),
    ("unexpected iss value", One(R::BadIssuer)),
    ("missing required", One(R::MissingClaim)),
    ("err jwt claim validation failed", Any(CLAIM)),
    ("signature verification failed", One(R::BadSignature)),
    (
        "no applicable key found in the json web key set",
        One(R::UnknownKey),
    ),
    ("err jwks no matching key", One(R::UnknownKey)),
    (
        "header parameter value not allowed",
        One(R::AlgorithmNotAllowed),
    ),
    ("err jose alg not allowed", One(R::AlgorithmNotAllowed)),
    ("invalid compact jws", One(R::MalformedToken)),
    ("err jws invalid", One(R::MalformedToken)),
    ("err jwt invalid", One(R::MalformedToken)),
    // @fastify/jwt, fast-jwt
    (
        "no authorization was found in request headers",
        One(R::Missing),
    ),
    ("fst jwt no authorization in header", One(R::Missing)),
    ("authorization token expired", One(R::Expired)),
    ("fst jwt authorization token expired", One(R::Expired)),
    ("authorization token is invalid", Any(TOKEN)),
    ("fst jwt authorization token invalid", Any(TOKEN)),
    ("untrusted authorization token", One(R::Revoked)),
    ("fst jwt bad request", Any(HEADER)),
    ("the token has expired", One(R::Expired)),
    ("the token is not active", One(R::NotYetValid)),
    ("the token will be active at", One(R::NotYetValid)),
    ("the token signature is invalid", One(R::BadSignature)),
    ("the token is malformed", One(R::MalformedToken)),
    (
        "the token algorithm is invalid",
        One(R::AlgorithmNotAllowed),
    ),
    ("the aud claim value is not allowed", One(R::BadAudience)),
    ("the iss claim value is not allowed", One(R::BadIssuer)),
    // PyJWT, Flask-JWT-Extended, Flask-AppBuilder, ruby-jwt
    ("signature has expired", One(R::Expired)),
    ("expiredsignature", One(R::Expired)),
    ("invalidsignature", One(R::BadSignature)),
    ("signature verification raised", One(R::BadSignature)),
    ("not enough segments", One(R::MalformedToken)),
    ("not enough or too many segments", One(R::MalformedToken)),
    ("invalid header padding", One(R::MalformedToken)),
    ("invalid payload padding", One(R::MalformedToken)),
    ("invalid crypto padding", One(R::MalformedToken)),
    ("invalid header string", One(R::MalformedToken)),
    ("invalid payload string", One(R::MalformedToken)),
    ("decodeerror", Any(FORM)),
    ("the token is not yet valid nbf", One(R::NotYetValid)),
    ("the token is not yet valid iat", One(R::IssuedInFuture)),
    ("the token is not yet valid", Any(TIME)),
    ("immaturesignature", One(R::NotYetValid)),
    ("audience doesn t match", One(R::BadAudience)),
    ("invalid audience", One(R::BadAudience)),
    ("invalidaudience", One(R::BadAudience)),
    ("invalid issuer", One(R::BadIssuer)),
    ("invalidissuer", One(R::BadIssuer)),
    ("token is missing the", One(R::MissingClaim)),
    ("missingrequiredclaim", One(R::MissingClaim)),
    (
        "the specified alg value is not allowed",
        One(R::AlgorithmNotAllowed),
    ),
    ("algorithm not supported", One(R::AlgorithmNotAllowed)),
    ("invalidalgorithm", One(R::AlgorithmNotAllowed)),
    (
        "expected a different algorithm",
        One(R::AlgorithmNotAllowed),
    ),
    ("missing authorization header", One(R::Missing)),
    ("bad authorization header", Any(HEADER)),
    ("token has expired", One(R::Expired)),
    ("token has been revoked", One(R::Revoked)),
    ("only non refresh tokens are allowed", One(R::WrongType)),
    ("subject must be a string", One(R::BadClaimType)),
    // Envoy
    ("jwt is missing", One(R::Missing)),
    ("jwt is expired", One(R::Expired)),
    ("jwt not yet valid", One(R::NotYetValid)),
    (
        "jwt is not in the form of header payload signature",
        One(R::MalformedToken),
    ),
    ("jwt verification fails", One(R::BadSignature)),
    ("audiences in jwt are not allowed", One(R::BadAudience)),
    ("jwt issuer is not configured", One(R::BadIssuer)),
    (
        "jwks doesn t have key to match kid or alg from jwt",
        Any(KEY),
    ),
    (
        "jwt header alg is not supported",
        One(R::AlgorithmNotAllowed),
    ),
    ("jwt header is an invalid base64url", One(R::MalformedToken)),
    ("jwt header is an invalid json", One(R::MalformedToken)),
    ("jwt payload is an invalid", One(R::MalformedToken)),
    ("jwt signature is an invalid", One(R::MalformedToken)),
    ("jwt authn access denied", Any(TOKEN)),
    ("rbac access denied", Any(DENIED)),
    // Spring Security, Nimbus
    ("jwt expired at", One(R::Expired)),
    ("jwt used before", One(R::NotYetValid)),
    ("the iss claim is not valid", One(R::BadIssuer)),
    ("the aud claim is not valid", One(R::BadAudience)),
    (
        "signed jwt rejected invalid signature",
        One(R::BadSignature),
    ),
    (
        "signed jwt rejected another algorithm expected or no matching key",
        Any(KEY),
    ),
    ("bearer token is malformed", Any(FORM)),
    ("invalid unsecured jws jwe header", One(R::MalformedToken)),
    ("malformed token", One(R::MalformedToken)),
    ("invalidbearertokenexception", Any(TOKEN)),
    ("authenticationcredentialsnotfound", One(R::Missing)),
    ("full authentication is required", One(R::Missing)),
    ("accessdeniedexception", Any(DENIED)),
    // Keycloak
    ("token is not active", Any(TIME)),
    ("invalid token signature", One(R::BadSignature)),
    ("invalid token issuer", One(R::BadIssuer)),
    ("token verification failed", Any(TOKEN)),
    ("token expired", One(R::Expired)),
    ("user session not found", One(R::Revoked)),
    ("stale token", One(R::Revoked)),
    // golang-jwt
    ("token is expired", One(R::Expired)),
    ("token signature is invalid", One(R::BadSignature)),
    ("token is malformed", One(R::MalformedToken)),
    (
        "token contains an invalid number of segments",
        One(R::MalformedToken),
    ),
    ("token is not valid yet", One(R::NotYetValid)),
    ("token used before issued", One(R::IssuedInFuture)),
    ("token has invalid audience", One(R::BadAudience)),
    ("token has invalid issuer", One(R::BadIssuer)),
    ("token is missing required claim", One(R::MissingClaim)),
    ("token is unverifiable", Any(SIGNED)),
    ("signing method", One(R::AlgorithmNotAllowed)),
    // Microsoft.IdentityModel
    ("idx10223", One(R::Expired)),
    ("idx10222", One(R::NotYetValid)),
    ("idx10225", One(R::MissingClaim)),
    ("idx10503", Any(SIGNED)),
    ("idx10511", One(R::BadSignature)),
    ("idx10500", Any(SIGNED)),
    ("idx10501", Any(SIGNED)),
    ("idx10504", One(R::BadSignature)),
    ("idx10214", One(R::BadAudience)),
    ("idx10206", One(R::MissingClaim)),
    ("idx10205", One(R::BadIssuer)),
    ("idx10211", One(R::MissingClaim)),
    ("idx12741", One(R::MalformedToken)),
    ("idx14100", One(R::MalformedToken)),
    // Whoever says it in their own words
    ("not authenticated", Any(HEADER)),
    ("missing bearer token", One(R::Missing)),
    ("missing token", One(R::Missing)),
    ("no token", One(R::Missing)),
    ("token missing", One(R::Missing)),
    ("no auth token", One(R::Missing)),
    ("bad signature", One(R::BadSignature)),
    ("could not validate credentials", Any(TOKEN)),
    ("expired token", One(R::Expired)),
    ("wrong audience", One(R::BadAudience)),
    ("wrong issuer", One(R::BadIssuer)),
    ("unknown key", One(R::UnknownKey)),
    ("unknown kid", One(R::UnknownKey)),
    ("unable to find a signing key", One(R::UnknownKey)),
    ("missing scope", One(R::InsufficientScope)),
    ("permission denied", Any(DENIED)),
    ("access denied", Any(DENIED)),
    ("too many requests", One(R::RateLimited)),
    ("rate limit", One(R::RateLimited)),
    ("ratelimit", One(R::RateLimited)),
];
