// What the tests put before the pages: traffic, recorded attacks, a list of what is held.

import { randomUUID } from "node:crypto";

import { eventId, timestamp } from "./events.mjs";
import { attacks, honest } from "./mock/data.mjs";

// What the producer of the access file may write as.
const SERVICE = "orders-api";

/** An hour of honest traffic up to now, and an attack of each kind. */
export function busyHour(now) {
  const traffic = [];
  for (let minute = 59; minute >= 0; minute -= 1) {
    const wave = 36 + 15 * Math.sin(minute / 8) + Math.random() * 9;
    traffic.push(...honest(now - minute * 60_000, wave, now));
  }
  for (const { evidence } of attacks(now)) traffic.push(...evidence);
  traffic.sort((a, b) => (a.time < b.time ? -1 : 1));
  return traffic.map((one) => ({ ...one, service: SERVICE }));
}

/** A new name for each old one, the same one each time. */
function fresh(make) {
  const names = new Map();
  return (old) => {
    if (!names.has(old)) names.set(old, make());
    return names.get(old);
  };
}

/** Recorded events as if they had just happened: same distances, new ids, so that no two recordings know each other. */
export function renewed(records) {
  const shift = Date.now() - Math.max(...records.map((one) => Date.parse(one.time)));
  const boots = fresh(() => randomUUID());
  const traces = fresh(() => randomUUID().replaceAll("-", ""));
  const tokens = fresh(() => `jti-${randomUUID()}`);
  return records.map((one) => {
    const time = Date.parse(one.time) + shift;
    const renewed = { ...one, service: SERVICE, time: timestamp(time), event_id: eventId(time), boot_id: boots(one.boot_id), trace_id: traces(one.trace_id) };
    for (const field of ["token_jti", "claimed_jti", "previous_jti"]) {
      if (one[field] !== undefined) renewed[field] = tokens(one[field]);
    }
    return renewed;
  });
}

/** Runs in the page: a list to look at. */
export async function holdSome(jti) {
  const iss = "https://login.example";
  const some = [
    { kind: "revocation", target: { type: "subject", iss, sub: "user-4311" }, seconds: 30 * 86_400, reason: "left the company" },
    { kind: "quarantine", target: { type: "family", iss, family: "2c4e6f0a-51d7-4b1e-9d0a-77c4f0f2a1b3" }, seconds: 3600, reason: "two devices share it", services: ["orders-api", "billing-api"] },
    { kind: "quarantine", target: { type: "fingerprint", fingerprint: `k1:${"0f".repeat(16)}` }, seconds: 900 },
    { kind: "quarantine", target: { type: "token", iss, jti }, seconds: 86_400, reason: "<b>used</b> from two networks at once" },
  ];
  for (const one of some) {
    await fetch("/api/v1/quarantine", { method: "POST", headers: { "x-jwtrail-request": "1" }, body: JSON.stringify(one) });
  }
}
