/**
 * Takes the values of a job's old runs out of the ledger, and later their rows, as the job says. What a doubt, an open row, a guard, a
 * younger repair or a legal hold needs stays. Works in small transactions beside other jobs, gives way to a run of its own job, and goes on
 * where it was stopped.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { KeptChange, KeptFor, Ledger, StaysFor } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { endedBeforeMs, type RetentionSettings } from "../../retention-settings.ts";
import { entryOfJob } from "../audit-entry.ts";
import type { RunContext } from "../context.ts";
import { isAccepted, openIn } from "../open-rows.ts";
import { readIds } from "../read-ids.ts";
import { keepName } from "../start/keep-name.ts";
import { checkClock } from "./check-clock.ts";

/** Rows of one transaction, which no other write waits for longer than it takes. */
export const PRUNE_ROWS = 500;
/** Between two of them others get their turn. */
const REST_MS = 5;
const RUNS = 50;

/** What became of one run. `values`: its rows had values, of which `kept` changes stay. `evidence`: its rows are gone as well. */
export type PrunedRun =
  | {
      readonly kind: "values";
      readonly run: Run;
      readonly rows: number;
      readonly kept: Readonly<Partial<Record<KeptFor, number>>>;
    }
  | { readonly kind: "evidence"; readonly run: Run; readonly rows: number }
  | { readonly kind: "stays"; readonly run: Run; readonly why: StaysFor };

export interface Pruning {
  /** Only says what would go. */
  readonly isTrial: boolean;
  /** Why a person says that the clock is right, whatever the ledger's runs tell of it. */
  readonly reason?: string;
}

interface InPruning extends Pruning {
  readonly context: RunContext;
  readonly settings: RetentionSettings;
  readonly limitMs: number;
  readonly holds: readonly string[];
}

/**
 * The runs that are over, one by one. Throws FatalError `clock_jumped`, `lease_held` once somebody works on a run of the job, and `run_stopped`; what was said
 * by then is done.
 */
export async function* pruneJob(context: RunContext, settings: RetentionSettings, pruning: Pruning) {
  const nowMs = context.clock.nowMs();
  if (!pruning.isTrial && pruning.reason === undefined) await checkClock(context, nowMs);
  const valuesMs = Math.min(endedBeforeMs(settings.cells, nowMs) ?? 0, nowMs - context.job.planMaxAgeMs);
  const holds = await readIds(context, settings.legalHold, {
    setting: "retention.legalHold",
    so: "nothing was pruned",
  });
  const inPruning: InPruning = { ...pruning, context, settings, limitMs: valuesMs, holds };
  yield* pruneValues(inPruning);
  const evidenceMs = endedBeforeMs(settings.evidence, nowMs);
  if (evidenceMs !== null) yield* pruneEvidence(inPruning, evidenceMs);
}

/** The latest first, so that attempts go before the rows that they are of. */
async function* pruneValues(inPruning: InPruning): AsyncGenerator<PrunedRun> {
  const { context, limitMs } = inPruning;
  const { retention } = context.ledger;
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const due = await retention.listDue(context.job.name, limitMs, Math.min(before, 2 ** 31 - 1), RUNS);
    for (const { run, stays, isPruned } of due) {
      if (stays !== null) yield { kind: "stays", run, why: stays };
      else {
        const pruned = await pruneRun(inPruning, run, isPruned);
        if (pruned !== null) yield pruned;
      }
    }
    const last = due.at(-1);
    if (last === undefined || due.length < RUNS) return;
    before = last.run.no;
  }
}

/** Null where everything that is left is still to be kept. */
async function pruneRun(inPruning: InPruning, run: Run, isPruned: boolean): Promise<PrunedRun | null> {
  const { context, settings, isTrial, limitMs } = inPruning;
  const { ledger, clock } = context;
  const { retention } = ledger;
  await checkName(context, run);
  const keys = inPruning.holds.length === 0 ? [] : await retention.listKeys(run, inPruning.holds);
  const turn = await retention.findTurn(run);
  const kept = await collect(judge(context, run, limitMs, keys));
  if (isTrial || isPruned) {
    const before = isPruned ? sumOf(await retention.countKept(run)) : run.rows;
    const rows = Math.max(0, before - (isPruned ? kept.size : ofRows(kept)));
    if (isTrial) return rows === 0 && isPruned ? null : { kind: "values", run, rows, kept: countsOf(kept) };
    if (rows === 0) return null;
  }
  const details = { cells: settings.cells, before: new Date(limitMs).toISOString() };
  const audited = ledger.audited(entryOfJob(context, "prune", { run: run.id, details, ...because(inPruning) }));
  const list = Array.from(kept, ([change, why]) => ({ change, why }));
  await audited.retention.begin(run, list, clock.nowMs(), turn);
  let rows = 0;
  for await (const part of partsOf(context, run)) rows += await retention.takeOut(run, part, clock.nowMs());
  await retention.end(run, clock.nowMs());
  const counts = await retention.countKept(run);
  if ((counts.open ?? 0) + (counts.accepted ?? 0) === 0) await ledger.lineage.settle(run);
  return { kind: "values", run, rows, kept: counts };
}

