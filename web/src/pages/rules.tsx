import { duration, number, plural } from "../data/format";
import { useQuery } from "../data/query";
import { route } from "../data/router";
import { useStore } from "../data/store";
import { type Rule, SEVERITIES } from "../data/types";
import { keyClassWords } from "../data/words";
import { Heading } from "../parts/page";
import { SeverityTag } from "../parts/severity";
import { Empty, Loaded } from "../parts/states";
import { Text } from "../parts/text";

export function RulesPage() {
  const named = useStore(route).query.get("name");
  const rules = useQuery<{ rules: Rule[] }>("/api/v1/rules", FOLLOW);
  return (
    <>
      <Heading title="Rules">
        {rules.data && <span class="note">{plural(rules.data.rules.length, "rule")} in force</span>}
      </Heading>
      <Loaded query={rules}>
        {(data) =>
          data.rules.length === 0 ? (
            <Empty title="No rules">Nothing is looked for: the set of rules is empty.</Empty>
          ) : (
            <Table rules={data.rules} named={named} />
          )
        }
      </Loaded>
    </>
  );
}

function Table({ rules, named }: { rules: Rule[]; named: string | null }) {
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
              {rule.description !== undefined && <span class="rule-text">{rule.description}</span>}
            </th>
            <td data-label="Fires at">{threshold(rule)}</td>
            <td data-label="Per">{keyClassWords(rule.key_class)}</td>
            <td class="num" data-label="Keys watched">
              {number(rule.keys)}
            </td>
            <td class="num" data-label="Alerts">
              {number(rule.alerts)}
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

const worstFirst = (a: Rule, b: Rule): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.name.localeCompare(b.name);

function threshold({ threshold: count, window_seconds: window }: Rule): string {
  if (count === null || count === undefined) return "its condition";
  if (count <= 1) return "1 event";
  return window ? `${number(count)} in ${duration(window * 1000)}` : number(count);
}

const FOLLOW = { everyMs: 5000, atLeastMs: 30_000 };
