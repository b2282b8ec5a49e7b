import { useState } from "preact/hooks";

import { messageOf } from "../data/api";
import { duration, number, plural } from "../data/format";
import { useQuery } from "../data/query";
import { type Halted, type Responses, resetResponses, type RuleResponse } from "../data/responses";
import { route } from "../data/router";
import { useStore } from "../data/store";
import { type Rule, type RuleSet, SEVERITIES } from "../data/types";
import { keyClassWords } from "../data/words";
import { Heading } from "../parts/page";
import { SeverityTag } from "../parts/severity";
import { Empty, Loaded, Problem } from "../parts/states";
import { Ago, Prose, Text, Time } from "../parts/text";

export function RulesPage() {
  const named = useStore(route).query.get("name");
  const rules = useQuery<RuleSet>("/api/v1/rules", FOLLOW);
  const responses = useQuery<Responses>("/api/v1/responses", FOLLOW);
  return (
    <>
      <Heading title="Rules">
        {rules.data && (
          <span class="note">
            {plural(rules.data.rules.length, "rule")} in force
            {rules.data.since !== null && (
              <>
                {" "}
                since <Time at={rules.data.since} />
              </>
            )}
          </span>
        )}
      </Heading>
      {responses.data?.halted != null && <HaltedNote halted={responses.data.halted} done={responses.reload} />}
      {rules.data?.refused != null && <RefusedNote refused={rules.data.refused} />}
      <Loaded query={rules}>
        {(data) =>
          data.rules.length === 0 ? (
            <Empty title="No rules">Nothing is looked for: the set of rules is empty.</Empty>
          ) : (
            <>
              <Table rules={data.rules} named={named} responses={responses.data?.rules ?? []} />
              {data.disabled.length > 0 && (
                <p class="note switched-off">
                  Switched off: <Text value={data.disabled.join(", ")} max={1000} />
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </>
  );
}

/** Says why files that have changed are not in force. */
function RefusedNote({ refused }: { refused: { at: string; problem: string } }) {
  return (
    <div class="halted" role="alert">
      <p>
        <b>The rules have changed and cannot be taken</b>, tried <Ago at={refused.at} />. Those below stay in force.{" "}
        <span class="refused-why">
          <Text value={refused.problem} max={1000} />
        </span>
      </p>
    </div>
  );
}

/** Says that rules hold nothing any more, and lets an operator change that. */
function HaltedNote({ halted, done }: { halted: Halted; done: () => void }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await resetResponses();
      done();
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };
  return (
    <div class="halted" role="alert">
      <p>
        <b>Automatic quarantine has halted</b> <Ago at={halted.at} />: with one more of rule{" "}
        <Text value={halted.rule} max={60} />, {number(halted.subjects)} subjects would have been held within an hour, and{" "}
        {number(halted.limit)} are allowed. Rules still alert, and hold nothing. Look whether{" "}
        <a href="#/alerts?state=all">its alerts</a> are true or a producer tells lies.
      </p>
      <button type="button" class="button button-main" disabled={busy} onClick={() => void go()}>
        Let rules hold again
      </button>
      {problem !== null && <Problem text={problem} />}
    </div>
  );
}

function Table({ rules, named, responses }: { rules: Rule[]; named: string | null; responses: RuleResponse[] }) {
  return (
    <table class="list rules">
      <thead>
        <tr>
          <th scope="col">Severity</th>
          <th scope="col">Rule</th>
          <th scope="col">Fires at</th>
          <th scope="col">Per</th>
          <th scope="col" class="num">
            Keys watched
          </th>
          <th scope="col" class="num">
            Alerts
          </th>
          <th scope="col">By itself</th>
          <th scope="col">Form</th>
        </tr>
      </thead>
      <tbody>
        {[...rules].sort(worstFirst).map((rule) => (
          <tr key={rule.name} class={rule.name === named ? "named" : ""} aria-current={rule.name === named ? "true" : undefined}>
            <td class="cell-severity">
              <SeverityTag severity={rule.severity} />
            </td>
            <th scope="row">
              <Text value={rule.title} />
              <span class="sub">{rule.name}</span>
              {rule.description !== undefined && <span class="rule-text"><Prose text={rule.description} /></span>}
            </th>
            <td class="cell-fires" data-label="Fires at">{threshold(rule)}</td>
            <td data-label="Per">{keyClassWords(rule.key_class)}</td>
            <td class="num" data-label="Keys watched">
              {number(rule.keys)}
            </td>
            <td class="num" data-label="Alerts">
              {number(rule.alerts)}
            </td>
            <td data-label="By itself">
              <ByItself rule={rule} response={responses.find((one) => one.rule === rule.name)} />
            </td>
            <td data-label="Form">
              {rule.portable ? (
                <span title="A Sigma rule: other tools read it too">Sigma</span>
              ) : (
                <span title="Says what Sigma cannot">native</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ByItself({ rule, response }: { rule: Rule; response: RuleResponse | undefined }) {
  if (response === undefined) return <span class="note">alerts</span>;
  return (
    <>
      holds the {keyClassWords(rule.key_class)} for {duration(response.max_seconds * 1000).replaceAll(" ", "\u00a0")}
      <span class="sub">
        {number(response.held)} of {number(response.per_hour)} in the last hour
      </span>
    </>
  );
}

const worstFirst = (a: Rule, b: Rule): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.name.localeCompare(b.name);

function threshold({ threshold: count, window_seconds: window }: Rule): string {
  if (count === null || count === undefined) return "its condition";
  if (count <= 1) return "1 event";
  return window ? `${number(count)} in ${duration(window * 1000)}` : number(count);
}

const FOLLOW = { everyMs: 5000, atLeastMs: 30_000 };