/** What of the run stays, a part at a time. Changes nothing. */
async function* judge(
  context: RunContext,
  run: Run,
  limitMs: number,
  keys: readonly string[],
): AsyncGenerator<readonly KeptChange[]> {
  const { ledger, clock } = context;
  if (run.kind === "run" && run.rejection === null) yield* judgeOpen(ledger, run, clock.nowMs());
  yield* judgeAll(context, run, limitMs, keys);
}

/** All but open rows. */
async function* judgeAll(
  context: RunContext,
  run: Run,
  limitMs: number,
  keys: readonly string[],
): AsyncGenerator<readonly KeptChange[]> {
  const { ledger } = context;
  for await (const part of partsOf(context, run)) yield await ledger.retention.listKept(run, part, limitMs, keys);
  if (keys.length > 0) yield await ledger.retention.listAbsentKept(run, keys);
}

async function* judgeOpen(ledger: Ledger, run: Run, nowMs: number): AsyncGenerator<readonly KeptChange[]> {
  let kept: KeptChange[] = [];
  for await (const row of openIn(ledger, run)) {
    kept.push({ change: row.change, why: isAccepted(row, nowMs) ? "accepted" : "open" });
    if (kept.length < PRUNE_ROWS) continue;
    yield kept;
    kept = [];
  }
  yield kept;
}

/** Each change that stays, with the first reason for it. */
async function collect(judged: AsyncGenerator<readonly KeptChange[]>): Promise<ReadonlyMap<number, KeptFor>> {
  const kept = new Map<number, KeptFor>();
  for await (const part of judged) for (const { change, why } of part) if (!kept.has(change)) kept.set(change, why);
  return kept;
}

function countsOf(kept: ReadonlyMap<number, KeptFor>): Readonly<Partial<Record<KeptFor, number>>> {
  const counts: Partial<Record<KeptFor, number>> = {};
  for (const why of kept.values()) counts[why] = (counts[why] ?? 0) + 1;
  return counts;
}

/** Accounts that a snapshot lacked have no row. */
const ofRows = (kept: ReadonlyMap<number, KeptFor>) => [...kept.keys()].filter((change) => change > 0).length;

const sumOf = (kept: Readonly<Partial<Record<KeptFor, number>>>) =>
  Object.values(kept).reduce((sum, each) => sum + each, 0);

/** Throws FatalError `run_stopped` between two parts. */
async function* partsOf({ ledger, clock, signal }: RunContext, run: Run) {
  for (let after = 0; ; ) {
    if (signal.aborted) throw stopped();
    const to = await ledger.retention.findEnd(run, after, PRUNE_ROWS);
    if (to === null) return;
    yield { after, to };
    after = to;
    await clock.sleep(REST_MS, signal);
  }
}

/** Strictly in the order of the runs: what became of an earlier row may be known only by a later one. */
async function* pruneEvidence(inPruning: InPruning, beforeMs: number): AsyncGenerator<PrunedRun> {
  const { context, settings, isTrial } = inPruning;
  const { ledger, clock, job, signal } = context;
  for (;;) {
    const over = await ledger.retention.listEvidence(job.name, beforeMs, isTrial ? RUNS : 1);
    for (const run of over) {
      if (await keepHeld(inPruning, run)) continue;
      if (!isTrial) {
        const details = { evidence: settings.evidence, before: new Date(beforeMs).toISOString() };
        await ledger.audit.record(entryOfJob(context, "prune", { run: run.id, details, ...because(inPruning) }));
        while (await ledger.retention.takeEvidence(run, PRUNE_ROWS, clock.nowMs())) {
          if (signal.aborted) throw stopped();
          await clock.sleep(REST_MS, signal);
        }
      }
      yield { kind: "evidence", run, rows: run.rows };
    }
    if (isTrial || over.length === 0) return;
  }
}

/** Whether anything of a run without values is of an account that came under legal hold since. Then the run stays, until that is over. */
async function keepHeld({ context, holds, limitMs, isTrial }: InPruning, run: Run): Promise<boolean> {
  if (holds.length === 0) return false;
  const { retention } = context.ledger;
  const keys = await retention.listKeys(run, holds);
  const turn = await retention.findTurn(run);
  const kept = Array.from(await collect(judgeAll(context, run, limitMs, keys)), ([change, why]) => ({ change, why }));
  const held = kept.filter(({ why }) => why === "legal hold");
  if (held.length === 0 || isTrial) return held.length > 0;
  await retention.begin(run, held, context.clock.nowMs(), turn);
  await retention.end(run, context.clock.nowMs());
  return true;
}

const because = ({ reason }: Pruning) => reason !== undefined && { reason };

/** At the run's bank, the job's name must belong to this file: another job of that name may say something else. */
async function checkName(context: RunContext, run: Run): Promise<void> {
  await keepName({ ...context, bankName: run.bank }, "plan");
}

function stopped(): FatalError {
  return new FatalError("run_stopped", "pruning was stopped; what is gone is gone, and the rest is as it was", {
    hint: "type the same command again to go on",
  });
}
