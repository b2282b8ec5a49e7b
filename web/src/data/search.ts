import { href } from "./router";

export const KINDS = [
  { id: "jti", label: "Token id", hint: "jti of a token" },
  { id: "sub", label: "Subject", hint: "sub: a user or client" },
  { id: "correlation_id", label: "Correlation id", hint: "from a log line or an answer's header" },
  { id: "fingerprint", label: "Fingerprint", hint: "key id, colon, 32 hex digits" },
  { id: "client_ip", label: "Address", hint: "IPv4 or IPv6" },
] as const;

export type Kind = (typeof KINDS)[number]["id"];

export const isKind = (text: string | null): text is Kind => KINDS.some((kind) => kind.id === text);

export const searchHref = (kind: Kind, value: string): string =>
  href("/search", { by: kind, value });

/** The search that a field of a record or of an alert's key leads to. */
export function searchOf(field: string, value: unknown): string | null {
  const kind = FIELDS[field];
  if (!kind || typeof value !== "string" || value === "") return null;
  // A network is a key of rules, not of the search.
  if (kind === "client_ip" && value.includes("/")) return null;
  return searchHref(kind, value);
}

/** The kind of thing that a text can only be. */
export function guess(text: string): Kind | null {
  if (/^[\w.-]{1,64}:[0-9a-f]{32}$/.test(text)) return "fingerprint";
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return "client_ip";
  if (/^[0-9a-f:]*:[0-9a-f:.]*$/i.test(text) && text.split(":").length > 2) return "client_ip";
  return null;
}

/** A token is a secret: it must not get into an address bar, a history or a request. */
export const looksLikeToken = (text: string): boolean =>
  /^(bearer\s+)?eyJ[\w-]{8,}\.[\w-]+/i.test(text);

const FIELDS: Record<string, Kind> = {
  token_jti: "jti",
  claimed_jti: "jti",
  previous_jti: "jti",
  jti: "jti",
  token_sub: "sub",
  claimed_sub: "sub",
  sub: "sub",
  subject: "sub",
  correlation_id: "correlation_id",
  token_fp: "fingerprint",
  fingerprint: "fingerprint",
  client_ip: "client_ip",
  address: "client_ip",
};
