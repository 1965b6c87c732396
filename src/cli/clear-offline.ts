/**
 * After a decision that asks nobody but the ledger: clears the alarms of jobs that leave nothing to do any more, and tells of it.
 */
import { clearDone } from "../alarm/clear-done.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { BankName, Run } from "../ledger/run.ts";
import { loadJob } from "./load-job.ts";
import { openOfflineContext } from "./open-context.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";

export async function clearOffline(session: Session, { bank: bankName, job: name }: Run): Promise<void> {
  const { log } = session;
  const ledger = await session.ledger();
  const clock = { nowMs: () => ledger.nowMs() };
  const cleared = await clearDone({ ledger, bankName, log, clock, job: { name, notify: [] } });
  if (cleared.length > 0) await tellOffline(session, bankName, name);
}

/** The job's file is read only where somebody is to be told. */
export async function tellOffline(session: Session, bankName: BankName, name: string): Promise<void> {
  const { log, progress, signal } = session;
  const ledger = await session.ledger();
  if ((await ledger.alarms.findNextDue(bankName, name)) === null) return;
  try {
    const loaded = await loadJob((await ledger.jobs.find(bankName, name))?.path ?? name);
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
