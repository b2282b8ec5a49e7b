// An hour of a busy service with a few attackers, for looking at the pages without a monitor.

import { randomUUID } from "node:crypto";

import { hex, record, repeatedRejections, request, signed } from "../events.mjs";

const ROUTES = ["/orders", "/orders/{id}", "/orders/{id}/items", "/basket", "/profile", "/admin/refunds"];
const SUBJECTS = Array.from({ length: 14 }, (_, index) => `user-${4200 + index * 37}`);
const MINUTE = 60_000;
const FULL = ["parse:ok", "header:ok", "key:ok", "signature:ok", "claims:ok", "revocation:ok", "scope:ok"];

const pick = (list) => list[Math.floor(Math.random() ** 1.6 * list.length)];

/** Honest requests of one minute. */
export function honest(start, count, now = Infinity) {
  const records = [];
  for (let index = 0; index < count; index += 1) {
    const time = start + Math.random() * MINUTE;
    if (time > now) continue;
    const subject = pick(SUBJECTS);
    const address = `198.51.100.${20 + SUBJECTS.indexOf(subject)}`;
    const token = signed(subject, randomUUID());
    const kind = Math.random();
    const service = { service: Math.random() < 0.8 ? "orders-api" : "billing-api" };
    if (kind < 0.93) {
      records.push(record("token.accepted", time, { ...token, trust: "verified", ...service, ...request(address, pick(ROUTES), 200, { cache: "hit" }), authz: "granted", required_scope: "orders:read", steps: FULL }));
    } else if (kind < 0.955) {
      records.push(record("token.rejected", time, { ...token, ...service, ...request(address, pick(ROUTES), 401), reason: "expired", steps: ["parse:ok", "header:ok", "key:ok", "signature:ok", "claims:expired"] }));
    } else if (kind < 0.97) {
      records.push(record("token.missing", time, { ...service, ...request(address, pick(ROUTES), 401), reason: "missing" }));
    } else {
      records.push(record("token.refreshed", time, { ...token, trust: "verified", ...service, ...request(address, "/oauth/token", 200, { method: "POST" }), refresh_family: randomUUID(), refresh_generation: 3, previous_jti: randomUUID() }));
    }
  }
  return records;
}

