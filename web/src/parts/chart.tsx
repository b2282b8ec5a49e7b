import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { compact, duration, localDay, localMinute, localTime, number, percent, utc } from "../data/format";
import { now, useStore } from "../data/store";
import { colour, colours } from "../data/theme";
import type { Bucket, Overview } from "../data/types";

/** Requests with their failures, and the failures' share below, over the same time. */
export function TrafficChart({ overview }: { overview: Overview }) {
  const { series, bucketSeconds } = useMemo(() => grouped(overview), [overview]);
  const over = series.filter((bucket) => (bucket.time + bucketSeconds) * 1000 <= Date.parse(overview.now));
  const box = useRef<HTMLDivElement>(null);
  const top = shareTop(over);
  const charts = useRef<uPlot[]>([]);
  const drawn = useStore(colours);
  const [pointed, setPointed] = useState<number | null>(null);

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const made = draw(element, dataOf(series, over.length), { bucketSeconds, top, point: setPointed });
    charts.current = made;
    const observer = new ResizeObserver(() => {
      const sizes = sizesOf(element);
      made.forEach((chart, index) => chart.setSize(sizes[index] ?? sizes[0]));
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      for (const chart of made) chart.destroy();
      charts.current = [];
    };
    // New data goes into the drawing that is there; other colours or scales need another.
  }, [drawn, bucketSeconds, top]);

  useEffect(() => {
    const { counts, shares } = dataOf(series, over.length);
    charts.current[0]?.setData(counts);
    charts.current[1]?.setData(shares);
  }, [series]);

  return (
    <div class="chart">
      <Readout series={series} index={pointed} bucketSeconds={bucketSeconds} />
      <div class="chart-box" role="img" aria-label={summary(series)}>
        <div ref={box} class="chart-inner" />
      </div>
      <Numbers series={series} />
    </div>
  );
}

function Readout({
  series,
  index,
  bucketSeconds,
}: {
  series: Bucket[];
  index: number | null;
  bucketSeconds: number;
}) {
  const clock = useStore(now);
  const bucket = index === null ? undefined : series[index];
  const total = bucket ?? sum(series);
  const requests = total.accepted + total.failed;
  const running = bucket !== undefined && (bucket.time + bucketSeconds) * 1000 > clock;
  return (
    <p class="readout">
      <span class="readout-when" title={bucket && utc(bucket.time * 1000)}>
        {bucket ? localTime(bucket.time * 1000, clock).replace(/:00$/, "") : "Whole span"}
        {running && " so far"}
      </span>
      <span class="key key-ok">{number(total.accepted)} accepted</span>
      <span class="key key-bad">{number(total.failed)} failed</span>
      <span class="key key-share">{percent(total.failed / Math.max(requests, 1))} share</span>
      {!bucket && <span>each bar {duration(bucketSeconds * 1000)}</span>}
    </p>
  );
}

