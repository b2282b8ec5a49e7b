const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

export const number = (value: number): string => whole.format(value);

/** `1.2M` from a hundred thousand on, all digits before. */
export const compact = (value: number): string =>
  value >= 100_000 ? short.format(value) : whole.format(value);

/** A share of one as percent: finer where it is small, and never a flat 0 or 100 that isn't. */
export function percent(share: number): string {
  if (!Number.isFinite(share) || share <= 0) return "0 %";
  if (share >= 1) return "100 %";
  const value = share * 100;
  if (value < 0.1) return "< 0.1 %";
  if (value > 99.9) return "> 99.9 %";
  return `${value.toFixed(value < 10 ? 1 : 0)} %`.replace(/^100 /, "> 99 ");
}

export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let scaled = value;
  let unit = 0;
  while (scaled >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return `${scaled.toFixed(unit === 0 || scaled >= 100 ? 0 : 1)} ${units[unit] ?? ""}`;
}

/** Two units at most: `1 h 4 min`, `12 s`, `340 ms`. */
export function duration(ms: number): string {
  if (ms < 1) return "0 s";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${trim(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const pairs: [number, string, number, string][] = [
    [86_400, "d", 3600, "h"],
    [3600, "h", 60, "min"],
    [60, "min", 1, "s"],
  ];
  for (const [size, name, below, belowName] of pairs) {
    if (seconds < size) continue;
    const rest = Math.floor((seconds % size) / below);
    return rest === 0
      ? `${Math.floor(seconds / size)} ${name}`
      : `${Math.floor(seconds / size)} ${name} ${rest} ${belowName}`;
  }
  return `${seconds} s`;
}

export function ago(time: number, now: number): string {
  const seconds = Math.floor((now - time) / 1000);
  if (seconds < -5) return `in ${duration(-seconds * 1000)}`;
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** Local time: `22:41:07`, with the day in front when it is not today. */
export function localTime(time: number, now: number, precise = false): string {
  const date = new Date(time);
  const fraction = precise ? `.${String(date.getMilliseconds()).padStart(3, "0")}` : "";
  const text = `${clock.format(date)}${fraction}`;
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) return text;
  const form = date.getFullYear() === today.getFullYear() ? day : dayYear;
  return `${form.format(date)}, ${text}`;
}

export const localMinute = (time: number): string => minute.format(new Date(time));
export const localDay = (time: number): string => day.format(new Date(time));

/** `2026-11-23 22:41:07.123 UTC`. */
export function utc(time: number): string {
  const text = new Date(time).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 23)} UTC`;
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;

const trim = (value: number): string => value.toFixed(1).replace(/\.0$/, "");
