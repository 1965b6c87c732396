/**
 * What is left of a run is given up once something that came later says it better. A person need not abandon it.
 */
import type { Run } from "../../ledger/run.ts";
import { findReplacement, replacedBy } from "../batches.ts";
import type { RunContext } from "../context.ts";
import { ABSENCE_OVER, isAbsenceOver } from "./absent-run.ts";
import { isSnapshotWaiting } from "./snapshot-waiting.ts";

/** A later version of the file's batch has replaced it, or a later snapshot says who is absent now, or is about to. */
export async function giveUpReplaced(context: RunContext, run: Run): Promise<void> {
  const why = run.abandoned === null ? await whyOver(context, run) : undefined;
  if (why === undefined) return;
  await context.ledger.runs.record(run, { abandoned: why });
  context.progress.note(`run ${run.id} is given up: ${why}`);
}

async function whyOver(context: RunContext, run: Run): Promise<string | undefined> {
  if (await isAbsenceOver(context, run)) return ABSENCE_OVER;
  if (await isSnapshotWaiting(context, run)) return "a later file waits, which says who is absent now";
  const later = run.stage === "read" ? undefined : await findReplacement(context, run);
  return later && replacedBy(later);
}
