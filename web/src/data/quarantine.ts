import { change } from "./api";
import { href } from "./router";
import type { AuditRecord } from "./types";

export const TARGETS = [
  { id: "token", label: "Token", field: "jti", hint: "Token id (jti)" },
  { id: "fingerprint", label: "Token without id", field: "fingerprint", hint: "Fingerprint" },
  { id: "family", label: "Family", field: "family", hint: "Refresh family (sid)" },
  { id: "subject", label: "Subject", field: "sub", hint: "Subject (sub)" },
] as const;

export type TargetType = (typeof TARGETS)[number]["id"];
export type HoldKind = "quarantine" | "revocation";

export interface Target {
  type: TargetType;
  iss?: string;
  jti?: string;
  fingerprint?: string;
  family?: string;
  sub?: string;
  before?: string;
}

export interface Entry {
  id: string;
  kind: HoldKind;
  target: Target;
  actor: string;
  rule?: string;
  reason?: string;
  services?: string[];
  since: string;
  until: string;
}

export interface QuarantineList {
  entries: Entry[];
  max_entries: number;
  max_seconds: number;
}

export interface Wanted {
  kind: HoldKind;
  target: Target;
  seconds: number;
  reason: string;
  services: string[];
}

const PATH = "/api/v1/quarantine";

export const isTarget = (text: string | null): text is TargetType => TARGETS.some(({ id }) => id === text);

export const targetOf = (type: TargetType, iss: string, id: string): Target => {
  const field = TARGETS.find((one) => one.id === type)?.field ?? "jti";
  return type === "fingerprint" ? { type, fingerprint: id } : { type, iss, [field]: id };
};

export const targetId = (target: Target): string =>
  target.jti ?? target.fingerprint ?? target.family ?? target.sub ?? "";

export const targetWord = (type: TargetType): string =>
  (TARGETS.find(({ id }) => id === type)?.label ?? type).toLowerCase();

/** The page with its form open and filled in; nothing is held before somebody says so there. */
export const holdHref = (type: TargetType, iss: string, id: string): string =>
  href("/quarantine", { hold: type, iss, id });

export interface Offer {
  type: TargetType;
  iss: string;
  id: string;
}

/**
 * What of a record can be held: only what the issuer's signature vouches for. A token whose signature does not hold is
 * refused in any case.
 */
export function offersOf(record: AuditRecord): Offer[] {
  const text = (field: string): string => {
    const value = record[field];
    return typeof value === "string" ? value : "";
  };
  if (record.trust !== "signed" && record.trust !== "verified") return [];
  const iss = text("token_iss");
  const offers: Offer[] = [];
  if (iss !== "" && text("token_jti") !== "") offers.push({ type: "token", iss, id: text("token_jti") });
  else if (text("token_fp") !== "") offers.push({ type: "fingerprint", iss: "", id: text("token_fp") });
  if (iss !== "" && text("refresh_family") !== "") offers.push({ type: "family", iss, id: text("refresh_family") });
  if (iss !== "" && text("token_sub") !== "") offers.push({ type: "subject", iss, id: text("token_sub") });
  return offers;
}

export const hold = (wanted: Wanted): Promise<Entry> => change<Entry>("POST", PATH, wanted);

export const release = (id: string): Promise<void> => change("DELETE", `${PATH}/${encodeURIComponent(id)}`);
