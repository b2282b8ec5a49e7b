import { reasonMeaning, reasonWords, STEPS } from "../data/words";
import { Icon } from "./icons";

/** The steps of a decision in their order: passed, failed, or not reached. */
export function Steps({ steps }: { steps: string[] }) {
  const results = new Map(
    steps.map((step) => {
      const [name = "", result = ""] = step.split(/:(.*)/s);
      return [name, result] as const;
    }),
  );
  return (
    <ol class="steps" aria-label="Steps of the decision">
      {STEPS.map((step) => {
        const result = results.get(step);
        const state = result === undefined ? "skipped" : result === "ok" ? "ok" : "failed";
        return (
          <li key={step} class={`step step-${state}`} title={result && reasonMeaning(result)}>
            <span class="step-name">{step}</span>
            <span class="step-result">
              <Icon name={state === "ok" ? "tick" : state === "failed" ? "cross" : "dash"} />
              {state === "failed" ? reasonWords(result ?? "") : state === "ok" ? "ok" : "not taken"}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
