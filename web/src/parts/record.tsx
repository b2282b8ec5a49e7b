import { useState } from "preact/hooks";

import { messageOf } from "../data/api";
import { duration } from "../data/format";
import { offersOf } from "../data/quarantine";
import { searchOf } from "../data/search";
import type { AuditRecord } from "../data/types";
import { reasonMeaning, trustMeaning } from "../data/words";
import { HoldLinks } from "./hold-links";
import { Steps } from "./steps";
import { Id, Text, Time } from "./text";

/** Everything that one record says, in groups, and the record itself. */
export function RecordDetail({ record }: { record: AuditRecord }) {
  const left = new Set(Object.keys(record).filter((field) => present(record[field])));
  left.delete("steps");
  const groups = GROUPS.map(([title, fields]) => {
    const shown = fields.filter((field) => left.delete(field));
    return { title, fields: shown };
  });
  groups.push({ title: "More", fields: [...left] });
  return (
    <div class="record">
      {Array.isArray(record.steps) && record.steps.length > 0 && <Steps steps={record.steps} />}
      {typeof record.reason === "string" && (
        <p class="record-reason">
          <code>{record.reason}</code> {reasonMeaning(record.reason)}
        </p>
      )}
      <div class="record-groups">
        {groups
          .filter((group) => group.fields.length > 0)
          .map((group) => (
            <section key={group.title} class="record-group">
              <h3>{group.title}</h3>
              {group.title === CLAIMED && <p class="note">The sender’s word; nothing vouches for it.</p>}
              <dl>
                {group.fields.map((field) => (
                  <div key={field}>
                    <dt>{field}</dt>
                    <dd>
                      <Field field={field} value={record[field]} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
      <HoldLinks offers={offersOf(record)} />
      <Raw record={record} />
    </div>
  );
}

function Field({ field, value }: { field: string; value: unknown }) {
  if (TIMES.has(field) && typeof value === "string") return <Time at={value} precise />;
  if ((field === "token_exp" || field === "token_iat") && typeof value === "number") {
    return <Time at={value * 1000} />;
  }
  if (field === "duration_us" && typeof value === "number") {
    return <>{value < 1000 ? `${value} µs` : duration(value / 1000)}</>;
  }
  if (field === "trust" && typeof value === "string") {
    return <span title={trustMeaning[value]}>{value}</span>;
  }
  if (field === "token_aud" && Array.isArray(value)) return <Text value={value.join(", ")} />;
  if (searchOf(field, value) !== null) return <Id field={field} value={value} />;
  return <Text value={value} />;
}

function Raw({ record }: { record: AuditRecord }) {
  const [copied, setCopied] = useState<string | null>(null);
  const copy = (): void => {
    navigator.clipboard
      .writeText(JSON.stringify(record))
      .then(() => setCopied("Copied"))
      .catch((error: unknown) => setCopied(`Not copied: ${messageOf(error)}`));
  };
  return (
    <details class="raw">
      <summary>Record as JSON</summary>
      <button type="button" class="button" onClick={copy}>
        Copy
      </button>
      <span role="status" class="note">
        {copied}
      </span>
      <pre tabIndex={0} aria-label="Record as JSON">
        {escape(JSON.stringify(record, null, 2))}
      </pre>
    </details>
  );
}

/** Invisible and direction-turning characters as JSON escapes: still the same JSON. */
const escape = (json: string): string =>
  json.replaceAll(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const present = (value: unknown): boolean => value !== null && value !== undefined;

const TIMES = new Set(["time", "received_at", "until"]);
const CLAIMED = "Claimed, not verified";
const GROUPS: [string, string[]][] = [
  ["Decision", ["time", "event", "outcome", "reason", "trust", "authz", "required_scope", "missing_scope", "object_type", "exit", "status", "enforced", "duration_us", "cache"]],
  ["Token", ["token_jti", "token_sub", "token_iss", "token_aud", "client_id", "token_scope", "scope_class", "token_iat", "token_exp", "token_alg", "token_kid", "token_typ", "token_fp", "refresh_family", "refresh_generation", "previous_jti"]],
  [CLAIMED, ["claimed_jti", "claimed_sub", "claimed_iss"]],
  ["Request", ["client_ip", "peer_ip", "hop", "user_agent", "origin", "method", "route"]],
  ["Correlation", ["correlation_id", "correlation_source", "trace_id", "span_id", "linked_trace_id"]],
  ["Source", ["service", "service_version", "instance", "boot_id", "seq", "event_id", "kind", "schema_version", "producer", "received_at", "position"]],
];
