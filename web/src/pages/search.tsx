import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { fetchJson, messageOf } from "../data/api";
import { number, plural } from "../data/format";
import { useQuery } from "../data/query";
import { go, route } from "../data/router";
import { guess, isKind, type Kind, KINDS, looksLikeToken, searchHref } from "../data/search";
import { useStore } from "../data/store";
import type { AuditRecord, Events } from "../data/types";
import { Results } from "../parts/results";
import { Heading } from "../parts/page";
import { Empty, Loaded, Problem } from "../parts/states";
import { Text, Time } from "../parts/text";

export function SearchPage() {
  const { query } = useStore(route);
  const asked = query.get("by");
  const kind: Kind = isKind(asked) ? asked : "jti";
  const value = query.get("value") ?? "";
  return (
    <>
      <Heading title="Search" />
      <Form key={`${kind} ${value}`} kind={kind} value={value} />
      {value === "" ? (
        <Newest />
      ) : (
        <Found key={`${kind} ${value}`} kind={kind} value={value} />
      )}
    </>
  );
}

/** A request of a dashboard, this one's too: watching must not hide what is watched. */
const isOwnRequest = (event: AuditRecord): boolean =>
  event.service === "jwtrail-monitor" && event.kind === "decision" && event.outcome === "success";

/** What comes in, until something is searched for. */
function Newest() {
  const newest = useQuery<Events>(`/api/v1/events?limit=${LOOKED_AT}`, FOLLOW);
  return (
    <>
      <p class="hint">
        Everything about one token, subject, request or address: paste an id from a log line, an alert or an
        answer’s header. For a token that you hold, search the fingerprint that{" "}
        <code>jwtrail fingerprint @file:PATH</code> prints.
      </p>
      <Loaded query={newest}>
        {(data) => {
          const events = data.events.filter((event) => !isOwnRequest(event)).slice(0, NEWEST);
          if (events.length === 0) {
            return (
              <Empty title="No events yet">
                Services that send their audit events here show up by themselves.
              </Empty>
            );
          }
          return (
            <>
              <h2 class="results-head">Newest events</h2>
              <Results records={events} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function Form({ kind: first, value: firstValue }: { kind: Kind; value: string }) {
  const [kind, setKind] = useState(first);
  const [secret, setSecret] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const typed = (text: string): void => {
    setSecret(looksLikeToken(text.trim()));
    const only = guess(text.trim());
    if (only) setKind(only);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const text = input.current?.value.trim() ?? "";
    if (text === "" || looksLikeToken(text)) {
      input.current?.focus();
      return;
    }
    go(searchHref(kind, text));
  };
  return (
    <form class="search" role="search" onSubmit={submit}>
      <fieldset class="search-kinds">
        <legend class="hidden">Search by</legend>
        {KINDS.map(({ id, label }) => (
          <label key={id}>
            <input type="radio" name="by" value={id} checked={kind === id} onChange={() => setKind(id)} />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <div class="search-line">
        <input
          ref={input}
          type="search"
          aria-label="Search for"
          placeholder={KINDS.find(({ id }) => id === kind)?.hint}
          defaultValue={firstValue}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={1024}
          aria-invalid={secret}
          aria-describedby="search-warning"
          onInput={(event) => typed(event.currentTarget.value)}
        />
        <button type="submit" class="button button-main" disabled={secret}>
          Search
        </button>
      </div>
      <p id="search-warning" class="warning" role="alert">
        {secret &&
          "This looks like a whole token. A token is a secret and is not sent; search the fingerprint that `jwtrail fingerprint @file:PATH` prints."}
      </p>
    </form>
  );
}

function Found({ kind, value }: { kind: Kind; value: string }) {
  const path = `/api/v1/events?${kind}=${encodeURIComponent(value)}&limit=${PAGE}`;
  const first = useQuery<Events>(path);
  const [asked, setAsked] = useState(Date.now());
  useEffect(() => setAsked(Date.now()), [first.data]);
  return (
    <Loaded query={first}>
      {(data) =>
        data.events.length === 0 ? (
          <Empty title="No events">
            Nothing in the log names {KINDS.find(({ id }) => id === kind)?.label.toLowerCase()}{" "}
            <span class="id">
              <Text value={value} max={120} />
            </span>
            .{" "}
            <button type="button" class="link-button" onClick={first.reload}>
              Look again
            </button>
          </Empty>
        ) : (
          <Pages path={path} first={data} reload={first.reload}>
            As of <Time at={asked} />
          </Pages>
        )
      }
    </Loaded>
  );
}

function Pages({
  path,
  first,
  reload,
  children,
}: {
  path: string;
  first: Events;
  reload: () => void;
  children: ComponentChildren;
}) {
  const [older, setOlder] = useState<Events | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const known = new Set(first.events.map((event) => event.event_id));
  const events = [...first.events, ...(older?.events ?? []).filter((event) => !known.has(event.event_id))];
  const next = older === null ? first.next_before : older.next_before;
  const more = async (): Promise<void> => {
    setBusy(true);
    try {
      const page = await fetchJson<Events>(`${path}&before=${next}`);
      setOlder((before) => ({ ...page, events: [...(before?.events ?? []), ...page.events] }));
      setProblem(null);
    } catch (error) {
      setProblem(messageOf(error));
    }
    setBusy(false);
  };
  const again = (): void => {
    setOlder(null);
    reload();
  };
  const failed = events.filter((event) => event.outcome === "failure").length;
  return (
    <>
      <p class="results-head">
        <b>
          {next === null ? plural(events.length, "event") : `The newest ${number(events.length)} events`}
        </b>
        <span class={failed > 0 ? "bad" : ""}>{number(failed)} failed</span>
        <span>{children}</span>
        <button type="button" class="link-button" onClick={again}>
          Refresh
        </button>
      </p>
      <Results records={events} />
      {problem !== null && <Problem text={problem} />}
      {next !== null && (
        <button type="button" class="button" disabled={busy} onClick={() => void more()}>
          {busy ? "Loading" : "Older events"}
        </button>
      )}
    </>
  );
}

const PAGE = 100;
const NEWEST = 25;
const LOOKED_AT = 200;
const FOLLOW = { everyMs: 2000 };
