import { useEffect, useRef, useState } from "preact/hooks";

import { ApiError, fetchJson, messageOf } from "./api";
import { suspect, version } from "./live";

export interface Query<T> {
  /** The last answer; it stays while a newer one is on its way. */
  data: T | null;
  problem: string | null;
  /** Whether nothing has been had yet. */
  loading: boolean;
  reload(): void;
}

interface Options {
  /** Ask again when the monitor says that something changed, at most this often. */
  everyMs?: number;
  /** Ask again after this long in any case. */
  atLeastMs?: number;
}

/** Follows one path of the API. `null` asks for nothing. */
export function useQuery<T>(path: string | null, options: Options = {}): Query<T> {
  const [, redraw] = useState({});
  const problem = useRef<{ path: string; text: string } | null>(null);
  const ask = useRef<() => void>(() => undefined);
  const { everyMs, atLeastMs } = options;

  useEffect(() => {
    if (path === null) return undefined;
    const abort = new AbortController();
    let lastStart = 0;
    let running = false;
    let again = false;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const run = async (): Promise<void> => {
      clearTimeout(timer);
      timer = undefined;
      if (running) {
        again = true;
        return;
      }
      running = true;
      again = false;
      lastStart = Date.now();
      try {
        remember(path, await fetchJson<T>(path, abort.signal));
        problem.current = null;
      } catch (error) {
        if (abort.signal.aborted) return;
        if (error instanceof ApiError && error.status === 0) suspect();
        problem.current = { path, text: messageOf(error) };
      }
      running = false;
      redraw({});
      if (again) later();
    };
    const later = (): void => {
      if (document.hidden || everyMs === undefined) return;
      if (running) again = true;
      else timer ??= setTimeout(() => void run(), Math.max(0, lastStart + everyMs - Date.now()));
    };

    ask.current = () => void run();
    void run();
    const stop = everyMs === undefined ? () => undefined : version.subscribe(later);
    const pulse = atLeastMs === undefined ? undefined : setInterval(later, atLeastMs);
    document.addEventListener("visibilitychange", later);
    return () => {
      abort.abort();
      clearTimeout(timer);
      clearInterval(pulse);
      stop();
      document.removeEventListener("visibilitychange", later);
    };
  }, [path, everyMs, atLeastMs]);

  const data = path === null ? null : ((cache.get(path) as T | undefined) ?? null);
  const text = problem.current?.path === path ? problem.current.text : null;
  return { data, problem: text, loading: data === null && text === null, reload: ask.current };
}

/** Forgets every answer, when the user signs out. */
export function forget(): void {
  cache.clear();
}

/** Answers by path, so that going back shows the page at once. */
const cache = new Map<string, unknown>();

function remember(path: string, value: unknown): void {
  cache.delete(path);
  cache.set(path, value);
  const oldest = cache.keys().next();
  if (cache.size > CACHE_ENTRIES && !oldest.done) cache.delete(oldest.value);
}

const CACHE_ENTRIES = 40;
