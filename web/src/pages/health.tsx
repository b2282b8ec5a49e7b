import { type Ailment, ailmentsOf } from "../data/ailments";
import { bytes, duration, number, plural } from "../data/format";
import { useQuery } from "../data/query";
import type { Health, Queue } from "../data/types";
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
                  <Fact name="last number" value={number(data.log.last_position)} />
                </dl>
              </Panel>
              <Panel title="Detection">
                <dl class="facts">
                  <Fact name="judged up to" value={number(data.detect.position)} />
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
    <table class="plain outputs">
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
        {health.outputs.flatMap((output) => {
          const readers = output.readers ?? [];
          return [
            <QueueRow key={output.name} name={output.name} queue={output} several={readers.length > 1} />,
            ...readers.map((one) => (
              <QueueRow key={`${output.name} ${one.reader}`} name={one.reader} queue={one} part />
            )),
          ];
        })}
      </tbody>
    </table>
  );
}

/** An output, or a reader of one: what went wrong is then said of the reader. */
function QueueRow({ name, queue, part, several }: { name: string; queue: Queue; part?: boolean; several?: boolean }) {
  const { queued, failed, dropped, last_error: problem } = queue;
  return (
    <tr class={part ? "part" : ""}>
      <th scope="row">
        <Text value={name} />
      </th>
      <td data-label="Waiting">{number(queued)}</td>
      <td data-label="Refused" class={failed === 0 ? "" : "bad"}>
        {number(failed)}
      </td>
      <td data-label="Dropped" class={dropped === 0 ? "" : "bad"}>
        {number(dropped)}
      </td>
      <td class={`said ${problem === null ? "" : "bad"}`}>
        {problem === null ? "works" : several ? "see below" : <Text value={problem} />}
      </td>
    </tr>
  );
}

const FOLLOW = { everyMs: 2000, atLeastMs: 10_000 };
