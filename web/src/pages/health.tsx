import { type Ailment, ailmentsOf } from "../data/ailments";
import { bytes, duration, number, plural } from "../data/format";
import { useQuery } from "../data/query";
import type { Health } from "../data/types";
import { Icon } from "../parts/icons";
import { Heading, Panel } from "../parts/page";
import { Empty, Loaded } from "../parts/states";
import { Ago, Text } from "../parts/text";

export function HealthPage() {
  const health = useQuery<Health>("/api/v1/health", FOLLOW);
  return (
    <>
      <Heading title="Health" />
      <Loaded query={health}>
        {(data) => (
          <>
            <Verdict ailments={ailmentsOf(data)} />
            <div class="tops">
              <Panel title="Log">
                <dl class="facts">
                  <Fact name="events" value={number(data.log.events)} />
                  <Fact name="size" value={bytes(data.log.bytes)} />
                  <Fact name="last position" value={number(data.log.last_position)} />
                </dl>
              </Panel>
              <Panel title="Detection">
                <dl class="facts">
                  <Fact name="position" value={number(data.detect.position)} />
                  <Fact name="behind the log by" value={plural(data.detect.lag_events, "event")} />
                  <Fact name="came too late" value={plural(data.detect.late_events, "event")} />
                </dl>
              </Panel>
              <Panel title="Process">
                <dl class="facts">
                  <Fact name="running for" value={duration(data.uptime_seconds * 1000)} />
                </dl>
              </Panel>
            </div>
            <div class="pair">
              <Panel title="Producers">
                <Producers health={data} />
              </Panel>
              <Panel title="Outputs">
                <Outputs health={data} />
              </Panel>
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

function Verdict({ ailments }: { ailments: Ailment[] }) {
  return ailments.length === 0 ? (
    <p class="verdict verdict-good">
      <Icon name="tick" /> Everything that is watched here works.
    </p>
  ) : (
    <ul class="verdict verdict-bad">
      {ailments.map(({ what, remedy }) => (
        <li key={what}>
          <Icon name="cross" /> <Text value={what} /> <span class="remedy">{remedy}</span>
        </li>
      ))}
    </ul>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Producers({ health }: { health: Health }) {
  if (health.producers.length === 0) {
    return <Empty title="No producers">No service has sent an audit event yet.</Empty>;
  }
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Producer</th>
          <th scope="col">Events</th>
          <th scope="col">Not taken</th>
          <th scope="col">Last heard</th>
        </tr>
      </thead>
      <tbody>
        {health.producers.map((producer) => (
          <tr key={producer.name}>
            <th scope="row">
              <Text value={producer.name} />
            </th>
            <td>{number(producer.events)}</td>
            <td class={producer.rejected === 0 ? "" : "bad"}>{number(producer.rejected)}</td>
            <td>
              {producer.last_seen === null ? "never" : <Ago at={producer.last_seen} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Outputs({ health }: { health: Health }) {
  if (health.outputs.length === 0) {
    return <Empty title="No outputs">Alerts are shown here only; no output is configured.</Empty>;
  }
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Output</th>
          <th scope="col">Waiting</th>
          <th scope="col">Refused</th>
          <th scope="col">Dropped</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {health.outputs.map((output) => (
          <tr key={output.name}>
            <th scope="row">
              <Text value={output.name} />
            </th>
            <td>{number(output.queued)}</td>
            <td class={output.failed === 0 ? "" : "bad"}>{number(output.failed)}</td>
            <td class={output.dropped === 0 ? "" : "bad"}>{number(output.dropped)}</td>
            <td class={output.last_error === null ? "" : "bad"}>
              {output.last_error === null ? "works" : <Text value={output.last_error} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const FOLLOW = { everyMs: 2000, atLeastMs: 10_000 };
