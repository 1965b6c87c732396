/**
 * The guard phase: the whole plan is judged by the job's guards before the first write. What a guard holds that has tripped is held whole,
 * until a person approves it.
 */
import type { GuardOfRun, TrippedGuard } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import { listFreezes } from "../plan/guard-settings.ts";
import type { Absence, Shrinking } from "../plan/judge-absence.ts";
import { judgeGuards, type PlanFigures, type Tripped } from "../plan/judge-guards.ts";
import type { EarlierRun, Size } from "../plan/judge-size.ts";
import { OPERATION_KINDS } from "../plan/operation.ts";
import { approveCommand } from "../report/next-commands.ts";
import { countOf } from "../report/plan-page.ts";
import type { Summary } from "../report/summary.ts";
import { readIds } from "./read-ids.ts";
import type { RunInHand } from "./run-in-hand.ts";
import { alikeFor } from "./sources.ts";

export async function guardPhase(inHand: RunInHand): Promise<void> {
  const { ledger, job, clock, log, run } = inHand;
  const approved = await ledger.guards.list(run);
  const tripped = judgeGuards(job.guards, await readFigures(inHand)).filter((one) => !isApproved(one, approved));
  await ledger.guards.hold(
    run,
    tripped.map((one) => toHold(inHand, one)),
    clock.nowMs(),
  );
  for (const { guard, figure, allowed } of tripped)
    log.warn("guard: rows were held", { run: run.id, kind: guard, planned: figure, max: allowed });
}

async function readFigures(inHand: RunInHand): Promise<PlanFigures> {
  const { ledger, job, clock, run } = inHand;
  const { guards } = ledger;
  const ids = await readIds(inHand, job.guards.protected, { setting: "guards.protected", so: "nothing was sent" });
  const nowMs = clock.nowMs();
  const [freeze] = listFreezes(job.guards, nowMs).filter(({ fromMs }) => fromMs <= nowMs);
  return {
    accounts: await countAccounts(inHand),
    planned: await guards.countPlanned(run, { kind: "every" }),
    operations: await guards.countOperations(run),
    protected: { ids, planned: ids.length === 0 ? 0 : await guards.countPlanned(run, { kind: "accounts", ids }) },
    // A plan says what would be sent at another time.
    freeze: run.kind === "run" ? (freeze ?? null) : null,
    size: await readSize(inHand),
    shrinking: await readShrinking(inHand),
    absence: await readAbsence(inHand),
  };
}

/** A file that a person has named need not be the latest. */
async function readShrinking({ ledger, run }: RunInHand): Promise<Shrinking | null> {
  const kept = run.byName ? undefined : await ledger.snapshots.find(run);
  return kept === undefined ? null : await ledger.snapshots.recordCounts(run, kept.settings);
}

async function readAbsence({ ledger, run }: RunInHand): Promise<Absence | null> {
  const from = run.absentOf === undefined ? undefined : await ledger.runs.find(run.absentOf);
  const kept = from && (await ledger.snapshots.find(from));
  if (!from || !kept) return null;
  const isHeld = (await ledger.guards.list(from)).some(
    ({ guard, approval }) => guard === "shrunk" && approval === null,
  );
  return {
    named: await ledger.guards.countAccounts(from),
    isFirst: !(await ledger.snapshots.isApproved(run, kept.settings)),
    shrinking: isHeld ? kept.counts : null,
  };
}

/** A file that a person has named, or rows of an earlier run, may have any size. Its products are kept for the runs after it. */
async function readSize({ ledger, job, run }: RunInHand): Promise<Size | null> {
  const { size } = job.guards;
  if (size === "off") return null;
  const products = await ledger.guards.countProducts(run);
  await ledger.runs.record(run, { products });
  if (run.byName || run.rerunOf !== null) return null;
  const earlier = await ledger.runs.listBefore(run, size.runs, alikeFor(job, run.file));
  return { rows: run.rows, products, earlier: earlier.map(toEarlier) };
}

/** Operations whatever became of them, as they were planned. */
function toEarlier({ rows, products, summary }: Run): EarlierRun {
  const counts = summary === null ? {} : (JSON.parse(summary) as Summary).operations;
  const operations = Object.fromEntries(OPERATION_KINDS.map((kind) => [kind, countOf(counts, kind)]));
  return { rows, products, operations };
}

/** Of the file that the rows are from: a re-run has only some of them. */
async function countAccounts({ ledger, run }: RunInHand): Promise<number> {
  let origin: Run = run;
  for (let id = originOf(run); id !== null; id = originOf(origin)) {
    const before = await ledger.runs.find(id);
    if (before === undefined) break;
    origin = before;
  }
  return ledger.guards.countAccounts(origin);
}

/** Absent accounts are a part of what their snapshot is to have. */
const originOf = ({ rerunOf, absentOf }: Run) => rerunOf ?? absentOf ?? null;

/** A person has allowed as many before, of this run or of the plan that it applies. */
function isApproved({ guard, figure }: Tripped, approved: readonly GuardOfRun[]): boolean {
  return approved.some((one) => one.guard === guard && one.approval !== null && figure <= one.approval.max);
}

function toHold({ run, isRehearsal }: RunInHand, { guard, figure, allowed, why, holds }: Tripped): TrippedGuard {
  // No ledger has a rehearsal.
  const way = isRehearsal ? "a run holds them too" : `if they are right: ${approveCommand(run.id, guard, figure)}`;
  const issue = { code: "guard" as const, column: "", message: `guard ${guard}: ${why}; ${way}` };
  return { guard, figure, allowed, issue, holds };
}