/** Each attack as an alert with its evidence. */
export function attacks(now) {
  const at = (minutes, index, step) => now - minutes * MINUTE + index * step;
  const many = (count, make) => Array.from({ length: count }, (_, index) => make(index));
  const family = randomUUID();
  const stolen = signed("user-4348", randomUUID(), { trust: "verified" });
  const prober = signed("user-4570", randomUUID(), { trust: "verified" });
  const scopes = ["orders:admin", "refunds:write", "users:read", "users:write", "reports:read", "keys:read"];
  const lists = {
    "refresh-reused": [
      record("token.refreshed", at(31, 0, 0), { ...signed("user-4311", randomUUID()), trust: "verified", ...request("198.51.100.23", "/oauth/token", 200, { method: "POST" }), refresh_family: family, refresh_generation: 6 }),
      record("refresh.reused", at(31, 1, 42_310), { ...signed("user-4311", randomUUID()), trust: "verified", ...request("203.0.113.8", "/oauth/token", 400, { method: "POST", user_agent: "python-requests/2.32" }), reason: "refresh_reused", refresh_family: family, refresh_generation: 5 }),
      record("token.revoked", at(31, 1, 42_360), { ...signed("user-4311", randomUUID()), trust: "verified", refresh_family: family, actor: "jwtrail", target: "family" }),
    ],
    "token-replayed": many(7, (index) =>
      record("token.accepted", at(9, index, 21_400), { ...stolen, ...request(index % 2 ? "203.0.113.140" : "198.51.100.24", "/profile", 200, index % 2 ? { user_agent: "Go-http-client/2.0" } : {}), authz: "granted", steps: FULL }),
    ),
    "forgery-attempt": many(9, (index) =>
      record("token.rejected", at(3, index, 3_120), { ...request("2001:db8:61::1f", "/admin/refunds", 401, { method: "POST", user_agent: "() { :; }; \u001b[31mred <b>bold</b>" }), claimed_sub: "<img src=x onerror=alert(1)>\u202Egnp.exe", claimed_jti: "admin", claimed_iss: "https://login.example", token_alg: index % 2 ? "none" : "HS256", token_typ: "JWT", token_fp: `k1:${hex(16)}`, reason: "algorithm_not_allowed", steps: ["parse:ok", "header:algorithm_not_allowed"] }),
    ),
    "scope-probing": many(6, (index) =>
      record("access.denied", at(14, index, 9_800), { ...prober, ...request("198.51.100.30", "/admin/refunds", 403), reason: "insufficient_scope", authz: "denied", required_scope: scopes[index], missing_scope: scopes[index], steps: [...FULL.slice(0, -1), "scope:insufficient_scope"] }),
    ),
    "signature-guessing": many(26, (index) =>
      record("token.rejected", at(22, index, 2_700), { ...request("203.0.113.61", "/orders", 401), claimed_sub: "user-4200", claimed_jti: "0f1e", token_alg: "ES256", token_kid: "2026-11", token_fp: `k1:${hex(16)}`, reason: "bad_signature", steps: ["parse:ok", "header:ok", "key:ok", "signature:bad_signature"] }),
    ),
    "key-probing": many(12, (index) =>
      record("token.rejected", at(47, index, 4_000), { ...request("203.0.113.61", "/orders", 401), claimed_sub: "user-4200", token_alg: "RS256", token_kid: `guess-${index}`, token_fp: `k1:${hex(16)}`, reason: "unknown_key", steps: ["parse:ok", "header:ok", "key:unknown_key"] }),
    ),
    "token-repeated-rejections": repeatedRejections(randomUUID(), "user-4496", 6, now - 40 * MINUTE),
  };
  return Object.entries(lists).map(([rule, evidence]) => ({ rule, evidence }));
}

export const RULES = {
  "refresh-reused": { title: "Refresh token used again after rotation", severity: "critical", key_class: "family", threshold: 1, window_seconds: null, portable: true, field: "refresh_family", description: "An old refresh token came back: two parties hold tokens of one family." },
  "token-replayed": { title: "One token used by two clients in turn", severity: "high", key_class: "token", threshold: 3, window_seconds: 600, portable: false, field: "token_jti", description: "One token is presented at the edge from at least two addresses with different agents, in turn." },
  "forgery-attempt": { title: "Forged tokens presented", severity: "high", key_class: "address", threshold: 5, window_seconds: 600, portable: true, field: "client_ip", description: "Tokens with a forbidden algorithm, a key of their own, or a critical extension." },
  "scope-probing": { title: "Subject tries one scope after another", severity: "medium", key_class: "subject", threshold: 5, window_seconds: 600, portable: true, field: "token_sub", description: "At least five different scopes were denied to one subject." },
  "signature-guessing": { title: "Many tokens with bad signatures", severity: "medium", key_class: "address", threshold: 20, window_seconds: 300, portable: true, field: "client_ip", description: "One address presents many tokens whose signature does not hold." },
  "key-probing": { title: "Key ids are being guessed", severity: "low", key_class: "address", threshold: 10, window_seconds: 300, portable: true, field: "client_ip", description: "One address asks for keys that do not exist." },
  "token-repeated-rejections": { title: "One token rejected again and again", severity: "low", key_class: "token", threshold: 5, window_seconds: 300, portable: true, field: "token_jti", description: "The same token keeps being refused; its holder does not heed `Retry-After`." },
  "audit-gap": { title: "A service lost audit records", severity: "informational", key_class: "instance", threshold: 1, window_seconds: null, portable: false, field: "instance", description: "A gap in the numbers of a boot, or heartbeats that stopped without a final one." },
};
