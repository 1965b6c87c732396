/**
 * What `run` and `plan` start.
 */
import type { RunKind } from "../../../ledger/run.ts";
import type { Session } from "../../session.ts";
import { stopAtMs } from "../../stop-at.ts";
import type { SelectionFlags } from "../read-selection.ts";

interface StartFlags extends SelectionFlags {
  file?: string;
  from?: string;
  limit?: number;
  again?: boolean;
  reason?: string;
  withoutLedger?: boolean;
  canary?: number;
  detach?: boolean;
  stopAt?: string;
  allowEdit?: string;
}

export const start = (kind: RunKind) => async (session: Session, flags: StartFlags, job: string) => {
  const { runCommand } = await import("../run-command.ts");
  const { readSelection } = await import("../read-selection.ts");
  const { file = null, from = null, limit = null, reason = "", withoutLedger = false } = flags;
  const [selection, { canary }] = [readSelection(flags), flags];
  const until = stopAtMs(flags.stopAt);
  const stop = until === undefined ? {} : { stopAtMs: until };
  const allowEdit = flags.allowEdit?.split(",").map((column) => column.trim());
  const ways = { ...(selection && { selection }), ...(canary && { canary }), ...(allowEdit && { allowEdit }), ...stop };
  const again = flags.again ? reason : null;
  return runCommand(session, job, { kind, file, from, limit, again, withoutLedger, ...ways }, flags.detach);
};
