import type { Halted, Responded } from "./responses";

export const SEVERITIES = ["critical", "high", "medium", "low", "informational"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Bucket {
  time: number;
  accepted: number;
  failed: number;
  refreshed: number;
}

export interface Count {
  name: string;
  count: number;
  failed?: number;
}

export interface Overview {
  now: string;
  bucket_seconds: number;
  series: Bucket[];
  totals: { requests: number; failed: number; refreshed: number; failure_ratio: number };
  reasons: Count[];
  subjects: Count[];
  addresses: Count[];
  routes: Count[];
  services: Count[];
  open_alerts: Partial<Record<Severity, number>>;
}

export interface Alert {
  id: string;
  rule: string;
  title: string;
  severity: Severity;
  status: "open" | "resolved";
  key_class: string;
  key: { display: string } & Record<string, unknown>;
  first_time: string;
  last_time: string;
  raised_at: string;
  count: number;
  description?: string;
  services?: string[];
  response?: string;
  /** The service's alert that tells of this one. */
  part_of?: string;
}

export interface AlertDetail extends Alert {
  /** What the rule did by itself; none where it may only alert. */
  responded?: Responded | null;
  evidence: AuditRecord[];
  decisive_event_id?: string | null;
  false_positives?: string[];
  references?: string[];
  why?: string;
}

/** One audit record as it stands in the log. Other fields may come and are shown as they are. */
export interface AuditRecord {
  [field: string]: unknown;
  time: string;
  event_id: string;
  event: string;
  kind?: string;
  outcome?: string;
  service?: string;
  reason?: string;
  steps?: string[];
  trust?: string;
  correlation_id?: string;
  token_jti?: string;
  token_sub?: string;
  token_fp?: string;
  claimed_jti?: string;
  claimed_sub?: string;
  client_ip?: string;
  user_agent?: string;
  method?: string;
  route?: string;
  status?: number;
  position?: number;
}

export interface Events {
  events: AuditRecord[];
  next_before: number | null;
}

export interface Rule {
  name: string;
  title: string;
  severity: Severity;
  description?: string;
  key_class: string;
  window_seconds?: number | null;
  threshold?: number | null;
  portable?: boolean;
  keys: number;
  alerts: number;
}

export interface RuleSet {
  rules: Rule[];
  set: string;
  /** When it came into force; none where it was so from the start on. */
  since: string | null;
  disabled: string[];
  /** Why the last change was not taken. */
  refused: { at: string; problem: string } | null;
}

/** What waits for an output, or for one reader of its mail. */
export interface Queue {
  queued: number;
  failed: number;
  dropped: number;
  last_error: string | null;
}

export interface Health {
  log: { events: number; bytes: number; last_position: number; problem: string | null };
  detect: { position: number; lag_events: number; late_events: number };
  outputs: (Queue & { name: string; /** Of mail, each by itself. */ readers?: (Queue & { reader: string })[] })[];
  producers: {
    name: string;
    events: number;
    last_seen: string | null;
    rejected: number;
    last_problem: string | null;
  }[];
  responses: { halted: Halted | null };
  rules: { refused: string | null };
  ended_threads: string[];
  uptime_seconds: number;
}

export interface Session {
  user: string;
  role: string;
  version: string;
}
