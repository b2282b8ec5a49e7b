import { plural } from "./format";
import type { Health } from "./types";

export interface Ailment {
  what: string;
  /** What the operator does about it. */
  remedy: string;
}

/** What keeps the monitor from its work: told on every page. */
export function gravest(health: Health): Ailment[] {
  const ailments: Ailment[] = [];
  if (health.log.problem !== null) {
    ailments.push({
      what: `The log takes no events: ${health.log.problem}.`,
      remedy: "Free space on the data disk or mend it. Services keep what they could not send.",
    });
  }
  for (const thread of health.ended_threads) {
    ailments.push({
      what: `A part of the monitor has ended: ${thread}.`,
      remedy: "Restart the monitor: only a start brings it back. Its own log says why.",
    });
  }
  const { halted } = health.responses;
  if (halted !== null) {
    ailments.push({
      what: `Automatic quarantine has halted: rule ${halted.rule} would have held more than ${plural(halted.limit, "subject")} within an hour.`,
      remedy: "Look whether its alerts are true or a producer tells lies, then reset it on the page of the rules.",
    });
  }
  if (health.rules.refused !== null) {
    ailments.push({
      what: `The changed rules cannot be taken: ${health.rules.refused}.`,
      remedy: "The rules before stay in force. Mend the file: it is read again when it changes.",
    });
  }
  if (health.detect.lag_events > LAG_WORTH_SAYING) {
    ailments.push({
      what: `Detection is ${plural(health.detect.lag_events, "event")} behind the log.`,
      remedy: "Alerts come late. If the number keeps growing, give the monitor more CPU or send it less.",
    });
  }
  return ailments;
}

/** Everything that does not work, the gravest first. */
export function ailmentsOf(health: Health): Ailment[] {
  const ailments = gravest(health);
  for (const { name, queued, failed, dropped, last_error } of health.outputs) {
    if (dropped > 0) {
      ailments.push({
        what: `Output ${name} will never get ${plural(dropped, "notice")}: too many waited for it.`,
        remedy: "Mend the receiver, then look through the page of alerts for what it missed: they are all there.",
      });
    }
    if (failed > 0) {
      ailments.push({
        what: `Output ${name} refused ${plural(failed, "alert")} for good${because(last_error)}.`,
        remedy: "Mend the receiver or its address, then restart the monitor: the next start tries them again.",
      });
    } else if (last_error !== null) {
      ailments.push({
        what: `Output ${name} does not work: ${last_error}.`,
        remedy: `Look at the receiver. ${plural(queued, "notice")} waiting, tried again without your doing.`,
      });
    }
  }
  for (const { name, rejected, last_problem } of health.producers) {
    if (rejected === 0) continue;
    ailments.push({
      what: `${plural(rejected, "line")} of producer ${name} not taken${because(last_problem)}.`,
      remedy: "Those lines are not in the log. Mend what the service sends.",
    });
  }
  return ailments;
}

function because(problem: string | null): string {
  return problem === null ? "" : `, last: ${problem}`;
}

const LAG_WORTH_SAYING = 1000;
