/**
 * The calls to the bank: how many, how fast over the time of the run, and how long they took. Pure.
 */
import { CALL_LANES, MOST_INTERVALS, type TimedCalls } from "../../bank/call-times.ts";
import { renderCalls } from "../calls.ts";
import { renderFetching } from "../fetching.ts";
import { renderPace } from "../forecast.ts";
import type { Summary } from "../summary.ts";
import { renderTime } from "./draw-head.ts";
import { drawTable, figure, text } from "./draw-table.ts";
import { type Html, html } from "./html.ts";

export function drawCalls(summary: Summary, times: readonly TimedCalls[]): Html | null {
  const { calls, fetching } = summary;
  if (calls === null) return null;
  const says = [...(fetching === undefined ? [] : [renderFetching(fetching)]), renderCalls(calls, summary)];
  return html`<section aria-labelledby="calls">
<h2 id="calls">Calls</h2>
${says.map(
  (text) => html`<p>${text.slice(0, 1).toUpperCase()}${text.slice(1)}.</p>
`,
)}${drawPace(times.filter(({ measure }) => measure === "at"))}${drawLatency(times.filter(({ measure }) => measure === "took"))}</section>
`;
}

/** Half as many as a process keeps intervals, so that a bar is never shorter than one of those. */
const MOST_BARS = MOST_INTERVALS / 2;
const HEIGHT = 100;

function drawPace(times: readonly TimedCalls[]): Html | null {
  if (times.length === 0) return null;
  const beginMs = Math.min(...times.map(({ ms }) => ms));
  const endMs = Math.max(...times.map(({ ms }) => ms)) + 1_000;
  let barMs = 1_000;
  while ((endMs - beginMs) / barMs > MOST_BARS) barMs *= 2;
  const barOf = (ms: number) => Math.floor(ms / barMs) - Math.floor(beginMs / barMs);
  const count = barOf(endMs - 1) + 1;
  const bars = CALL_LANES.map((lane) => {
    const sums = new Array<number>(count).fill(0);
    for (const one of times) if (one.lane === lane) sums[barOf(one.ms)] = (sums[barOf(one.ms)] ?? 0) + one.calls;
    return { lane, sums };
  });
  const all = Array.from({ length: count }, (_, index) => bars.reduce((sum, { sums }) => sum + (sums[index] ?? 0), 0));
  const most = Math.max(...all);
  const busiest = `${renderPace((most * 1_000) / barMs)} a second`;
  const instant = (ms: number) => new Date(ms).toISOString();
  return html`<figure>
<figcaption>Calls answered over time. At the busiest, ${busiest}. ${CALL_LANES.map(
    (lane) =>
      html`<span class="word"><svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class="${lane}" width="10" height="10" rx="2"/></svg>${lane}</span> `,
  )}</figcaption>
<svg class="pace" role="img" aria-label="Calls answered over time, at most ${busiest}" viewBox="0 0 ${count} ${HEIGHT}" preserveAspectRatio="none">
${bars.map(({ lane, sums }, index) =>
  sums.map((calls, at) => {
    const below = bars.slice(0, index).reduce((sum, one) => sum + (one.sums[at] ?? 0), 0);
    return calls === 0 ? null : drawBar(lane, at, (below * HEIGHT) / most, (calls * HEIGHT) / most);
  }),
)}
</svg>
<p class="axis"><span>${renderTime(instant(beginMs))}</span> <span>${renderTime(instant(endMs))}</span></p>
</figure>
`;
}

function drawBar(lane: TimedCalls["lane"], x: number, below: number, height: number): Html {
  const y = (HEIGHT - below - height).toFixed(1);
  return html`<rect class="${lane}" x="${x}" y="${y}" width="1" height="${height.toFixed(1)}"/>`;
}

/** Of calls that took so long, which share took no longer. */
const SHARES = [0.5, 0.95, 0.99, 1];

function drawLatency(times: readonly TimedCalls[]): Html | null {
  const rows = CALL_LANES.map((lane) => {
    const own = times.filter((one) => one.lane === lane).toSorted((a, b) => a.ms - b.ms);
    return { lane, own, calls: own.reduce((sum, { calls }) => sum + calls, 0) };
  }).filter(({ calls }) => calls > 0);
  if (rows.length === 0) return null;
  return drawTable({
    caption: "How long the bank took to answer; shares of the calls",
    columns: [
      text("calls"),
      figure("how many"),
      figure("half within"),
      figure("95 % within"),
      figure("99 % within"),
      figure("all within"),
    ],
    rows: rows.map(({ lane, own, calls }) => [
      lane,
      calls,
      ...SHARES.map((share) => renderMs(timeOf(own, share * calls))),
    ]),
  });
}

/** Within which time so many of the calls were answered; `times` are in order. */
function timeOf(times: readonly TimedCalls[], wanted: number): number {
  let sum = 0;
  for (const { ms, calls } of times) {
    sum += calls;
    if (sum >= wanted) return ms;
  }
  return 0;
}

/** As `84 ms`, or `2.4 s`. */
const renderMs = (ms: number) => (ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`);
