import { plural } from "../data/format";
import { href } from "../data/router";
import type { Alert } from "../data/types";
import { keyClassWords, keyShort } from "../data/words";
import { SeverityTag, Status } from "./severity";
import { Ago, Text } from "./text";

/** One alert in a short list. */
export function AlertRow({ alert }: { alert: Alert }) {
  return (
    <li class="alert-row">
      <SeverityTag severity={alert.severity} />
      <a class="alert-row-title" href={href(`/alerts/${encodeURIComponent(alert.id)}`)}>
        <Text value={alert.title} />
      </a>
      <span class="alert-row-time">
        {alert.status === "resolved" ? <Status status="resolved" /> : <Ago at={alert.last_time} />}
      </span>
      <span class="alert-row-key">
        {keyClassWords(alert.key_class)} <Text value={keyShort(alert)} max={40} /> ·{" "}
        <span class="alert-row-count">{plural(alert.count, "event")}</span>
      </span>
    </li>
  );
}
