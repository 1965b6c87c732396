/**
 * `tieout apply`: makes the calls of a plan that was made before, once.
 */
import { settleAlarms } from "../../alarm/settle-alarms.ts";
import type { ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { jobWord } from "../../report/job-word.ts";
import { applyPlan } from "../../run/start/apply-plan.ts";
import { exitOf } from "../../run/start/start-job.ts";
import { findRun } from "../find-run.ts";
import { printEnd } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { stopAtMs } from "../stop-at.ts";
import { tell } from "../tell.ts";
import { checkBank, loadJobOf, withContext } from "../with-context.ts";
import { readSelection, type SelectionFlags } from "./read-selection.ts";

export interface ApplyFlags extends SelectionFlags {
  canary?: number;
  stopAt?: string;
}

export async function applyCommand(session: Session, id: string, flags: ApplyFlags): Promise<ExitCode> {
  const { canary } = flags;
  const until = stopAtMs(flags.stopAt);
  const selection = readSelection(flags);
  const plan = await findRun(await session.ledger(), id);
  if (plan.kind !== "plan")
    throw new FatalError("usage", `${plan.id} is no plan: only a plan is applied`, {
      hint: `to make one, type: tieout plan ${jobWord(plan.jobPath)}`,
    });
  return withContext(session, await loadJobOf(session, plan), async (context) => {
    checkBank(context, plan);
    const within = { ...context, ...(until !== undefined && { stopAtMs: until }) };
    const end = await applyPlan(within, plan, { ...(canary && { canary }), ...(selection && { selection }) });
    printEnd(session, context, end);
    await settleAlarms(context, [end]);
    await tell(context);
    return exitOf(end);
  });
}
