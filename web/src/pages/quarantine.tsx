import { useState } from "preact/hooks";

import { number, plural } from "../data/format";
import { type Entry, isTarget, type QuarantineList, targetId, targetWord } from "../data/quarantine";
import { useQuery } from "../data/query";
import { go, href, route } from "../data/router";
import { useStore } from "../data/store";
import { HoldDialog } from "../parts/hold-dialog";
import { Heading } from "../parts/page";
import { ReleaseDialog } from "../parts/release-dialog";
import { Empty, Loaded } from "../parts/states";
import { Ago, Id, Text, Time } from "../parts/text";

export function QuarantinePage() {
  const { query } = useStore(route);
  const list = useQuery<QuarantineList>("/api/v1/quarantine", FOLLOW);
  const [leaving, setLeaving] = useState<Entry | null>(null);
  const [said, setSaid] = useState("");
  const asked = query.get("hold");
  const done = (text: string): void => {
    setSaid(text);
    list.reload();
  };
  return (
    <>
      <Heading title="Quarantine">
        {list.data && <span class="note">{plural(list.data.entries.length, "entry", "entries")} in force</span>}
        <a class="button button-main heading-end" href={href("/quarantine", { hold: "token" })}>
          Hold a token
        </a>
      </Heading>
      <p class="hint">
        Services that follow this list refuse what stands in it, from their next request on and while the monitor
        is away, too. A quarantine holds back what is not understood yet; a revocation ends it.
      </p>
      <div class="hidden" role="status">
        {said}
      </div>
      <Loaded query={list}>
        {(data) => (
          <>
            {data.entries.length === 0 ? (
              <Empty title="Nothing is held">
                Hold a token, a refresh family or a subject here, or from an alert or a record of the search.
              </Empty>
            ) : (
              <Table entries={data.entries} leave={setLeaving} />
            )}
            {data.entries.length >= data.max_entries && (
              <p class="warning">
                The list is full with {number(data.max_entries)} entries: nothing more can be held.
              </p>
            )}
            {asked !== null && (
              <HoldDialog
                key={query.toString()}
                type={isTarget(asked) ? asked : "token"}
                iss={query.get("iss") ?? ""}
                id={query.get("id") ?? ""}
                most={data.max_seconds}
                close={() => {
                  // The browser tells of it later: somebody may be on another page by then.
                  if (route.get().query.has("hold")) go(href("/quarantine"), true);
                }}
                done={done}
              />
            )}
          </>
        )}
      </Loaded>
      {leaving !== null && (
        <ReleaseDialog entry={leaving} close={() => setLeaving(null)} done={done} />
      )}
    </>
  );
}

function Table({ entries, leave }: { entries: Entry[]; leave: (entry: Entry) => void }) {
  return (
    <table class="list quarantine">
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">What</th>
          <th scope="col">Why</th>
          <th scope="col">Where</th>
          <th scope="col">Since</th>
          <th scope="col">Ends</th>
          <th scope="col">
            <span class="hidden">Release</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <td class="cell-kind">
              <span class={`status status-${entry.kind}`}>
                {entry.kind === "quarantine" ? "Quarantined" : "Revoked"}
              </span>
            </td>
            <th scope="row">
              <What entry={entry} />
            </th>
            <td data-label="Why" class="cell-why">
              {entry.reason === undefined ? <span class="note">not said</span> : <Reason text={entry.reason} />}
              <span class="sub">
                {entry.rule === undefined ? (
                  <Text value={entry.actor} max={60} />
                ) : (
                  <>
                    by rule{" "}
                    <a href={`#/rules?name=${encodeURIComponent(entry.rule)}`}>
                      <Text value={entry.rule} max={60} />
                    </a>
                  </>
                )}
              </span>
            </td>
            <td data-label="Where">
              {entry.services === undefined ? "every service" : <Text value={entry.services.join(", ")} />}
            </td>
            <td data-label="Since">
              <Time at={entry.since} />
            </td>
            <td data-label="Ends">
              <Ago at={entry.until} />
            </td>
            <td class="cell-release">
              <button
                type="button"
                class="button"
                aria-label={`Release ${targetWord(entry.target.type)} ${targetId(entry.target)}`}
                onClick={() => leave(entry)}
              >
                Release
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What was said; a rule names its alert in it. */
function Reason({ text }: { text: string }) {
  const [, before, alert] = /^(.*) \(alert ([0-9a-f]{32})\)$/s.exec(text) ?? [];
  if (before === undefined || alert === undefined) return <Text value={text} />;
  return (
    <>
      <Text value={before} /> (<a href={`#/alerts/${alert}`}>its alert</a>)
    </>
  );
}

function What({ entry: { target } }: { entry: Entry }) {
  return (
    <>
      <span class="kind">{targetWord(target.type)}</span>{" "}
      <Id field={FIELDS[target.type]} value={targetId(target)} max={72} />
      {target.before !== undefined && (
        <span class="before">
          {" "}
          issued up to <Time at={target.before} />
        </span>
      )}
      {target.iss !== undefined && (
        <span class="sub">
          <Text value={target.iss} max={72} />
        </span>
      )}
    </>
  );
}

const FIELDS = { token: "jti", fingerprint: "fingerprint", family: "family", subject: "sub" } as const;
const FOLLOW = { everyMs: 2000, atLeastMs: 5_000 };
