/**
 * After a decision that asks nobody but the ledger: clears the alarms of jobs that leave nothing to do any more, and tells of it.
 */
import { clearDone } from "../alarm/clear-done.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Run } from "../ledger/run.ts";
import { openOfflineContext } from "./open-context.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";
import { loadJobOf } from "./with-context.ts";

/** The job's file is read only where somebody is to be told. */
export async function clearOffline(session: Session, run: Run): Promise<void> {
  const { log, progress, signal } = session;
  const ledger = await session.ledger();
  const { bank: bankName, job: name } = run;
  const clock = { nowMs: () => ledger.nowMs() };
  const cleared = await clearDone({ ledger, bankName, log, clock, job: { name, notify: [] } });
  if (cleared.length === 0 || (await ledger.alarms.findNextDue(bankName, name)) === null) return;
  try {
    const loaded = await loadJobOf(session, run);
    const context = openOfflineContext({ loaded, ledger, log, progress, signal }, session.workFolder());
    await tell({ ...context, bankName });
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    log.warn("the job's file cannot be read here, so the next start of the job tells that an alarm is over", {
      job: name,
      code: error.code,
    });
  }
}
