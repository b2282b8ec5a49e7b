import { duration, number, plural } from "../data/format";
import { type Offer, offersOf } from "../data/quarantine";
import { useQuery } from "../data/query";
import { type Responded, withheldMeaning } from "../data/responses";
import type { Alert, AlertDetail } from "../data/types";
import { keyClassWords, keyShort } from "../data/words";
import { Evidence } from "../parts/evidence";
import { HoldLinks } from "../parts/hold-links";
import { Heading, Panel } from "../parts/page";
import { SeverityTag, Status } from "../parts/severity";
import { Empty, Loaded } from "../parts/states";
import { Ago, Id, Prose, Text, Time } from "../parts/text";

export function AlertPage({ id }: { id: string }) {
  const alert = useQuery<AlertDetail>(`/api/v1/alerts/${encodeURIComponent(id)}`, FOLLOW);
  return (
    <>
      <p class="crumb">
        <a href="#/alerts">Alerts</a>
      </p>
      {alert.data === null && <Heading title="Alert" />}
      <Loaded query={alert}>{(data) => <Detail alert={data} />}</Loaded>
    </>
  );
}

function Detail({ alert }: { alert: AlertDetail }) {
  return (
    <article class="alert-page">
      <Heading title={<Text value={alert.title} />} name={alert.title}>
        <SeverityTag severity={alert.severity} />
        <Status status={alert.status} />
      </Heading>
      <Sentence alert={alert} />
      {alert.part_of !== undefined && (
        <p class="hint">
          Part of <a href={`#/alerts/${encodeURIComponent(alert.part_of)}`}>the service's alert</a>: what it rests on hit
          a great part of the service's clients at once, so it was not told by itself.
        </p>
      )}
      <div class="split split-alert">
        <Panel title="Evidence" aside={evidenceCount(alert)}>
          {alert.evidence.length === 0 ? (
            <Empty title="No evidence kept">
              {alert.rule === "responses-halted"
                ? "This alert is the monitor's own and rests on no event."
                : "The events of this alert are past their retention."}
            </Empty>
          ) : (
            <Evidence records={alert.evidence} decisive={alert.decisive_event_id ?? null} />
          )}
        </Panel>
        <div class="stack">
          <Panel title="What it is about">
            <Facts alert={alert} />
            <HoldLinks offers={offers(alert)} />
          </Panel>
          {alert.responded != null && (
            <Panel title="What the rule did">
              <Did responded={alert.responded} />
            </Panel>
          )}
          <Panel title="Why it fired">
            <div class="prose">
              {alert.description !== undefined && <p><Prose text={alert.description} /></p>}
              {alert.why !== undefined && alert.why !== alert.description && <p><Prose text={alert.why} /></p>}
              <p>
                Rule{" "}
                <a href={`#/rules?name=${encodeURIComponent(alert.rule)}`}>
                  <code>{alert.rule}</code>
                </a>
              </p>
            </div>
          </Panel>
          <Lines title="When it may be harmless" lines={alert.false_positives ?? []} />
          <References references={alert.references ?? []} />
        </div>
      </div>
    </article>
  );
}

/** Who or what, how much, how long: the first thing to know. */
function Sentence({ alert }: { alert: Alert }) {
  const span = Date.parse(alert.last_time) - Date.parse(alert.first_time);
  return (
    <p class="lead">
      <b>{plural(alert.count, "event")}</b>
      {span >= 1000 && ` in ${duration(span)}`} of {keyClassWords(alert.key_class)}{" "}
      <span class="id">
        <Text value={keyShort(alert)} />
      </span>
      , the last <Ago at={alert.last_time} />.
    </p>
  );
}

/** What was done without anybody's word. */
function Did({ responded }: { responded: Responded }) {
  if (responded.what === "withheld") {
    return (
      <div class="prose">
        <p>
          <b>Held nothing.</b> {withheldMeaning(responded.because)}
        </p>
      </div>
    );
  }
  return (
    <div class="prose">
      <p>
        Put it under <a href="#/quarantine">quarantine</a> until <Time at={responded.until} />, unless somebody has
        released it since.
      </p>
    </div>
  );
}

function Facts({ alert }: { alert: Alert }) {
  const fields = Object.entries(alert.key).filter(
    ([name, value]) => name !== "display" && value !== null && value !== undefined,
  );
  return (
    <dl class="facts">
      {fields.length === 0 && (
        <div>
          <dt>{keyClassWords(alert.key_class)}</dt>
          <dd>
            <Id field={alert.key_class} value={alert.key.display} />
          </dd>
        </div>
      )}
      {fields.map(([name, value]) => (
        <div key={name}>
          <dt>{FIELD_WORDS[name] ?? name.replaceAll("_", " ")}</dt>
          <dd>
            <Id field={name} value={value} />
          </dd>
        </div>
      ))}
      {alert.services !== undefined && alert.services.length > 0 && (
        <div>
          <dt>{alert.services.length === 1 ? "service" : "services"}</dt>
          <dd>
            <Text value={alert.services.join(", ")} />
          </dd>
        </div>
      )}
      <div>
        <dt>first event</dt>
        <dd>
          <Time at={alert.first_time} precise />
        </dd>
      </div>
      <div>
        <dt>last event</dt>
        <dd>
          <Time at={alert.last_time} precise />
        </dd>
      </div>
      <div>
        <dt>raised</dt>
        <dd>
          <Time at={alert.raised_at} precise />
        </dd>
      </div>
      <div>
        <dt>alert id</dt>
        <dd>
          <span class="id">
            <Text value={alert.id} />
          </span>
        </dd>
      </div>
    </dl>
  );
}

/** What the alert is about, as far as it can be held. */
function offers({ key, evidence }: AlertDetail): Offer[] {
  const about = evidence.flatMap(offersOf);
  const named = [key["jti"], key["token_fp"], key["family"], key["sub"]];
  const first = (offer: Offer, at: number): boolean =>
    about.findIndex((other) => other.type === offer.type && other.id === offer.id) === at;
  return about.filter((offer, at) => named.includes(offer.id) && first(offer, at));
}

function Lines({ title, lines }: { title: string; lines: string[] }) {
  if (lines.length === 0) return null;
  return (
    <Panel title={title}>
      <ul class="prose">
        {lines.map((line) => (
          <li key={line}>
            <Prose text={line} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function References({ references }: { references: string[] }) {
  if (references.length === 0) return null;
  return (
    <Panel title="References">
      <ul class="prose">
        {references.map((reference) => (
          <li key={reference}>
            {/^https:\/\//.test(reference) ? (
              <a href={reference} rel="noopener noreferrer" target="_blank">
                <Text value={reference.replace(/^https:\/\//, "")} />
              </a>
            ) : (
              <Text value={reference} />
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function evidenceCount(alert: AlertDetail): string {
  const shown = alert.evidence.length;
  return shown < alert.count
    ? `${number(shown)} of ${plural(alert.count, "event")}`
    : plural(shown, "event");
}

const FIELD_WORDS: Record<string, string> = {
  iss: "issuer",
  jti: "token id",
  sub: "subject",
  token_fp: "fingerprint",
  client_id: "client",
};
const FOLLOW = { everyMs: 2000, atLeastMs: 30_000 };
