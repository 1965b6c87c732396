/**
 * Skips what need not be fetched: rows that want what was last tied out for their account, for as long as the job says. It is decided before
 * anything is planned; a share is fetched all the same, and if the bank has changed any of it, the rest is fetched after all.
 */
import { createHash } from "node:crypto";
import { durationMs } from "../../duration-ms.ts";
import type { Fetching } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { PROVENANCE_COLUMNS, UNDO_COLUMNS } from "../../read/columns.ts";
import { counted } from "../../text/counted.ts";
import { settingsSha256 } from "../job-sha256.ts";
import { EVERY_ROW, type RunInHand } from "../run-in-hand.ts";

/** One run in so many fetches everything. */
const EVERY = 10;

/** Called before a run is planned, and again whenever it goes on with that: what was decided stays. */
export async function skipUnchanged(inHand: RunInHand): Promise<void> {
  const { ledger, job, clock, run } = inHand;
  const { tiedOut } = ledger;
  const since = job.skipUnchangedFor;
  if (run.absentOf !== undefined || (since === undefined && run.fetching === undefined)) return;
  if (run.withoutLedger) await tiedOut.forget(run.bank);
  const nowMs = clock.nowMs();
  const fetching = run.fetching ?? (await decide(inHand, nowMs - durationMs(since ?? "0h")));
  if (run.fetching === undefined) await ledger.runs.record(run, { fetching });
  if (fetching.kind === "after all") await tiedOut.reopenNotFetched(run);
  if (fetching.kind !== "some") return tiedOut.recordToFetch(run);
  if (fetching.notFetched !== null) return;
  const { sinceMs } = fetching;
  const notFetched = await tiedOut.recordNotFetched(run, { sinceMs, nowMs, seed: seedOf(run) });
  await ledger.runs.record(run, { fetching: { ...fetching, notFetched } });
}

/**
 * Called once all is planned. Resolves with whether rows are open again that were skipped, since of those that are fetched all the same some
 * have changed at the bank.
 */
export async function fetchAfterAll({ ledger, progress, run: { id } }: RunInHand): Promise<boolean> {
  const run = await ledger.runs.find(id);
  const { fetching } = run ?? {};
  if (run === undefined || fetching?.kind !== "some" || (fetching.notFetched?.changes ?? 0) === 0) return false;
  const { sinceMs, notFetched } = fetching;
  const changed = await ledger.tiedOut.countChanged(run, sinceMs);
  if (changed === 0) return false;
  await ledger.runs.record(run, { fetching: { kind: "after all", sinceMs, changed } });
  await ledger.tiedOut.reopenNotFetched(run);
  await ledger.tiedOut.recordToFetch(run);
  const have = changed === 1 ? "has" : "have";
  progress.note(
    `${counted(changed, "account")} of the share that is always fetched ${have} changed at the bank, so the ` +
      `${counted(notFetched?.changes ?? 0, "account")} that were skipped are fetched after all`,
  );
  return true;
}

async function decide(inHand: RunInHand, sinceMs: number): Promise<Fetching> {
  const { ledger, job, run } = inHand;
  if (isAskedFor(inHand)) return { kind: "all", why: "asked" };
  if (settingsSha256(job) !== run.settingsSha256) return { kind: "all", why: "settings" };
  const before = await ledger.tiedOut.listFetching(run, EVERY - 1);
  const isTurn = before.length === EVERY - 1 && before.every(hasSkipped);
  return isTurn ? { kind: "all", why: "tenth" } : { kind: "some", sinceMs, notFetched: null };
}

const hasSkipped = (fetching: Fetching | null) => fetching?.kind === "some" && (fetching.notFetched?.changes ?? 0) > 0;

/** Whether a person looks at this run in particular, or its rows come from an earlier one. */
function isAskedFor({ run, maxChange }: RunInHand): boolean {
  const { kind, rerunOf, reason, selection, canary, accepts, withoutLedger, allowEdit, reading } = run;
  const isNarrowed = maxChange !== EVERY_ROW || selection !== undefined || canary !== undefined;
  const isAgain = rerunOf !== null || reason !== null || accepts.length > 0 || allowEdit !== undefined;
  const isFedIn = reading?.header.some((name) => FED_IN.includes(name)) ?? true;
  return kind !== "run" || withoutLedger || isNarrowed || isAgain || isFedIn;
}

/** Columns of files that give rows of an earlier run back. */
const FED_IN: readonly string[] = [...PROVENANCE_COLUMNS, ...UNDO_COLUMNS];

/** Chooses the share: as random as the run's id, and the same however often the run is resumed. */
function seedOf({ id }: Run): number {
  return createHash("sha256").update(id).digest().readUInt32BE();
}
