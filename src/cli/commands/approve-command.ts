/**
 * `tieout approve`: releases what a guard holds in a run. Asks the bank nothing, and sends nothing.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { GUARD_NAMES, type GuardName } from "../../plan/guard-settings.ts";
import { approveGuard } from "../../run/start/approve-guard.ts";
import { findRun } from "../find-run.ts";
import { openOfflineContext } from "../open-context.ts";
import { printSummary } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { loadJobOf, withAlert } from "../with-context.ts";

export interface ApproveFlags {
  guard: string;
  max: number;
  reason: string;
}

/** Ends with 0 once what the guard held is released, though the run has still to be resumed. */
export async function approveCommand(session: Session, id: string, flags: ApproveFlags): Promise<ExitCode> {
  const guard = checkGuard(flags.guard);
  const ledger = await session.ledger();
  const run = await findRun(ledger, id);
  const loaded = await loadJobOf(session, run);
  return withAlert(session, loaded.job, async () => {
    const { log, progress, signal } = session;
    const context = openOfflineContext({ loaded, ledger, log, progress, signal }, session.workFolder());
    const { max, reason } = flags;
    const summary = await approveGuard(context, run, { guard, max, reason });
    printSummary(session, "summary", summary);
    return EXIT.done;
  });
}

function checkGuard(text: string): GuardName {
  const guard = GUARD_NAMES.find((known) => known === text);
  if (guard !== undefined) return guard;
  throw new FatalError("usage", `--guard does not know ${JSON.stringify(text)}`, {
    hint: `it takes one of ${GUARD_NAMES.join(", ")}`,
  });
}
