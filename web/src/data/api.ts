import { createStore } from "./store";
import type { Session } from "./types";

export class ApiError extends Error {
  /** `status` is 0 when nothing answered. */
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export type SessionState =
  | { status: "loading" }
  | { status: "in"; session: Session }
  | { status: "out"; problem?: string }
  | { status: "unreachable"; problem: string };

export const session = createStore<SessionState>({ status: "loading" });

/** When data last came from the monitor, milliseconds since the epoch. */
export const asOf = createStore<number | null>(null);

export async function fetchJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await call(path, signal ? { signal } : {});
  if (response.status === 401) {
    const ended = session.get().status === "in";
    session.set(ended ? { status: "out", problem: "Your session has ended." } : { status: "out" });
  }
  if (!response.ok) throw await problemOf(response);
  try {
    const value = (await response.json()) as T;
    asOf.set(Date.now());
    return value;
  } catch {
    if (signal?.aborted) throw new DOMException("aborted", "AbortError");
    throw new ApiError(response.status, "The monitor's answer was cut short.");
  }
}

/** Trades the code of a login link for the session cookie. */
export async function login(code: string): Promise<void> {
  session.set({ status: "loading" });
  try {
    const response = await post("/api/v1/login", { code });
    if (response.ok) return await loadSession();
    const spent = response.status === 401 || response.status === 403;
    session.set({
      status: "out",
      problem: spent
        ? "This login link was used before or has run out. Ask for a new one."
        : (await problemOf(response)).message,
    });
  } catch (error) {
    session.set({ status: "unreachable", problem: messageOf(error) });
  }
}

export async function loadSession(): Promise<void> {
  try {
    session.set({ status: "in", session: await fetchJson<Session>("/api/v1/session") });
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return;
    session.set({ status: "unreachable", problem: messageOf(error) });
  }
}

export async function logout(): Promise<void> {
  const response = await post("/api/v1/logout");
  if (!response.ok && response.status !== 401) throw await problemOf(response);
  session.set({ status: "out" });
}

/** Changes something; gives what the monitor answers, if it answers with a body. */
export async function change<T = void>(method: "POST" | "DELETE", path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  if (response.status === 401) session.set({ status: "out", problem: "Your session has ended." });
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const post = (path: string, body?: unknown): Promise<Response> => send("POST", path, body);

function send(method: string, path: string, body?: unknown): Promise<Response> {
  return call(path, {
    method,
    headers: { "content-type": "application/json", "x-jwtrail-request": "1" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function call(path: string, init: RequestInit): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  try {
    return await fetch(path, { ...init, signal, credentials: "same-origin", cache: "no-store" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, "The monitor does not answer.");
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  let detail = "";
  try {
    const body = (await response.json()) as { error?: { message?: unknown } };
    if (typeof body.error?.message === "string") detail = body.error.message;
  } catch {
    // Not JSON: the status says it all.
  }
  const text = detail === "" ? response.statusText : detail;
  return new ApiError(response.status, `The monitor answered ${response.status}: ${text}`);
}

const TIMEOUT_MS = 20_000;
