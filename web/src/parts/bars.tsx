import type { ComponentChildren } from "preact";

import { compact, number, plural } from "../data/format";
import type { Count } from "../data/types";
import { Empty } from "./states";
import { visible } from "./text";

/** Names with counts as bars; the failed part of each is marked and said. */
export function Bars({
  rows,
  label,
  name,
  none,
  allFailed = false,
}: {
  rows: Count[];
  label: string;
  name: (row: Count) => ComponentChildren;
  none: string;
  allFailed?: boolean;
}) {
  if (rows.length === 0) return <Empty title={none} />;
  const largest = Math.max(...rows.map((row) => row.count), 1);
  return (
    <ol class="bars" aria-label={label}>
      {rows.map((row) => {
        const failed = allFailed ? row.count : (row.failed ?? 0);
        return (
          <li key={row.name}>
            <span class="bars-name" title={visible(row.name)}>
              {name(row)}
            </span>
            <span class="bars-count" title={number(row.count)}>
              {compact(row.count)}
              {!allFailed && failed > 0 && (
                <span class="bars-failed" title={plural(failed, "failure")}>
                  {compact(failed)} failed
                </span>
              )}
            </span>
            <span class="bars-track" aria-hidden="true">
              <span class="bars-fill" style={{ width: share(row.count, largest) }}>
                <span class="bars-bad" style={{ width: share(failed, row.count) }} />
              </span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** A part that is there is never too thin to be seen. */
const share = (part: number, whole: number): string =>
  part <= 0 ? "0" : `max(${((100 * part) / Math.max(whole, 1)).toFixed(2)}%, 2px)`;
