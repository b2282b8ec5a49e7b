// Audit records for tests and for the mock: the wire form of schemas/, made by hand.

import { randomBytes, randomUUID } from "node:crypto";

export const hex = (bytes) => randomBytes(bytes).toString("hex");

/** A UUID of version 7 for a moment. */
export function eventId(ms) {
  const time = Math.floor(ms).toString(16).padStart(12, "0");
  const rest = randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(15)}`;
}

/** RFC 3339 with microseconds, as the log has it. */
export const timestamp = (ms) => new Date(ms).toISOString().replace("Z", "000Z");

export const KIND = (event) => {
  if (["token.missing", "token.accepted", "token.rejected", "access.denied", "rate.exceeded"].includes(event)) {
    return "decision";
  }
  return /^(token|login|issue|refresh|quarantine)\./.test(event) ? "lifecycle" : "system";
};

const BOOT = randomUUID();
let seq = 0;

/** One record with everything that every record has. */
export function record(event, ms, fields = {}) {
  const failed = /rejected|missing|denied|exceeded|failed|refused|reused|dropped/.test(event);
  return {
    time: timestamp(ms),
    event_id: eventId(ms),
    schema_version: 1,
    kind: KIND(event),
    event,
    service: "orders-api",
    service_version: "1.4.2",
    instance: "orders-api-7c9f",
    boot_id: BOOT,
    seq: seq++,
    outcome: failed ? "failure" : "success",
    trust: "none",
    correlation_id: randomUUID(),
    correlation_source: "generated",
    trace_id: hex(16),
    span_id: hex(8),
    ...fields,
  };
}

/** What a request adds. */
export const request = (address, route, status, more = {}) => ({
  client_ip: address,
  peer_ip: "10.0.4.17",
  hop: "edge",
  user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  method: "GET",
  route,
  status,
  exit: "responded",
  enforced: true,
  duration_us: 200 + Math.floor(Math.random() * 900),
  cache: "miss",
  ...more,
});

/** What a token whose signature held adds. */
export const signed = (subject, jti, more = {}) => ({
  trust: "signed",
  token_jti: jti,
  token_sub: subject,
  token_iss: "https://login.example",
  token_aud: ["orders-api"],
  client_id: "web",
  token_scope: "orders:read orders:write",
  token_alg: "ES256",
  token_typ: "at+jwt",
  token_kid: "2026-11",
  token_fp: `k1:${hex(16)}`,
  ...more,
});

/** One expired token that somebody presents over and over: token-repeated-rejections. */
export function repeatedRejections(jti, subject, count, lastMs) {
  const token = signed(subject, jti);
  return Array.from({ length: count }, (_, index) =>
    record("token.rejected", lastMs - (count - 1 - index) * 2000, {
      ...token,
      ...request("203.0.113.77", "/orders/{id}", 401, {
        user_agent: 'curl/8.14 <script>alert("x")</script> \u202Etxt.exe',
      }),
      reason: "expired",
      steps: ["parse:ok", "header:ok", "key:ok", "signature:ok", "claims:expired"],
    }),
  );
}

export const ndjson = (records) => records.map((one) => `${JSON.stringify(one)}\n`).join("");
