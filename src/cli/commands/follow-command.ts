/**
 * `tieout follow`: shows how far a run is until it ends or stops, from the ledger alone. Only looks: the run goes on without it.
 */
import { systemClock } from "../../clock.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { type Lease, leaseName, type Run } from "../../ledger/run.ts";
import { CallRate } from "../../report/call-rate.ts";
import { describeControl, isChanged, standsStill } from "../../report/describe-control.ts";
import { writesPerChange } from "../../report/forecast.ts";
import { commandToResume } from "../../report/next-commands.ts";
import type { Summary } from "../../report/summary.ts";
import { viewOf } from "../../run/run-sight.ts";
import { counted, grouped } from "../../text/counted.ts";
import type { StartQueue, StartResult, StartState } from "../../workers/start-queue.ts";
import { findRun } from "../find-run.ts";
import { asTyped } from "../output/as-typed.ts";
import { toOutputLine } from "../output/output-line.ts";
import { printSummary, sayRejected } from "../output/print-end.ts";
import type { Session } from "../session.ts";

const LOOK_MS = 1_000;
/** A look at a large run takes the database a while: it is asked for a tenth of the time at most. */
const REST_PER_LOOK = 10;
/** A worker, or the schedule, goes on with the run of a process that died, and needs a moment for it. */
const DIED_MS = 30_000;

export async function followCommand(session: Session, id: string): Promise<ExitCode> {
  const ledger = await session.ledger();
  const starts = ledger.chunks === null ? undefined : (await session.queue()).starts;
  if (starts !== undefined && (await starts.find(id)) !== undefined) return followStart(session, ledger, starts, id);
  return followRun(session, ledger, await findRun(ledger, id));
}

/** Follows the run that has the start's id, once there is one, and then the start to its end, which gives the exit code. */
async function followStart(session: Session, ledger: Ledger, starts: StartQueue, id: string): Promise<ExitCode> {
  let isFollowed = false;
  let shown = "";
  while (!session.signal.aborted) {
    const state = await starts.find(id);
    const run = await ledger.runs.find(id);
    if (run?.id === id && !isFollowed) {
      isFollowed = true;
      const exit = await followRun(session, ledger, run);
      if (session.signal.aborted) return exit;
      continue;
    }
    const result = state?.kind === "ended" ? state.result : null;
    const kind = state?.kind ?? "waits";
    if (kind !== shown) sayStart(session, id, kind, result);
    shown = kind;
    if (result !== null) return result.exit;
    await systemClock.sleep(LOOK_MS, session.signal);
  }
  return EXIT.stopped;
}

function sayStart(session: Session, id: string, kind: StartState["kind"], result: StartResult | null): void {
  const runs = result?.runs ?? [];
  const says: Readonly<Record<StartState["kind"], string>> = {
    waits: `start ${id} waits for a worker`,
    begun: `start ${id}: a worker is at it; its runs are in tieout runs`,
    ended: `start ${id} has ended with exit code ${result?.exit}: ${result?.says || `runs ${runs.join(", ")}`}`,
  };
  session.say(
    { event: "start", run: id, state: kind, exit: result?.exit ?? null, runs },
    toOutputLine(asTyped(says[kind])),
  );
}

/** Resolves with the run's own exit code; with that of a stop when the run has stopped, waits, or is followed no longer. */
export async function followRun(session: Session, ledger: Ledger, found: Run): Promise<ExitCode> {
  const { progress, signal } = session;
  const showWork = openWork(session, ledger);
  const showView = openView(session, ledger);
  let run = found;
  while (!signal.aborted) {
    const beganMs = systemClock.monotonicMs();
    // In this order: a run whose lease was free before and that has not ended since has stopped.
    const lease = await ledger.leases.find(leaseName(run.bank, run.job));
    run = await findRun(ledger, run.id);
    const exit = sayEnd(session, run, lease, ledger.nowMs());
    if (exit !== undefined) return exit;
    await showWork(run, lease);
    await showView(run);
    await systemClock.sleep(Math.max(LOOK_MS, REST_PER_LOOK * (systemClock.monotonicMs() - beganMs)), signal);
  }
  progress.end();
  sayUnended(session, run, `goes on; to follow it again, type: tieout follow ${run.id}`);
  return EXIT.stopped;
}

