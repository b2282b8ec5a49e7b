import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { asOf, logout, messageOf } from "../data/api";
import { localTime, utc } from "../data/format";
import { hurry, latestAlert, live } from "../data/live";
import { useQuery } from "../data/query";
import { route } from "../data/router";
import { now, useStore } from "../data/store";
import { choose, theme, type Theme } from "../data/theme";
import type { Alert, Session } from "../data/types";
import { severityWord } from "../data/words";
import { Banner } from "./banner";
import { Icon } from "./icons";

export function Shell({ session, children }: { session: Session; children: ComponentChildren }) {
  const alerts = useQuery<{ alerts: Alert[] }>("/api/v1/alerts?state=open&limit=100", FOLLOW);
  const open = alerts.data?.alerts.length ?? 0;
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <header class="top">
        <div class="top-inner">
          <a class="brand" href="#/">
            <Icon name="logo" />
            jwtrail
          </a>
          <Navigation open={open} />
          <div class="top-end">
            <Live />
            <ThemeButton />
            <Leave user={session.user} role={session.role} />
          </div>
        </div>
      </header>
      <Banner />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer class="foot">
        jwtrail {session.version} · signed in as <bdi>{session.user}</bdi> ({session.role}) · times
        in {ZONE}
      </footer>
      <Announcer />
      <TabTitle open={open} />
    </>
  );
}

function Navigation({ open }: { open: number }) {
  const [page = ""] = useStore(route).parts;
  return (
    <nav class="nav" aria-label="Pages">
      {PAGES.map(([id, label, icon]) => (
        <a key={id} href={`#/${id}`} aria-current={page === id ? "page" : undefined}>
          <Icon name={icon} />
          <span>{label}</span>
          {id === "alerts" && open > 0 && (
            <span class="badge">
              {open >= 100 ? "99+" : open}
              <span class="hidden"> open</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}

function Live() {
  const state = useStore(live);
  const seen = useStore(asOf);
  const clock = useStore(now);
  if (state === "live") {
    return (
      <p class="live live-on" role="status">
        <span class="live-mark" aria-hidden="true" />
        Live
      </p>
    );
  }
  if (state === "connecting") {
    return (
      <p class="live" role="status">
        <span class="live-mark" aria-hidden="true" />
        Connecting
      </p>
    );
  }
  return (
    <p class="live live-off" role="status">
      <span class="live-mark" aria-hidden="true" />
      <span>
        Reconnecting
        {seen !== null && (
          <span class="live-since" title={utc(seen)}>
            , data as of {localTime(seen, clock)}
          </span>
        )}
      </span>
      <button type="button" class="link-button" onClick={hurry}>
        Now
      </button>
    </p>
  );
}

function ThemeButton() {
  const chosen = useStore(theme);
  const next = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length] ?? "system";
  const label = `Colours: ${THEME_WORDS[chosen]}. Switch to ${THEME_WORDS[next]}`;
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => choose(next)}
    >
      <Icon name={chosen === "light" ? "sun" : chosen === "dark" ? "moon" : "system"} />
    </button>
  );
}

function Leave({ user, role }: { user: string; role: string }) {
  const [problem, setProblem] = useState<string | null>(null);
  const leave = (): void => {
    logout().catch((error: unknown) => setProblem(messageOf(error)));
  };
  const label = `Sign out ${user} (${role})`;
  return (
    <>
      {problem !== null && (
        <span class="live live-off" role="alert">
          Not signed out: {problem}
        </span>
      )}
      <button type="button" class="icon-button" aria-label={label} title={label} onClick={leave}>
        <Icon name="leave" />
      </button>
    </>
  );
}

/** Says new alerts to those who listen to the page. */
function Announcer() {
  const alert = useStore(latestAlert);
  const text =
    alert?.status === "open"
      ? `${severityWord[alert.severity]} alert: ${alert.title}, ${alert.key.display}`
      : "";
  return (
    <div class="hidden" aria-live="polite">
      {text}
    </div>
  );
}

function TabTitle({ open }: { open: number }) {
  useEffect(() => {
    const show = (): void => {
      const page = document.documentElement.dataset["page"] ?? "";
      document.title = `${open > 0 ? `(${open}) ` : ""}${page === "" ? "" : `${page} · `}jwtrail`;
    };
    show();
    addEventListener("jwtrail:page", show);
    return () => removeEventListener("jwtrail:page", show);
  }, [open]);
  return null;
}

// The fragment is the router's, so the link moves the focus itself.
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

const LOCAL_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONE = LOCAL_ZONE === "UTC" ? "UTC" : `${LOCAL_ZONE}, UTC when pointed at`;
const FOLLOW = { everyMs: 1000, atLeastMs: 30_000 };
const THEMES: readonly Theme[] = ["system", "light", "dark"];
const THEME_WORDS: Record<Theme, string> = { system: "as the system", light: "light", dark: "dark" };
const PAGES = [
  ["", "Overview", "overview"],
  ["alerts", "Alerts", "alerts"],
  ["quarantine", "Quarantine", "quarantine"],
  ["search", "Search", "search"],
  ["rules", "Rules", "rules"],
  ["health", "Health", "health"],
] as const;
