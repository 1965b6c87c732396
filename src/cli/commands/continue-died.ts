/**
 * A worker goes on with a run whose process has died: what it comes to is printed, and raises alarms as the end of a start does.
 */
import { sayTrouble } from "../../alarm/deliver-notices.ts";
import { settleAlarms, settleError } from "../../alarm/settle-alarms.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Run } from "../../ledger/run.ts";
import type { Meter } from "../../monitor/meter.ts";
import type { RunContext } from "../../run/context.ts";
import { findDead } from "../../run/start/find-left.ts";
import { resumeUnderLease } from "../../run/start/resume-under-lease.ts";
import { leaveSlot } from "../../schedule/claim-slot.ts";
import { type Printer, printEnd } from "../output/print-end.ts";
import { fieldsOf } from "../with-context.ts";

/** Rejects for a ledger that has failed. Any other error ends the try: no worker makes another, so a person is told. */
export async function continueDied(
  printer: Printer,
  context: RunContext,
  run: Run,
  meter: Meter | null = null,
): Promise<void> {
  const { log, job } = context;
  log.warn(`continues run ${run.id}, whose process has died`, { run: run.id, job: job.name });
  const died = await findDead(context);
  try {
    const end = await resumeUnderLease(context, run, null);
    printEnd(printer, context, end);
    meter?.countEnds([end]);
    await settleAlarms(context, [end]);
  } catch (error) {
    if (!(error instanceof FatalError) || error.code === "ledger_failed") throw error;
    if (error.code === "lease_held") return log.info(`another process continues run ${run.id}`, { run: run.id });
    log.error(error.message, fieldsOf(job, error));
    await settleError(context, error).catch((another: unknown) => sayTrouble(context, another));
  } finally {
    // It may have been at a start of a schedule, which has further files: those are for another schedule.
    if (died !== undefined) await leaveSlot(context, died);
  }
}
