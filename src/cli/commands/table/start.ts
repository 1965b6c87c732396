/**
 * What `run` and `plan` start.
 */
import type { RunKind } from "../../../ledger/run.ts";
import type { Session } from "../../session.ts";

interface StartFlags {
  file?: string;
  from?: string;
  limit?: number;
  again?: boolean;
  reason?: string;
  withoutLedger?: boolean;
  detach?: boolean;
}

export const start = (kind: RunKind) => async (session: Session, flags: StartFlags, job: string) => {
  const { runCommand } = await import("../run-command.ts");
  const { file = null, from = null, limit = null, reason = "", withoutLedger = false } = flags;
  return runCommand(
    session,
    job,
    { kind, file, from, limit, again: flags.again ? reason : null, withoutLedger },
    flags.detach,
  );
};
