/**
 * What a snapshot comes to once its rows are done: the accounts that the ledger knows in its scope and that it lacks, and whether anything may be
 * done to them. Sends nothing. It can be repeated, with the same result.
 */
import type { SnapshotCounts } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { KeptSnapshot, NotActed, Unplaced } from "../../ledger/snapshots.ts";
import { counted } from "../../text/counted.ts";
import type { RunContext } from "../context.ts";

/** For a run whose rows were all worked on. A run over some rows of its file shows nothing of the others. */
export async function endSnapshot(context: RunContext, run: Run): Promise<void> {
  const { ledger } = context;
  if (run.kind === "validate" || run.selection !== undefined || run.rerunOf !== null) return;
  if (run.absentOf !== undefined) return endAbsent(context, run, run.absentOf);
  const kept = await ledger.snapshots.find(run);
  if (kept === undefined) return;
  // What a later snapshot has said of the accounts stays.
  if (await ledger.snapshots.isSuperseded(run)) return;
  const { settings } = kept;
  const counts = await ledger.snapshots.recordCounts(run, settings);
  const shrunk = await isShrunk(context, run);
  const isWhole = run.kind === "run" && !run.byName;
  const isMarked = isWhole && (shrunk === null || (!shrunk.holds && settings.absent === null));
  const writtenAtMs = run.file.lastModifiedMs;
  const unplaced = await ledger.snapshots.countUnplaced(run);
  const hasUnplaced = unplaced.byClientId > 0;
  const states = await ledger.snapshots.recordAbsent(run, settings, { isMarked, writtenAtMs, hasUnplaced });
  // What was listed while it was kept stays, and is worked on if it was to be.
  if (states === null) return;
  const notActed =
    states.absent === 0 ? null : whyNotActed(run, kept, { ...counts, ...unplaced }, shrunk?.holds ?? false);
  const isOwed = isWhole && settings.absent !== null && states.absent > 0 && notActed === null;
  await ledger.snapshots.recordEnd(run, { counts, states, notActed }, isOwed);
  await warnOfScope(context, run, kept, counts);
}

/** What was done to absent accounts is not done again while they stay absent. */
async function endAbsent({ ledger }: RunContext, run: Run, id: string): Promise<void> {
  const from = await ledger.runs.find(id);
  const kept = from && (await ledger.snapshots.find(from));
  if (!from || !kept || (await ledger.snapshots.isSuperseded(from))) return;
  const guard = (await ledger.guards.list(run)).find((one) => one.guard === "absent");
  const isApproved = (guard?.approval ?? null) !== null || (await ledger.snapshots.isApproved(run, kept.settings));
  await ledger.snapshots.recordDone(run, from, kept.settings, isApproved);
}

/** The guard that a shrunk file has tripped, while nobody has approved it; null for none. */
async function isShrunk({ ledger }: RunContext, run: Run): Promise<{ readonly holds: boolean } | null> {
  const guard = (await ledger.guards.list(run)).find((one) => one.guard === "shrunk");
  return guard === undefined || guard.approval !== null ? null : { holds: guard.holding > 0 };
}

function whyNotActed(
  run: Run,
  { settings: { scope, absent } }: KeptSnapshot,
  { unread, byAccountId, values }: SnapshotCounts & Unplaced,
  isHeld: boolean,
): NotActed | null {
  if (absent === null || run.kind !== "run") return null;
  const why = (code: NotActed["code"], message: string): NotActed => ({ code, message });
  if (run.byName) return why("named", "a person named the file, so it need not be the latest");
  if (run.abandoned !== null) return why("abandoned", "the run was given up");
  if (unread > 0) {
    const tells = unread === 1 ? "does not tell which account it is" : "do not tell which accounts they are";
    return why("rows_unread", `${counted(unread, "row")} ${tells} of`);
  }
  if (byAccountId > 0) {
    const [has, may] = byAccountId === 1 ? ["has", "it may be"] : ["have", "they may be"];
    const rows = counted(byAccountId, "row");
    return why(
      "rows_unread",
      `${rows} ${has} an account_id that the bank has not shown, so ${may} of what seems absent`,
    );
  }
  if (run.reading?.cutRow !== undefined) return why("cut", "no line end closes its last row, so it may be cut short");
  if (scope !== "all" && values === 0) return why("no_values", `no row has a value of ${scope.column}`);
  return isHeld ? why("shrunk", "the guard shrunk holds the file") : null;
}

async function warnOfScope(
  { ledger, log, bankName, job }: RunContext,
  run: Run,
  { settings: { scope } }: KeptSnapshot,
  { goneValues, goneAccounts }: SnapshotCounts,
): Promise<void> {
  const of = { job: job.name, run: run.id };
  if (goneValues > 0) {
    const message = `snapshot: ${counted(goneValues, "value")} of the scope, with ${counted(goneAccounts, "account")}, have no row any more, so these accounts are out of scope`;
    log.warn(message, of);
  }
  const others = scope === "all" ? await ledger.snapshots.listOtherJobs(bankName, job.name) : [];
  if (others.length > 0) {
    const message = `snapshot: the scope is all accounts of the bank, and other jobs have snapshots of it too: ${others.join(", ")}`;
    log.warn(message, of);
  }
}
