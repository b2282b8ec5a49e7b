import { localTime, ago, utc } from "../data/format";
import { searchOf } from "../data/search";
import { now, useStore } from "../data/store";

/** Text from outside: its direction is its own, and what can't be seen is spelled out. */
export function Text({ value, max }: { value: unknown; max?: number }) {
  const text = visible(typeof value === "string" ? value : JSON.stringify(value) ?? "");
  const cut = max !== undefined && text.length > max;
  return cut ? (
    <bdi title={text}>{`${text.slice(0, max - 1)}…`}</bdi>
  ) : (
    <bdi>{text}</bdi>
  );
}

/** What a rule says of itself: backticks mean code. */
export function Prose({ text }: { text: string }) {
  const parts = visible(text).split("`");
  return (
    <>
      {parts.map((part, at) => {
        const closed = at < parts.length - 1;
        if (at % 2 === 0) return part;
        return closed ? <code>{part}</code> : `\`${part}`;
      })}
    </>
  );
}

/** An identifier: monospaced, and a link to everything known about it where there is such a search. */
export function Id({ field, value, max }: { field: string; value: unknown; max?: number }) {
  const target = searchOf(field, value);
  const text = <Text value={value} {...(max === undefined ? {} : { max })} />;
  return target === null ? (
    <span class="id">{text}</span>
  ) : (
    <a class="id" href={target}>
      {text}
    </a>
  );
}

/** A moment in local time; UTC when pointed at. */
export function Time({ at, precise = false }: { at: string | number; precise?: boolean }) {
  const clock = useStore(now);
  const time = typeof at === "number" ? at : Date.parse(at);
  if (Number.isNaN(time)) return <Text value={String(at)} />;
  return (
    <time dateTime={new Date(time).toISOString()} title={utc(time)}>
      {localTime(time, clock, precise)}
    </time>
  );
}

/** How long ago a moment was; the moment in UTC when pointed at. */
export function Ago({ at }: { at: string }) {
  const clock = useStore(now);
  const time = Date.parse(at);
  if (Number.isNaN(time)) return <Text value={at} />;
  // The clock store ticks every five seconds; what came in between is not from the future.
  return (
    <time dateTime={new Date(time).toISOString()} title={utc(time)}>
      {ago(time, Math.max(clock, Math.min(time, Date.now())))}
    </time>
  );
}

/** Spells out what can't be seen. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

// Control characters, zero-width ones, line separators and everything that turns text around.
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
