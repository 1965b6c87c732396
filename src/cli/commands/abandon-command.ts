/**
 * `tieout abandon`: gives up the rest of an unfinished run. Sends nothing new.
 */
import { clearOfRun } from "../../alarm/settle-alarms.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { abandonRun } from "../../run/start/abandon-run.ts";
import { exitOf } from "../../run/start/start-job.ts";
import { findUnfinished } from "../find-run.ts";
import { printEnd } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { tell } from "../tell.ts";
import { checkBank, loadJobOf, withContext } from "../with-context.ts";

export async function abandonCommand(session: Session, id: string, reason: string): Promise<ExitCode> {
  const run = await findUnfinished(session, id, "abandon");
  if (typeof run === "number") return run;
  return withContext(session, await loadJobOf(session, run), async (context) => {
    checkBank(context, run);
    const end = await abandonRun(context, run, reason);
    await clearOfRun(context, run.id);
    await tell(context);
    if (end.kind === "reported") {
      printEnd(session, context, end);
      return exitOf(end);
    }
    session.say({ event: "abandoned", run: run.id }, `run ${run.id} is abandoned; nothing was sent`);
    return EXIT.done;
  });
}
