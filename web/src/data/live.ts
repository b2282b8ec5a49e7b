import { ApiError, asOf, fetchJson, session } from "./api";
import { createStore } from "./store";
import type { Alert } from "./types";

export type LiveState = "connecting" | "live" | "reconnecting";

/** Whether the stream of news is open. */
export const live = createStore<LiveState>("connecting");

/** Counts up whenever something in the monitor has changed. */
export const version = createStore(0);

/** The alert that was raised, updated or resolved last. */
export const latestAlert = createStore<Alert | null>(null);

let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;
let settled: ReturnType<typeof setTimeout> | undefined;
let attempts = 0;

/** Opens the stream and keeps it open until `disconnect`. */
export function connect(): void {
  disconnect();
  open();
}

export function disconnect(): void {
  clearTimeout(retry);
  clearTimeout(silence);
  clearTimeout(settled);
  attempts = 0;
  source?.close();
  source = null;
  live.set("connecting");
}

/** Called when a request found nobody: the stream may hang without knowing it. */
export function suspect(): void {
  if (live.get() === "live") lost();
}

/** Tries again at once instead of after the pause. */
export function hurry(): void {
  if (live.get() !== "reconnecting") return;
  clearTimeout(retry);
  void reopen();
}

function open(): void {
  const stream = new EventSource("/api/v1/stream");
  source = stream;
  stream.onopen = () => {
    clearTimeout(silence);
    // Only a stream that lasts is a good one: else an open door that slams shut is tried for ever.
    settled = setTimeout(() => (attempts = 0), SETTLED_MS);
    live.set("live");
    heard();
  };
  stream.onerror = () => {
    if (source === stream) lost();
  };
  stream.addEventListener("tick", heard);
  stream.addEventListener("alert", (message: MessageEvent<string>) => {
    const alert = parse(message.data);
    if (alert) latestAlert.set(alert);
    heard();
  });
}

function heard(): void {
  asOf.set(Date.now());
  version.set(version.get() + 1);
}

// The browser's own retry gives up on an HTTP error and cannot tell a signed-out user from a
// restarting monitor, so we close and ask. The monitor ends each stream now and then to see the
// token again: that is no news to anybody, so the first try comes at once and in silence.
function lost(): void {
  source?.close();
  source = null;
  clearTimeout(retry);
  clearTimeout(silence);
  clearTimeout(settled);
  if (attempts === 0) {
    silence = setTimeout(() => live.set("reconnecting"), SILENCE_MS);
    void reopen();
  } else {
    live.set("reconnecting");
    retry = setTimeout(() => void reopen(), Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS));
  }
  attempts += 1;
}

async function reopen(): Promise<void> {
  try {
    await fetchJson("/api/v1/session");
    if (session.get().status === "in" && source === null) open();
  } catch (error) {
    const signedOut = error instanceof ApiError && error.status === 401;
    if (!signedOut && session.get().status === "in") lost();
  }
}

function parse(data: string): Alert | null {
  try {
    const value: unknown = JSON.parse(data);
    const isAlert = typeof value === "object" && value !== null && "id" in value;
    return isAlert ? (value as Alert) : null;
  } catch {
    return null;
  }
}

const SILENCE_MS = 1500;
const SETTLED_MS = 5000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
