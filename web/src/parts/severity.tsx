import { severityWord } from "../data/words";
import type { Alert, Severity } from "../data/types";
import { SeverityIcon } from "./icons";

export function SeverityTag({ severity }: { severity: Severity }) {
  return (
    <span class={`tag sev-${severity}`}>
      <SeverityIcon severity={severity} />
      {severityWord[severity] ?? severity}
    </span>
  );
}

export function Status({ status }: { status: Alert["status"] }) {
  return <span class={`status status-${status}`}>{status === "open" ? "Open" : "Resolved"}</span>;
}
