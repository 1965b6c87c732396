/**
 * Where a run that applies a plan begins: what the plan has read, found, planned and ended is taken from the ledger. Sends nothing.
 */
import type { Rejection } from "../../errors/rejection.ts";
import type { Run } from "../../ledger/run.ts";
import type { RunContext } from "../context.ts";
import { meetVersion } from "../read/read-phase.ts";
import { holdsNear, nearColumn } from "./judge-near.ts";

/** A file that came after the plan's has the last word, as it has when the file itself is read. What is there from an earlier try stays. */
export async function takePlan(context: RunContext, opened: Run): Promise<Rejection | null> {
  const { ledger } = context;
  const plan = await ledger.runs.find(opened.planOf ?? "");
  if (plan === undefined) throw new Error(`the plan ${opened.planOf} is gone from the ledger`);
  await ledger.changes.copyPlan(plan, opened);
  await ledger.snapshots.copy(plan, opened);
  const run = (await ledger.runs.find(opened.id)) ?? opened;
  const met = await meetVersion(context, run);
  if (met.kind === "rejected") return met.rejection;
  const { create } = await ledger.guards.countOperations(run);
  // A create is judged again by what is near to it.
  if (create > 0 && holdsNear({ ...context, run })) await ledger.changes.recordNear(run, nearColumn(run));
  return null;
}
