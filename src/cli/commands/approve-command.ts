/**
 * `tieout approve`: releases what a guard holds in a run. Asks the bank nothing, and sends nothing.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { GUARD_NAMES, type GuardName } from "../../plan/guard-settings.ts";
import { approveGuard } from "../../run/start/approve-guard.ts";
import { clearOffline } from "../clear-offline.ts";
import { printSummary } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { withRunOffline } from "../with-context.ts";

export interface ApproveFlags {
  guard: string;
  max: number;
  reason: string;
}

/** Ends with 0 once what the guard held is released, though the run has still to be resumed. */
export async function approveCommand(session: Session, id: string, flags: ApproveFlags): Promise<ExitCode> {
  const guard = checkGuard(flags.guard);
  return withRunOffline(session, id, async (context, run) => {
    const { max, reason } = flags;
    printSummary(session, "summary", await approveGuard(context, run, { guard, max, reason }));
    await clearOffline(session, run);
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
