import { duration } from "../data/format";
import type { AuditRecord } from "../data/types";
import { Outcome } from "./outcome";
import { RecordDetail } from "./record";
import { Id, Text, Time } from "./text";

/**
 * The events behind an alert in the order of time; the decisive one is marked. What is the same as
 * in the event before is muted, so that what changes stands out.
 */
export function Evidence({ records, decisive }: { records: AuditRecord[]; decisive: string | null }) {
  return (
    <ol class="timeline">
      {records.map((record, index) => (
        <Entry
          key={record.event_id}
          record={record}
          before={records[index - 1]}
          decisive={record.event_id === decisive}
        />
      ))}
    </ol>
  );
}

function Entry({
  record,
  before,
  decisive,
}: {
  record: AuditRecord;
  before: AuditRecord | undefined;
  decisive: boolean;
}) {
  const gap = before ? Date.parse(record.time) - Date.parse(before.time) : 0;
  const failed = record.outcome === "failure";
  return (
    <li class={`event ${failed ? "event-bad" : ""} ${decisive ? "event-decisive" : ""}`}>
      <div class="event-when">
        <Time at={record.time} precise />
        {before && <span class="event-gap">+{duration(gap)}</span>}
      </div>
      <div class="event-body">
        {decisive && <p class="decisive">This event crossed the threshold</p>}
        <p class="event-line">
          <Outcome record={record} />
          {record.route !== undefined && (
            <span class="event-route">
              <Text value={`${record.method ?? ""} ${record.route}`.trim()} max={80} />
              {typeof record.status === "number" && <span class="event-status"> {record.status}</span>}
            </span>
          )}
        </p>
        <p class="event-line event-more">
          {LINKS.map(([field, label]) =>
            record[field] === undefined || record[field] === null ? null : (
              <span key={field} class={record[field] === before?.[field] ? "same" : ""}>
                <span class="kind">{label}</span> <Id field={field} value={record[field]} max={64} />
              </span>
            ),
          )}
        </p>
        <details class="event-full">
          <summary>Full record</summary>
          <RecordDetail record={record} />
        </details>
      </div>
    </li>
  );
}

const LINKS = [
  ["client_ip", "from"],
  ["token_sub", "subject"],
  ["claimed_sub", "claims subject"],
  ["token_jti", "token"],
  ["claimed_jti", "claims token"],
  ["user_agent", "agent"],
  ["correlation_id", "correlation"],
] as const;
