/**
 * Part 3, the pace of four workers: whether all together keep to the one pace of the job, on one PostgreSQL ledger, and how soon all pause when the
 * bank refuses a call of one of them.
 */
import { setTimeout as delay } from "node:timers/promises";
import { startCountingBank } from "./counting-bank.ts";
import { atMost, type Bar, count, decimal, type Part } from "./figures.ts";
import { withPacedWorkers } from "./paced-workers.ts";
import type { BenchServer } from "./workers/server.ts";

const WORKERS = 4;
const PACES = [20, 200, 2_000];
/** As the workers' first reservations, which say little of the rest. */
const LEFT_OUT_MS = 1_000;
const PAUSE_S = 2;

interface Paced {
  readonly mean: number;
  readonly worst: number;
  readonly each: readonly number[];
  readonly reservations: number;
  /** From the refusal until the last call before the pause. */
  readonly heardMs: number;
}

/** Each pace has a ledger of its own. */
export async function paceOfWorkers(server: BenchServer, seconds: number): Promise<Part> {
  const rows: string[][] = [];
  const bars: Bar[] = [];
  for (const perSecond of PACES) {
    const { mean, worst, each, reservations, heardMs } = await server.withLedger((ledgerUrl) =>
      measurePace(ledgerUrl, perSecond, seconds),
    );
    const shares = each.map(count).join(" / ");
    rows.push([count(perSecond), decimal(mean), count(worst), shares, decimal(reservations), `${count(heardMs)} ms`]);
    const pace = `pace of ${count(perSecond)} a second`;
    bars.push(atMost(`${pace}: mean beside it, whichever is more`, Math.max(mean / perSecond, perSecond / mean), 1.02));
    bars.push(atMost(`${pace}: worst second ÷ pace`, worst / perSecond, 1.15));
  }
  return {
    title: "3. Pace of four workers",
    text: `Four processes call a bank that answers at once, each as fast as it may. Then the bank refuses one call for ${PAUSE_S} s.`,
    columns: ["pace", "calls a second", "worst second", "calls of each", "reservations a second", "all pause after"],
    rows,
    bars,
  };
}

async function measurePace(ledgerUrl: string, requestsPerSecond: number, seconds: number): Promise<Paced> {
  await using bank = await startCountingBank();
  let refusedMs = 0;
  const order = { ledgerUrl, bankUrl: bank.url, requestsPerSecond, burst: 1 };
  let startedMs = 0;
  const told = await withPacedWorkers(WORKERS, order, async () => {
    startedMs = performance.now();
    await delay(LEFT_OUT_MS + seconds * 1000);
    refusedMs = await bank.refuseNext(PAUSE_S);
    await delay(PAUSE_S * 500);
  });
  const wholeS = (performance.now() - startedMs) / 1000;
  const fromMs = (bank.cameAtMs[0] ?? 0) + LEFT_OUT_MS;
  const came = bank.cameAtMs.filter((at) => at >= fromMs && at < refusedMs);
  const [first = 0] = came;
  const last = came.at(-1) ?? 0;
  return {
    mean: ((came.length - 1) * 1000) / (last - first),
    worst: worstSecond(came),
    each: told.map(({ calls }) => calls),
    reservations: told.reduce((sum, { reservations }) => sum + reservations, 0) / wholeS,
    heardMs: (bank.cameAtMs.at(-1) ?? refusedMs) - refusedMs,
  };
}

/** The most calls in any second. */
function worstSecond(times: readonly number[]): number {
  let from = 0;
  let worst = 0;
  for (const [to, at] of times.entries()) {
    while (at - (times[from] ?? at) >= 1_000) from += 1;
    worst = Math.max(worst, to - from + 1);
  }
  return worst;
}
