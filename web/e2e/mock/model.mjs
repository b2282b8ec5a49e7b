// What the mock knows, and the answers of its API.

import { createHash, randomUUID } from "node:crypto";

import { timestamp } from "../events.mjs";
import { attacks, honest, RULES } from "./data.mjs";

const MINUTE = 60_000;

export class Model {
  constructor({ history = true } = {}) {
    this.events = [];
    this.alerts = new Map();
    this.seen = new Set();
    this.listeners = new Set();
    this.started = Date.now();
    this.held = [];
    /** What of the health is not as it should be. */
    this.ailing = {};
    if (history) this.#invent();
  }

  #invent() {
    const now = Date.now();
    for (let minute = 75; minute >= 0; minute -= 1) {
      const wave = 38 + 16 * Math.sin(minute / 9) + Math.random() * 9;
      this.#keep(honest(now - minute * MINUTE, wave, now));
    }
    for (const { rule, evidence } of attacks(now)) {
      this.#keep(evidence);
      this.#raise(rule, evidence);
    }
    this.events.sort((a, b) => (a.time < b.time ? -1 : 1));
    this.events.forEach((event, index) => Object.assign(event, { position: index + 1 }));
    const old = [...this.alerts.values()].filter((alert) => Date.parse(alert.last_time) < now - 30 * MINUTE);
    for (const alert of old) alert.status = "resolved";
  }

  #keep(records) {
    const fresh = records.filter((one) => !this.seen.has(one.event_id));
    for (const one of fresh) {
      this.seen.add(one.event_id);
      this.events.push({ ...one, producer: "local", received_at: one.time, position: this.events.length + 1 });
    }
    return fresh;
  }

  ingest(records) {
    const fresh = this.#keep(records);
    const tokens = new Set(fresh.filter((one) => one.event === "token.rejected").map((one) => one.token_jti));
    for (const jti of tokens) {
      const rejected = this.events.filter((one) => one.event === "token.rejected" && one.token_jti === jti);
      if (jti && rejected.length >= 5) this.#tell("alert", this.#raise("token-repeated-rejections", rejected));
    }
    this.#tell("tick", { time: timestamp(Date.now()), position: this.events.length });
    return { accepted: fresh.length, duplicates: records.length - fresh.length, rejected: [] };
  }

  /** Honest traffic of about a second, for looking at the live pages. */
  breathe() {
    this.ingest(honest(Date.now() - MINUTE, 2).map((one) => ({ ...one, time: timestamp(Date.now()) })));
  }

  #raise(name, evidence) {
    const rule = RULES[name];
    const display = evidence[0][rule.field] ?? "";
    const id = createHash("sha256").update(`${name} ${display}`).digest("hex").slice(0, 32);
    const threshold = evidence[Math.min(rule.threshold, evidence.length - 1)];
    const iss = ["token", "subject"].includes(rule.key_class) ? { iss: "https://login.example" } : {};
    const field = { token: "jti", subject: "sub", address: "address", family: "family" }[rule.key_class];
    const alert = {
      id,
      rule: name,
      title: rule.title,
      severity: rule.severity,
      status: "open",
      key_class: rule.key_class,
      key: { display: iss.iss ? `${display} (${iss.iss})` : display, ...iss, [field]: display },
      first_time: evidence[0].time,
      last_time: evidence.at(-1).time,
      raised_at: threshold.time,
      count: evidence.length,
      description: rule.description,
      services: [...new Set(evidence.map((one) => one.service))],
      response: "alert",
    };
    this.alerts.set(id, alert);
    Object.defineProperty(alert, "detail", {
      value: {
        evidence,
        decisive_event_id: threshold.event_id,
        why: `At least ${rule.threshold} such events for one ${rule.key_class} are not what honest clients do: they stop, or ask for a new token.`,
        false_positives: ["A client library that retries without looking at the answer", "A clock that is wrong by minutes"],
        references: ["https://www.rfc-editor.org/rfc/rfc9700#section-4.14", "RFC 8725, section 3.1"],
      },
      enumerable: false,
    });
    return alert;
  }

  #tell(event, data) {
    for (const listener of this.listeners) listener(event, data);
  }

  overview(minutes) {
    const now = Date.now();
    const seconds = 60;
    const last = Math.floor(now / 1000 / seconds) * seconds;
    const first = last - Math.floor((minutes * 60) / seconds - 1) * seconds;
    const series = [];
    for (let time = first; time <= last; time += seconds) series.push({ time, accepted: 0, failed: 0, refreshed: 0 });
    const totals = { requests: 0, failed: 0, refreshed: 0, failure_ratio: 0 };
    const counts = { subjects: new Map(), addresses: new Map(), routes: new Map(), services: new Map(), reasons: new Map() };
    const add = (map, name, failed) => {
      if (name === undefined) return;
      const row = map.get(name) ?? { name, count: 0, failed: 0 };
      row.count += 1;
      row.failed += failed ? 1 : 0;
      map.set(name, row);
    };
    for (const event of this.events) {
      const bucket = series[Math.floor((Date.parse(event.time) / 1000 - first) / seconds)];
      if (!bucket) continue;
      if (event.event === "token.refreshed") {
        bucket.refreshed += 1;
        totals.refreshed += 1;
      }
      if (event.kind !== "decision") continue;
      const failed = event.outcome === "failure";
      bucket[failed ? "failed" : "accepted"] += 1;
      totals.requests += 1;
      totals.failed += failed ? 1 : 0;
      add(counts.subjects, event.token_sub, failed);
      add(counts.addresses, event.client_ip, failed);
      add(counts.routes, `${event.method} ${event.route}`, failed);
      add(counts.services, event.service, failed);
      if (failed) add(counts.reasons, event.reason, true);
    }
    totals.failure_ratio = totals.requests === 0 ? 0 : totals.failed / totals.requests;
    const top = (map) => [...map.values()].sort((a, b) => b.count - a.count).slice(0, 8);
    const open_alerts = { critical: 0, high: 0, medium: 0, low: 0, informational: 0 };
    for (const alert of this.alerts.values()) if (alert.status === "open") open_alerts[alert.severity] += 1;
    const tops = Object.fromEntries(Object.entries(counts).map(([name, map]) => [name, top(map)]));
    return { now: timestamp(now), bucket_seconds: seconds, series, totals, ...tops, open_alerts };
  }

  listAlerts(state, limit) {
    const alerts = [...this.alerts.values()].filter((alert) => state === "all" || alert.status === "open");
    return { alerts: alerts.sort((a, b) => (a.raised_at < b.raised_at ? 1 : -1)).slice(0, limit) };
  }

  alert(id) {
    const alert = this.alerts.get(id);
    return alert && { ...alert, ...alert.detail };
  }

  search(query) {
    const wanted = {
      jti: (one, text) => [one.token_jti, one.claimed_jti, one.previous_jti].includes(text),
      sub: (one, text) => [one.token_sub, one.claimed_sub].includes(text),
      correlation_id: (one, text) => one.correlation_id === text,
      fingerprint: (one, text) => one.token_fp === text,
      client_ip: (one, text) => one.client_ip === text,
    };
    const [name, matches] = Object.entries(wanted).find(([name]) => query.has(name)) ?? ["", () => true];
    const before = Number(query.get("before") ?? Infinity);
    const limit = Number(query.get("limit") ?? 200);
    const found = this.events.filter((one) => one.position < before && matches(one, query.get(name))).reverse();
    const events = found.slice(0, limit);
    return { events, next_before: found.length > limit ? events.at(-1).position : null };
  }

  rules() {
    const rules = Object.entries(RULES).map(([name, { field: _, ...rule }]) => ({
      name,
      ...rule,
      keys: name.length * 3,
      alerts: [...this.alerts.values()].filter((alert) => alert.rule === name).length,
    }));
    return {
      rules,
      set: "4be1".repeat(8),
      since: timestamp(this.started - 12 * MINUTE),
      disabled: ["excess-rate"],
      refused: this.ailing.rules ? { at: timestamp(Date.now() - MINUTE), problem: this.ailing.rules } : null,
    };
  }

  responses() {
    const rules = [
      { rule: "refresh-reused", max_seconds: 3600, per_hour: 20, held: 2 },
      { rule: "token-replayed", max_seconds: 1800, per_hour: 10, held: 10 },
    ];
    return { halted: this.ailing.halted ?? null, rules, breaker_least: 10 };
  }

  /** Whether rules were halted. */
  reset() {
    const was = this.ailing.halted !== undefined;
    delete this.ailing.halted;
    return was;
  }

  quarantine() {
    const now = timestamp(Date.now());
    const entries = this.held.filter((one) => one.until > now).reverse();
    return { entries, max_entries: 10_000, max_seconds: 30 * 86_400 };
  }

  hold({ kind, target, seconds, reason, services }) {
    if (target === undefined) return { status: 400, problem: "the body is not what this route takes: missing field `target`" };
    const { type, iss, ...rest } = target;
    const [[, id] = ["", ""]] = Object.entries(rest);
    if (typeof id !== "string" || id === "") return { status: 400, problem: "`jti` is empty" };
    if (type === "fingerprint" && !/^[a-z0-9-]{1,16}:[0-9a-f]{32}$/.test(id)) return { status: 400, problem: "a fingerprint is the key's id, a colon and 32 hexadecimal digits in lower case" };
    if (type === "subject" && id === "payments-batch") return { status: 403, problem: "this subject is protected by the configuration; hold its tokens one by one" };
    const now = Date.now();
    const until = timestamp(now + seconds * 1000);
    const same = this.held.find((one) => one.kind === kind && JSON.stringify(one.target) === JSON.stringify(target));
    if (same) return { status: 200, entry: Object.assign(same, { until: same.until > until ? same.until : until }) };
    const entry = {
      id: randomUUID(),
      kind,
      target,
      actor: "operator",
      ...(reason ? { reason } : {}),
      ...(services?.length ? { services } : {}),
      since: timestamp(now),
      until,
    };
    this.held.push(entry);
    return { status: 201, entry };
  }

  release(id) {
    const at = this.held.findIndex((one) => one.id === id);
    if (at >= 0) this.held.splice(at, 1);
    return at >= 0;
  }

  health() {
    const events = this.events.length;
    return {
      log: { events, bytes: events * 612, last_position: events, problem: this.ailing.log ?? null },
      detect: { position: events, lag_events: this.ailing.lag ?? 0, late_events: 3 },
      outputs: [
        { name: "webhook", queued: 0, failed: 0, dropped: 0, last_error: null },
        {
          name: "mail", queued: 3, failed: 0, dropped: 0, last_error: "night-duty@example.com: the mail server answered with 451",
          readers: [
            { reader: "On call <on-call@example.com>", queued: 0, failed: 0, dropped: 0, last_error: null },
            { reader: "night-duty@example.com", queued: 3, failed: 0, dropped: 0, last_error: "the mail server answered with 451" },
          ],
        },
        { name: "archive", queued: 10_000, failed: 0, dropped: 1_204, last_error: "the webhook answered with status 503" },
        { name: "pager", queued: 4, failed: 2, dropped: 0, last_error: "connection refused (127.0.0.1:9093)" },
      ],
      producers: [
        { name: "local", events, last_seen: this.events.at(-1)?.received_at ?? null, rejected: 3, last_problem: "kind is missing" },
      ],
      responses: { halted: this.ailing.halted ?? null },
      rules: { refused: this.ailing.rules ?? null },
      ended_threads: this.ailing.threads ?? [],
      uptime_seconds: Math.floor((Date.now() - this.started) / 1000),
    };
  }
}