/** Prints how the run has ended or stopped. Undefined while somebody works on it; plans have no lease, and simply end. */
function sayEnd(session: Session, run: Run, lease: Lease | undefined, nowMs: number): ExitCode | undefined {
  const isReleased = run.kind === "run" && (lease === undefined || lease.owner === "");
  const hasDied = run.kind === "run" && lease !== undefined && lease.untilMs + DIED_MS < nowMs;
  if (run.stage !== "ended" && !isReleased && !hasDied) return undefined;
  session.progress.end();
  if (run.rejection !== null) sayRejected(session, run, run.rejection);
  else if (run.summary !== null && (run.stage === "ended" || isReleased))
    printSummary(session, "summary", JSON.parse(run.summary) as Summary);
  else if (run.waiting) sayUnended(session, run, `waits for a person; to continue it, type: ${commandToResume(run)}`);
  else sayUnended(session, run, `has stopped, and nobody works on it; to continue it, type: tieout resume ${run.id}`);
  return run.stage === "ended" ? (run.exit ?? EXIT.done) : EXIT.stopped;
}

function sayUnended(session: Session, { id, stage, waiting }: Run, how: string): void {
  session.say({ event: "unended", run: id, stage, waiting, exit: EXIT.stopped }, asTyped(`run ${id} ${how}`));
}

/** Prints the run's stage, who works on it and what is asked of it, each time that one of them is another. */
function openWork(session: Session, ledger: Ledger) {
  let shown = "";
  return async (run: Run, lease: Lease | undefined): Promise<void> => {
    const holders = ((await ledger.chunks?.listHolders()) ?? []).filter((one) => one.run === run.id);
    const isLed = lease !== undefined && lease.untilMs > ledger.nowMs();
    const names = new Set([...(isLed ? [lease.owner] : []), ...holders.map(({ holder }) => holder)]);
    const by = [...names].map((name) => ({ name, chunks: holders.find(({ holder }) => holder === name)?.chunks ?? 0 }));
    const control = await ledger.controls.find(run);
    session.progress.steer(isChanged(control) ? describeControl(control) : null, standsStill(control));
    const now = [run.stage, JSON.stringify(control), ...[...names].sort()].join("\n");
    if (now === shown) return;
    shown = now;
    const counts = await ledger.chunks?.count(run);
    const chunks = counts === undefined || counts.open === 0 ? null : { done: counts.ended, open: counts.open };
    const through = chunks && `, ${grouped(chunks.done)} of ${counted(chunks.done + chunks.open, "chunk")} done`;
    const workers = by.map((one) => (one.chunks > 0 ? `${one.name} (${counted(one.chunks, "chunk")})` : one.name));
    const asked = control.by === null ? "" : `; ${describeControl(control)}`;
    session.say(
      { event: "work", run: run.id, stage: run.stage, rows: run.rows, chunks, by, control },
      `run ${run.id} is at ${run.stage}${through ?? ""}; at work: ${workers.join(", ") || "nobody"}${asked}`,
    );
  };
}

/** Calls a second are measured over so long: the ledger shows them in leaps. */
const RATE_OVER_MS = 60_000;

/** Shows the run as the ledger has it. How long the rest takes is judged by how fast it went of late. */
function openView({ progress }: Session, ledger: Ledger) {
  let rate = new CallRate(RATE_OVER_MS);
  let shown: "plan" | "apply" | undefined;
  let operationsInAll = 0;
  return async (run: Run): Promise<void> => {
    const { stage } = run;
    if (stage !== "plan" && stage !== "apply") return;
    const open = await ledger.changes.countOpen(run);
    const words = await ledger.rows.countWords(run);
    if (stage !== shown) {
      rate = new CallRate(RATE_OVER_MS);
      operationsInAll = stage === "apply" ? await countAll(ledger, run) : 0;
    }
    shown = stage;
    const reads = stage === "plan" ? open.read + open.found : 0;
    const through = Math.max(0, run.rows - reads);
    const writes = open.operations + reads * writesPerChange(through, open.operations);
    const left = Math.round(reads + (run.kind === "run" ? writes : 0));
    const sent = Math.max(0, operationsInAll - open.operations);
    const perSecond = rate.read(stage === "plan" ? -reads : -open.operations, systemClock.monotonicMs());
    const isMoving = perSecond !== null && perSecond > 0;
    progress.watch(() => ({
      ...viewOf({ clock: ledger }, run),
      stage: open.read > 0 && stage === "plan" ? "look up" : stage,
      done: Math.max(0, run.rows - (stage === "apply" ? open.planned : open.read > 0 ? open.read : open.found)),
      of: run.rows,
      words,
      calls: { ...UNKNOWN_CALLS, perSecond },
      forecast: isMoving ? { calls: left, perSecond, seconds: left / perSecond } : null,
      share: left === 0 ? 1 : (through + sent) / (through + sent + left),
    }));
  };
}

async function countAll({ balance }: Ledger, run: Run): Promise<number> {
  const { operations, operationsByState } = await balance.read(run);
  return operations - operationsByState.skipped;
}

/** What of the calls only the process knows that makes them. */
const UNKNOWN_CALLS = { pace: null, inFlight: null, slowDowns: null, pausedMs: 0, isDown: false, isShared: false };
