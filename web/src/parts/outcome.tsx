import type { AuditRecord } from "../data/types";
import { eventWords, reasonMeaning, reasonWords } from "../data/words";
import { Icon } from "./icons";

/** What happened, and why if it failed. */
export function Outcome({ record }: { record: AuditRecord }) {
  const failed = record.outcome === "failure";
  return (
    <span class={`outcome ${failed ? "outcome-bad" : "outcome-good"}`}>
      <Icon name={failed ? "cross" : record.kind === "system" ? "dot" : "tick"} />
      <span class="outcome-event">{eventWords(record.event)}</span>
      {record.reason !== undefined && record.event !== "token.missing" && (
        <span class="outcome-reason" title={reasonMeaning(record.reason)}>
          {reasonWords(record.reason)}
        </span>
      )}
    </span>
  );
}
