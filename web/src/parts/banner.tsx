import { gravest } from "../data/ailments";
import { useQuery } from "../data/query";
import { route } from "../data/router";
import { useStore } from "../data/store";
import type { Health } from "../data/types";
import { Icon } from "./icons";
import { Text } from "./text";

/** Says on every page what keeps the monitor from its work. */
export function Banner() {
  const health = useQuery<Health>("/api/v1/health", FOLLOW);
  const [page] = useStore(route).parts;
  const ailments = health.data === null ? [] : gravest(health.data);
  const [first] = ailments;
  return (
    <div role="status">
      {first !== undefined && page !== "health" && (
        <p class="banner">
          <Icon name="cross" />
          <span>
            <Text value={first.what} />
            {ailments.length > 1 && ` And ${ailments.length - 1} more.`}
          </span>
          <a href="#/health">What to do</a>
        </p>
      )}
    </div>
  );
}

const FOLLOW = { everyMs: 15_000, atLeastMs: 15_000 };
