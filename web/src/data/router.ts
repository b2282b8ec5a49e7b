import { createStore } from "./store";

export interface Route {
  /** The parts of the path: `#/alerts/a1` is `["alerts", "a1"]`. */
  parts: string[];
  query: URLSearchParams;
}

export const route = createStore<Route>(parse(location.hash));

addEventListener("hashchange", () => route.set(parse(location.hash)));

/** The address of a page, for `href`. */
export function href(path: string, query: Record<string, string | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(name, value);
  }
  const text = search.toString();
  return `#${path}${text === "" ? "" : `?${text}`}`;
}

/** Goes to a page without a new entry in the history where only a filter changes. */
export function go(target: string, replace = false): void {
  if (replace) {
    history.replaceState(null, "", target);
    route.set(parse(target));
  } else {
    location.hash = target;
  }
}

/** Takes the one-time code out of `#login=CODE`, and out of the address bar. */
export function takeLoginCode(): string | null {
  const match = /^#login=(.+)$/.exec(location.hash);
  if (!match?.[1]) return null;
  history.replaceState(null, "", `${location.pathname}#/`);
  route.set(parse("#/"));
  return decode(match[1]);
}

function parse(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  return {
    parts: path.split("/").filter((part) => part !== "").map(decode),
    query: new URLSearchParams(search),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
