import type { Alert, Severity } from "./types";

/** What an event is called in a sentence. */
export const eventWords = (event: string): string => EVENTS[event] ?? event.replaceAll(/[._]/g, " ");

/** What a reason is called; the name itself stays searchable in the record. */
export const reasonWords = (reason: string): string => reason.replaceAll("_", " ");

/** What a reason means. */
export const reasonMeaning = (reason: string): string | undefined => REASONS[reason];

export const severityWord: Record<Severity, string> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  informational: "Info",
};

/** The key without what only tells issuers apart: the detail page has it all. */
export const keyShort = ({ key }: Alert): string => {
  const short = [key["jti"], key["token_fp"], key["sub"], key["client_id"]].find((part) => typeof part === "string");
  return typeof short === "string" ? short : key.display;
};

export const keyClassWords = (name: string): string => name.replaceAll("_", " ");

export const trustMeaning: Record<string, string> = {
  none: "The signature did not hold or was not reached: what the token says is the sender's word.",
  signed: "The signature held, a later step failed: what the token says is the issuer's word.",
  verified: "Every step on the token passed.",
};

/** The steps of a decision, in their order. */
export const STEPS = [
  "parse",
  "header",
  "key",
  "signature",
  "claims",
  "binding",
  "revocation",
  "limit",
  "scope",
] as const;

const EVENTS: Record<string, string> = {
  "token.missing": "No token",
  "token.accepted": "Accepted",
  "token.rejected": "Rejected",
  "access.denied": "Access denied",
  "rate.exceeded": "Over the limit",
  "login.succeeded": "Logged in",
  "login.failed": "Login failed",
  "token.issued": "Token issued",
  "issue.refused": "Token not issued",
  "token.refreshed": "Refreshed",
  "refresh.replayed": "Refresh repeated",
  "refresh.reused": "Refresh token reused",
  "refresh.refused": "Refresh refused",
  "token.revoked": "Revoked",
  "quarantine.added": "Quarantined",
  "quarantine.released": "Quarantine released",
  "quarantine.expired": "Quarantine ended",
  "keys.refreshed": "Keys fetched",
  "keys.failed": "Keys not fetched",
  "config.unsafe": "Unsafe option in force",
  "audit.dropped": "Records lost",
  heartbeat: "Heartbeat",
  "limits.degraded": "Limits degraded",
  "proxy.suspected": "Proxy suspected",
  "rules.changed": "Rules changed",
  "output.changed": "Output changed",
  "alert.raised": "Alert raised",
  "subject.erased": "Subject erased",
};

const REASONS: Record<string, string> = {
  malformed_header: "The Authorization header is empty, repeated or malformed.",
  malformed_token: "Not a JWT: three parts with a JSON header and claims.",
  token_too_large: "Longer than the configured maximum.",
  unsupported_critical: "The header demands an extension that is not understood.",
  algorithm_not_allowed: "The algorithm is not one that was configured.",
  unknown_key: "There is no key with this id and algorithm.",
  key_unavailable: "The key set could not be had.",
  untrusted_key: "The token brings its own key.",
  bad_signature: "The signature does not hold.",
  missing_claim: "A required claim is absent.",
  bad_claim_type: "A claim has the wrong type.",
  expired: "The token's time is over.",
  not_yet_valid: "The token's time has not begun.",
  issued_in_future: "The token says that it was issued in the future.",
  lifetime_too_long: "Valid for longer than is allowed.",
  bad_issuer: "The issuer is not the one the key belongs to.",
  bad_audience: "The token is meant for another service.",
  wrong_type: "Another kind of token, such as an ID token.",
  revoked: "The token, its family or its subject was revoked.",
  quarantined: "The token or its family is in quarantine.",
  proof_invalid: "The proof of possession does not hold.",
  proof_replayed: "The proof of possession was used before.",
  proof_nonce_required: "The server asked for a nonce; not a failure of the client.",
  insufficient_scope: "The token lacks a scope that the route needs.",
  policy_denied: "The application's own policy said no.",
  rate_limited: "A limit refused the request.",
  refresh_reused: "An old refresh token came again; its family is revoked.",
  refresh_unknown: "The refresh token is unknown or revoked.",
  refresh_client_mismatch: "The refresh token belongs to another client.",
  missing: "No credentials came.",
  bad_credentials: "Wrong name or password.",
  undecided: "The client left, or time ran out, before a decision.",
  backend_unavailable: "The store of revocations, limits or sessions did not answer.",
};