/** The same for those who don't see the drawing: only the spans in which something happened. */
function Numbers({ series }: { series: Bucket[] }) {
  const [open, setOpen] = useState(false);
  const clock = useStore(now);
  const rows = open ? series.filter((bucket) => bucket.accepted + bucket.failed > 0).reverse() : [];
  return (
    <details class="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Numbers</summary>
      <div class="numbers-box" tabIndex={0} role="region" aria-label="Requests over time, numbers">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Accepted</th>
              <th scope="col">Failed</th>
              <th scope="col">Share</th>
              <th scope="col">Refreshed</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((bucket) => (
              <tr key={bucket.time}>
                <th scope="row">{localTime(bucket.time * 1000, clock)}</th>
                <td>{number(bucket.accepted)}</td>
                <td>{number(bucket.failed)}</td>
                <td>{percent(bucket.failed / (bucket.accepted + bucket.failed))}</td>
                <td>{number(bucket.refreshed)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function draw(
  element: HTMLElement,
  data: ReturnType<typeof dataOf>,
  { bucketSeconds, top, point }: Drawing,
): uPlot[] {
  const [countsSize, sharesSize] = sizesOf(element);
  const text = colour("--text-2");
  const line = colour("--line");
  const ok = colour("--chart-ok");
  const bad = colour("--chart-bad");
  const share = colour("--chart-share");
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const bars = uPlot.paths.bars?.({ size: [0.86, 28, 1], align: 1 });
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const axis = { stroke: text, font, ticks: { show: false }, gap: 6 };
  const grid = { stroke: line, width: 1 };
  const common = {
    legend: { show: false },
    cursor: {
      sync: { key: "traffic" },
      y: false,
      drag: { x: false, y: false },
      points: { show: false },
    },
  };
  // The last bucket's bar stands to the right of its time.
  const range = (_: uPlot, from: number, to: number): [number, number] => [from, to + bucketSeconds];
  const counts = new uPlot(
    {
      ...common,
      ...countsSize,
      padding: [8, LABEL_HALF, 0, 0],
      scales: { x: { range }, y: { range: (_, __, most) => [0, Math.max(4, most * 1.08)] } },
      axes: [
        { ...axis, size: 8, values: () => [], grid: { ...grid, show: false } },
        { ...axis, size: 46, space: 34, grid, values: (_, at) => at.map(wholeOnly) },
      ],
      series: [
        {},
        { label: "Requests", fill: ok, width: 0, points: { show: false }, ...path(bars) },
        { label: "Failed", fill: bad, width: 0, points: { show: false }, ...path(bars) },
      ],
      hooks: { setCursor: [(chart) => point(chart.cursor.idx ?? null)] },
    },
    data.counts,
    element,
  );
  const shares = new uPlot(
    {
      ...common,
      ...sharesSize,
      padding: [6, LABEL_HALF, 0, 0],
      scales: { x: { range }, y: { range: [0, top] } },
      axes: [
        { ...axis, size: 34, space: 64, grid: { ...grid, show: false }, values: times },
        {
          ...axis,
          size: 46,
          grid,
          splits: () => [0, top / 2, top],
          values: (_, at) => at.map((value) => `${+(value * 100).toFixed(1)} %`),
        },
      ],
      series: [
        {},
        { label: "Share", stroke: share, width: 1.5, points: { show: false }, ...path(stepped) },
      ],
    },
    data.shares,
    element,
  );
  return [counts, shares];
}

interface Drawing {
  bucketSeconds: number;
  /** The highest share that is drawn. */
  top: number;
  point: (index: number | null) => void;
}

type Size = { width: number; height: number };

function sizesOf(element: HTMLElement): [Size, Size] {
  const { clientWidth: width, clientHeight: height } = element;
  return [
    { width, height: Math.max(120, height - SHARE_HEIGHT) },
    { width, height: SHARE_HEIGHT },
  ];
}

/** Buckets wide enough to be seen: a day has more minutes than a screen has room for bars. */
function grouped({ series, bucket_seconds }: Overview): { series: Bucket[]; bucketSeconds: number } {
  const factor = [1, 2, 5, 10, 15, 30, 60].find((times) => series.length / times <= MOST_BARS) ?? 120;
  if (factor === 1) return { series, bucketSeconds: bucket_seconds };
  const bucketSeconds = bucket_seconds * factor;
  const groups = new Map<number, Bucket>();
  for (const bucket of series) {
    const time = Math.floor(bucket.time / bucketSeconds) * bucketSeconds;
    const group = groups.get(time) ?? { time, accepted: 0, failed: 0, refreshed: 0 };
    group.accepted += bucket.accepted;
    group.failed += bucket.failed;
    group.refreshed += bucket.refreshed;
    groups.set(time, group);
  }
  return { series: [...groups.values()], bucketSeconds };
}

/** A few fixed scales: the drawing must not jump with every new bucket. */
function shareTop(series: Bucket[]): number {
  const most = series.reduce(
    (highest, { accepted, failed }) => Math.max(highest, failed / Math.max(accepted + failed, 1)),
    0,
  );
  return [0.1, 0.25, 0.5].find((top) => most <= top) ?? 1;
}

// All requests first, the failed ones over them: both stand on the ground and can be compared.
// The share of a span that has only begun would jump about, so it waits for the span's end.
function dataOf(series: Bucket[], over: number): { counts: uPlot.AlignedData; shares: uPlot.AlignedData } {
  const times = series.map((bucket) => bucket.time);
  return {
    counts: [
      times,
      series.map((bucket) => bucket.accepted + bucket.failed),
      series.map((bucket) => bucket.failed),
    ],
    shares: [
      times,
      series.map(({ accepted, failed }, index) =>
        index >= over || accepted + failed === 0 ? null : failed / (accepted + failed),
      ),
    ],
  };
}

function times(_: uPlot, at: number[], __: number, ___: number, step: number): string[] {
  let before = "";
  return at.map((second) => {
    const day = localDay(second * 1000);
    const label = step >= 86_400 ? day : localMinute(second * 1000);
    const named = before !== "" && day !== before && step < 86_400 ? `${label}\n${day}` : label;
    before = day;
    return named;
  });
}

const path = (paths: uPlot.Series.PathBuilder | undefined) => (paths ? { paths } : {});

const SHARE_HEIGHT = 100;
/** Room for the half of a time that stands at the very end. */
const LABEL_HALF = 22;
const MOST_BARS = 120;

const wholeOnly = (value: number): string => (Number.isInteger(value) ? compact(value) : "");

function sum(series: Bucket[]): { accepted: number; failed: number } {
  return series.reduce(
    (total, bucket) => ({
      accepted: total.accepted + bucket.accepted,
      failed: total.failed + bucket.failed,
    }),
    { accepted: 0, failed: 0 },
  );
}

function summary(series: Bucket[]): string {
  const { accepted, failed } = sum(series);
  const worst = series.reduce((most, bucket) => Math.max(most, bucket.failed), 0);
  return `Requests over time: ${number(accepted)} accepted, ${number(failed)} failed, at most ${number(worst)} failed at once. The numbers are in the table below.`;
}
