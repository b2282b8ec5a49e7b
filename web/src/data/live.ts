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
let attempts = 0;

/** Opens the stream and keeps it open until `disconnect`. */
export function connect(): void {
  disconnect();
  open();
}

export function disconnect(): void {
  clearTimeout(retry);
  retry = undefined;
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
    attempts = 0;
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
// restarting monitor, so we close and ask.
function lost(): void {
  source?.close();
  source = null;
  live.set("reconnecting");
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS);
  attempts += 1;
  clearTimeout(retry);
  retry = setTimeout(() => void reopen(), pause);
}

async function reopen(): Promise<void> {
  try {
    await fetchJson("/api/v1/session");
    if (live.get() === "reconnecting" && source === null) open();
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

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
