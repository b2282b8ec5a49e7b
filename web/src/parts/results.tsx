import { useState } from "preact/hooks";

import type { AuditRecord } from "../data/types";
import { eventWords } from "../data/words";
import { Icon } from "./icons";
import { Outcome } from "./outcome";
import { RecordDetail } from "./record";
import { Id, Text, Time } from "./text";

/** Records as a table, newest first; each opens to all that it says. */
export function Results({ records }: { records: AuditRecord[] }) {
  return (
    <table class="list results">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Event</th>
          <th scope="col">Subject</th>
          <th scope="col">Token</th>
          <th scope="col">Address</th>
          <th scope="col">Route</th>
          <th scope="col">Service</th>
          <th scope="col">
            <span class="hidden">Record</span>
          </th>
        </tr>
      </thead>
      {records.map((record) => (
        <Row key={record.event_id} record={record} />
      ))}
    </table>
  );
}

function Row({ record }: { record: AuditRecord }) {
  const [open, setOpen] = useState(false);
  const id = `record-${record.event_id}`;
  const subject = record.token_sub === undefined ? "claimed_sub" : "token_sub";
  const token = record.token_jti === undefined ? "claimed_jti" : "token_jti";
  const toggle = (event: MouseEvent): void => {
    const target = event.target;
    if (target instanceof Element && target.closest("a, button")) return;
    if (getSelection()?.isCollapsed === false) return;
    setOpen(!open);
  };
  return (
    <tbody class={open ? "open" : ""}>
      <tr class="clickable" onClick={toggle}>
        <td class="cell-time">
          <Time at={record.time} precise />
        </td>
        <td class="cell-event">
          <Outcome record={record} />
        </td>
        <Cell label="Subject" field={subject} record={record} />
        <Cell label="Token" field={token} record={record} />
        <Cell label="Address" field="client_ip" record={record} />
        <td data-label={record.route === undefined ? "About" : "Route"}>
          <Text value={about(record)} max={60} />
          {typeof record.status === "number" && <span class="event-status"> {record.status}</span>}
        </td>
        <td data-label="Service">
          <Text value={record.service ?? ""} max={32} />
        </td>
        <td class="cell-open">
          <button
            type="button"
            class="icon-button"
            aria-expanded={open}
            aria-controls={id}
            aria-label={`Full record: ${eventWords(record.event)}`}
            onClick={() => setOpen(!open)}
          >
            <Icon name="chevron" />
          </button>
        </td>
      </tr>
      <tr id={id} class="opened" hidden={!open}>
        <td colSpan={8}>{open && <RecordDetail record={record} />}</td>
      </tr>
    </tbody>
  );
}

/** The route of a request; of other events what they concern. */
function about({ method, route, rule, target, option, issuer, sink }: AuditRecord): string {
  const parts = route === undefined ? [rule, target, option, issuer, sink] : [method, route];
  return parts.filter((part) => typeof part === "string").join(" ");
}

function Cell({ label, field, record }: { label: string; field: string; record: AuditRecord }) {
  const value = record[field];
  const claimed = field.startsWith("claimed_");
  if (value === undefined || value === null) {
    return <td class="cell-none" />;
  }
  return (
    <td data-label={label}>
      <Id field={field} value={value} max={28} />
      {claimed && (
        <span class="claimed" title="The sender’s word: the signature did not hold or was not reached.">
          {" "}
          claimed
        </span>
      )}
    </td>
  );
}
