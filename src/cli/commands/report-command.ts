/**
 * `tieout report`: writes the result files of a run again, from the ledger alone.
 */
import type { ExitCode } from "../../errors/exit-codes.ts";
import { reportAgain } from "../../run/report/report-again.ts";
import { printSummary } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { withRunOffline } from "../with-context.ts";

export async function reportCommand(session: Session, id: string): Promise<ExitCode> {
  return withRunOffline(session, id, async (context, run) => {
    const summary = await reportAgain(context, run);
    printSummary(session, "summary", summary);
    return summary.exit;
  });
}
