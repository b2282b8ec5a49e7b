import { change } from "./api";

/** Which rules hold a token or a family by themselves, and whether they may. */
export interface Responses {
  halted: Halted | null;
  rules: RuleResponse[];
  breaker_least: number;
}

export interface Halted {
  at: string;
  rule: string;
  subjects: number;
  limit: number;
  alert: string;
}

export interface RuleResponse {
  rule: string;
  max_seconds: number;
  per_hour: number;
  /** Entries within the last hour. */
  held: number;
}

/** What a rule did about an alert by itself. */
export type Responded = { what: "held"; entry: string; until: string } | { what: "withheld"; because: string };

export const resetResponses = (): Promise<void> => change("POST", "/api/v1/responses/reset");

/** Why a rule that may hold did not. */
export const withheldMeaning = (because: string): string => WITHHELD[because] ?? because.replaceAll("_", " ");

const WITHHELD: Record<string, string> = {
  severity_low: "The alert was informational or low when it was raised.",
  evidence_incomplete: "Not all events that it rests on are in the log any more.",
  too_many_events:
    "It rests on more events than an alert names (200), of more instances or subjects than it can stand for. Hold it by hand if it is true.",
  producer_not_trusted: "It rests on an event that was converted from another system's log, or whose producer is unknown.",
  not_signed: "It rests on an event that no signature vouches for.",
  no_service_in_common: "No service is one that all producers who told of it write as.",
  no_target: "It names no token and no family of one issuer.",
  subject_protected: "The configuration protects the subject.",
  too_late: "It is longer ago than it would have been held for.",
  rule_cap: "The rule had held as many within the hour as it may.",
  breaker_tripped: "Too many subjects were held within the hour; all rules are halted until they are reset.",
  list_refused: "The quarantine list is full, or did not take it.",
};
