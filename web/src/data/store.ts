import { useEffect, useState } from "preact/hooks";

/** A value that components follow. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<T>(store: Store<T>): T {
  const [, redraw] = useState({});
  useEffect(() => {
    const before = store.get();
    const stop = store.subscribe(() => redraw({}));
    // It may have changed between the drawing and this effect.
    if (!Object.is(before, store.get())) redraw({});
    return stop;
  }, [store]);
  return store.get();
}

/** The time, every five seconds: what "3 min ago" hangs on. */
export const now = createStore(Date.now());
setInterval(() => now.set(Date.now()), 5000);
