import { number } from "../data/format";
import { useQuery } from "../data/query";
import { href, route } from "../data/router";
import { useStore } from "../data/store";
import { type Alert, SEVERITIES } from "../data/types";
import { keyClassWords, keyShort, severityWord } from "../data/words";
import { Choice, Heading } from "../parts/page";
import { SeverityTag, Status } from "../parts/severity";
import { Empty, Loaded } from "../parts/states";
import { Ago, Text, Time } from "../parts/text";

export function AlertsPage() {
  const { query } = useStore(route);
  const state = query.get("state") === "all" ? "all" : "open";
  const severity = query.get("severity") ?? "";
  const alerts = useQuery<{ alerts: Alert[] }>(`/api/v1/alerts?state=${state}&limit=${LIMIT}`, FOLLOW);
  const target = (change: { state?: string; severity?: string }): string => {
    const next = { state, severity, ...change };
    return href("/alerts", { ...next, state: next.state === "open" ? undefined : next.state });
  };
  return (
    <>
      <Heading title="Alerts">
        <Choice label="Status" options={STATES} chosen={state} target={(next) => target({ state: next })} />
        <Choice
          label="Severity"
          options={FILTERS}
          chosen={severity}
          target={(next) => target({ severity: next })}
        />
      </Heading>
      <Loaded query={alerts}>
        {(data) => {
          const shown = data.alerts.filter((alert) => severity === "" || alert.severity === severity);
          if (shown.length === 0) return <None state={state} severity={severity} all={target({ state: "all", severity: "" })} />;
          return (
            <>
              <Table alerts={shown} />
              {data.alerts.length >= LIMIT && (
                <p class="note">The {LIMIT} newest alerts are shown. Older ones are kept.</p>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function Table({ alerts }: { alerts: Alert[] }) {
  return (
    <table class="list alerts">
      <thead>
        <tr>
          <th scope="col">Severity</th>
          <th scope="col">Alert</th>
          <th scope="col">Key</th>
          <th scope="col" class="num">
            Events
          </th>
          <th scope="col">First</th>
          <th scope="col">Last</th>
          <th scope="col">Status</th>
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <tr key={alert.id} class="clickable">
            <td class="cell-severity">
              <SeverityTag severity={alert.severity} />
            </td>
            <th scope="row">
              <a class="row-link" href={href(`/alerts/${encodeURIComponent(alert.id)}`)}>
                <Text value={alert.title} />
              </a>
              <span class="sub">{alert.rule}</span>
            </th>
            <td class="cell-key">
              <span class="kind">{keyClassWords(alert.key_class)}</span>{" "}
              <span class="id">
                <Text value={keyShort(alert)} max={72} />
              </span>
            </td>
            <td class="num" data-label="Events">
              {number(alert.count)}
            </td>
            <td data-label="First">
              <Time at={alert.first_time} />
            </td>
            <td data-label="Last">
              <Ago at={alert.last_time} />
            </td>
            <td class="cell-status">
              <Status status={alert.status} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function None({ state, severity, all }: { state: string; severity: string; all: string }) {
  const kind = SEVERITIES.find((known) => known === severity);
  const word = kind ? `${severityWord[kind].toLowerCase()} ` : "";
  return (
    <Empty title={state === "open" ? `No open ${word}alerts` : `No ${word}alerts`}>
      {state === "open" || word !== "" ? (
        <a href={all}>Show all alerts</a>
      ) : (
        "Nothing has crossed a rule’s threshold so far."
      )}
    </Empty>
  );
}

const LIMIT = 200;
const FOLLOW = { everyMs: 1000, atLeastMs: 30_000 };
const STATES = [
  ["open", "Open"],
  ["all", "All"],
] as const;
const FILTERS = [["", "Any"], ...SEVERITIES.map((severity) => [severity, severityWord[severity]] as const)] as const;
