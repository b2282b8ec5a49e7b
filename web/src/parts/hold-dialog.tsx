import { useState } from "preact/hooks";

import { messageOf } from "../data/api";
import { duration } from "../data/format";
import { hold, type HoldKind, TARGETS, type TargetType, targetOf, targetWord } from "../data/quarantine";
import { looksLikeToken } from "../data/search";
import { Dialog } from "./dialog";
import { Problem } from "./states";
import { Text } from "./text";

/** Says what will be refused, for how long and where, and does it when that is confirmed. */
export function HoldDialog({
  type: firstType,
  iss: firstIss,
  id: firstId,
  most,
  close,
  done,
}: {
  type: TargetType;
  iss: string;
  id: string;
  /** Seconds that an entry may hold at most. */
  most: number;
  close: () => void;
  done: (said: string) => void;
}) {
  const times = TIMES.filter((seconds) => seconds <= most);
  const [kind, setKind] = useState<HoldKind>("quarantine");
  const [type, setType] = useState(firstType);
  const [iss, setIss] = useState(firstIss);
  const [id, setId] = useState(firstId);
  const [seconds, setSeconds] = useState(times.includes(DAY) ? DAY : (times.at(-1) ?? most));
  const [reason, setReason] = useState("");
  const [services, setServices] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const secret = looksLikeToken(id.trim());
  const named = services.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const complete = id.trim() !== "" && (type === "fingerprint" || iss.trim() !== "") && !secret;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!complete || busy) return;
    setBusy(true);
    try {
      const target = targetOf(type, iss.trim(), id.trim());
      await hold({ kind, target, seconds, reason: reason.trim(), services: named });
      done(`${kind === "quarantine" ? "Quarantined" : "Revoked"} ${targetWord(type)} ${id.trim()}`);
      close();
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title="Hold" close={close}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <fieldset class="search-kinds">
          <legend class="hidden">What to hold</legend>
          {TARGETS.map((one) => (
            <label key={one.id}>
              <input type="radio" name="target" checked={type === one.id} onChange={() => setType(one.id)} />
              <span>{one.label}</span>
            </label>
          ))}
        </fieldset>
        <Field label={TARGETS.find((one) => one.id === type)?.hint ?? ""} value={id} change={setId} most={256} />
        <p class="warning" role="alert">
          {secret && "This looks like a whole token. A token is a secret and is not sent; use its id or its fingerprint."}
        </p>
        {type !== "fingerprint" && <Field label="Issuer (iss)" value={iss} change={setIss} most={512} />}
        <div class="form-pair">
          <div class="field">
            <label for="hold-kind">How</label>
            <select
              id="hold-kind"
              value={kind}
              onChange={(event) => setKind(event.currentTarget.value as HoldKind)}
            >
              <option value="quarantine">Quarantine: until it is understood</option>
              <option value="revocation">Revoke: it has ended</option>
            </select>
          </div>
          <div class="field">
            <label for="hold-time">For</label>
            <select
              id="hold-time"
              value={String(seconds)}
              onChange={(event) => setSeconds(Number(event.currentTarget.value))}
            >
              {(times.length > 0 ? times : [most]).map((one) => (
                <option key={one} value={String(one)}>
                  {duration(one * 1000)}
                </option>
              ))}
            </select>
          </div>
        </div>
        <Field label="Why (optional, for the list)" value={reason} change={setReason} most={200} />
        <Field label="Services (optional, commas between; none is every service)" value={services} change={setServices} most={600} />
        {complete && (
          <p class="confirm">
            From the next request on, {named.length === 0 ? "every service" : <Text value={named.join(", ")} />} that
            follows this list refuses {type === "fingerprint" ? "the token with fingerprint" : `the ${targetWord(type)}`}{" "}
            <span class="id">
              <Text value={id.trim()} max={80} />
            </span>{" "}
            for {duration(seconds * 1000)}.
            {type === "token" && " Whoever has a refresh token beside it gets another one: hold the family to stop that."}
            {type === "subject" && kind === "revocation" && " Tokens that the subject gets after this are taken."}
          </p>
        )}
        {problem !== null && <Problem text={problem} />}
        <div class="dialog-end">
          <button type="button" class="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="button button-main" disabled={!complete || busy}>
            {kind === "quarantine" ? "Quarantine" : "Revoke"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Field({
  label,
  value,
  change,
  most,
}: {
  label: string;
  value: string;
  change: (text: string) => void;
  most: number;
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        value={value}
        maxLength={most}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </label>
  );
}

const DAY = 86_400;
const TIMES = [900, 3600, 8 * 3600, DAY, 7 * DAY, 30 * DAY];
