/**
 * `tieout report`: writes the result files of a run again, from the ledger alone.
 */
import type { ExitCode } from "../../errors/exit-codes.ts";
import { reportAgain } from "../../run/report/report-again.ts";
import { findRun } from "../find-run.ts";
import { openOfflineContext } from "../open-context.ts";
import { printSummary } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { loadJobOf, withAlert } from "../with-context.ts";

export async function reportCommand(session: Session, id: string): Promise<ExitCode> {
  const ledger = await session.ledger();
  const run = await findRun(ledger, id);
  const loaded = await loadJobOf(session, run);
  return withAlert(session, loaded.job, async () => {
    const { log, progress, signal } = session;
    const context = openOfflineContext({ loaded, ledger, log, progress, signal }, session.workFolder());
    const summary = await reportAgain(context, run);
    printSummary(session, "summary", summary);
    return summary.exit;
  });
}
