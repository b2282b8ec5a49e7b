import { compact, number, percent } from "../data/format";
import { useQuery } from "../data/query";
import { href, route } from "../data/router";
import { searchHref, searchOf } from "../data/search";
import { useStore } from "../data/store";
import { type Alert, type Count, type Overview, SEVERITIES } from "../data/types";
import { reasonMeaning, reasonWords, severityWord } from "../data/words";
import { AlertRow } from "../parts/alert-row";
import { Bars } from "../parts/bars";
import { TrafficChart } from "../parts/chart";
import { SeverityIcon } from "../parts/icons";
import { Choice, Heading, Panel } from "../parts/page";
import { Empty, Loaded } from "../parts/states";
import { Text } from "../parts/text";

export function OverviewPage() {
  const asked = useStore(route).query.get("span");
  const wanted = SPANS.find(([minutes]) => minutes === asked)?.[0];
  const answer = useQuery<Overview>(`/api/v1/overview?minutes=${wanted ?? "60"}`, FOLLOW);
  const young = wanted === undefined && answer.data !== null && isYoung(answer.data);
  const overview = young && answer.data !== null ? { ...answer, data: lately(answer.data) } : answer;
  const span = wanted ?? (young ? "15" : "60");
  const alerts = useQuery<{ alerts: Alert[] }>("/api/v1/alerts?state=all&limit=7", FOLLOW);
  return (
    <>
      <Heading title="Overview">
        <Choice label="Time span" options={SPANS} chosen={span} target={(minutes) => href("/", { span: minutes })} />
      </Heading>
      <Loaded query={overview}>
        {(data) => (
          <>
            <Tiles overview={data} />
            <div class="split">
              <Panel title="Requests and failures">
                {data.totals.requests === 0 && (
                  <p class="note">
                    No request was decided in this span. Services that send their audit events here show up by
                    themselves.
                  </p>
                )}
                <TrafficChart overview={data} />
              </Panel>
              <Panel title="Latest alerts" aside={<a href="#/alerts">All alerts</a>}>
                <Loaded query={alerts}>{(list) => <Latest alerts={list.alerts} />}</Loaded>
              </Panel>
            </div>
            <Tops overview={data} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** Whether the first three quarters of the hour are empty: one bar at the far right looks like none. */
function isYoung({ series }: Overview): boolean {
  return series.slice(0, -15).every((one) => one.accepted + one.failed + one.refreshed === 0);
}

// What is left out is empty, so that all the sums stay right without asking again.
function lately(overview: Overview): Overview {
  return { ...overview, series: overview.series.slice(-15) };
}

function Tiles({ overview }: { overview: Overview }) {
  const { requests, failed, refreshed, failure_ratio } = overview.totals;
  const open = SEVERITIES.reduce((sum, severity) => sum + (overview.open_alerts[severity] ?? 0), 0);
  return (
    <dl class="tiles">
      <Tile label="Requests" value={requests} />
      <Tile label="Failed" value={failed} more={`${percent(failure_ratio)} of requests`} bad={failed > 0} />
      <Tile label="Refreshed" value={refreshed} />
      <div class="tile tile-wide">
        <dt>Open alerts</dt>
        <dd class="tile-number">{number(open)}</dd>
        <dd class="tile-more">
          <ul class="severities">
            {SEVERITIES.map((severity) => {
              const count = overview.open_alerts[severity] ?? 0;
              return (
                <li key={severity}>
                  <a class={count === 0 ? "none" : undefined} href={href("/alerts", { severity })}>
                    <SeverityIcon severity={severity} />
                    <b>{number(count)}</b> {severityWord[severity].toLowerCase()}
                  </a>
                </li>
              );
            })}
          </ul>
        </dd>
      </div>
    </dl>
  );
}

function Tile({ label, value, more, bad = false }: { label: string; value: number; more?: string; bad?: boolean }) {
  return (
    <div class="tile">
      <dt>{label}</dt>
      <dd class={`tile-number ${bad ? "bad" : ""}`} title={number(value)}>
        {compact(value)}
      </dd>
      {more !== undefined && <dd class="tile-more">{more}</dd>}
    </div>
  );
}

function Latest({ alerts }: { alerts: Alert[] }) {
  if (alerts.length === 0) {
    return <Empty title="No alerts">Nothing has crossed a rule’s threshold so far.</Empty>;
  }
  return (
    <ul class="alert-rows">
      {alerts.map((alert) => (
        <AlertRow key={alert.id} alert={alert} />
      ))}
    </ul>
  );
}

function Tops({ overview }: { overview: Overview }) {
  return (
    <div class="tops">
      <Panel title="Reasons of failures">
        <Bars
          rows={overview.reasons}
          label="Reasons of failures"
          none="No failures"
          allFailed
          name={({ name }) => <span title={reasonMeaning(name)}>{reasonWords(name)}</span>}
        />
      </Panel>
      <Panel title="Subjects">
        <Bars rows={overview.subjects} label="Subjects by requests" none="No subjects" name={linked("sub")} />
      </Panel>
      <Panel title="Addresses">
        <Bars
          rows={overview.addresses}
          label="Addresses by requests"
          none="No addresses"
          name={linked("client_ip")}
        />
      </Panel>
      <Panel title="Routes">
        <Bars rows={overview.routes} label="Routes by requests" none="No routes" name={plain} />
      </Panel>
      <Panel title="Services">
        <Bars rows={overview.services} label="Services by requests" none="No services" name={plain} />
      </Panel>
    </div>
  );
}

const plain = ({ name }: Count) => <Text value={name} />;

const linked = (field: "sub" | "client_ip") =>
  function Linked({ name }: Count) {
    const target = searchOf(field, name) ?? searchHref(field, name);
    return (
      <a href={target}>
        <Text value={name} />
      </a>
    );
  };

const FOLLOW = { everyMs: 2000, atLeastMs: 15_000 };
const SPANS = [
  ["15", "15 min"],
  ["60", "1 h"],
  ["360", "6 h"],
  ["1440", "24 h"],
] as const;
