/**
 * `tieout move`: gives the name of a job to another job file. Sends nothing.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { moveName } from "../../run/start/keep-name.ts";
import { loadJob } from "../load-job.ts";
import type { Session } from "../session.ts";
import { withContext } from "../with-context.ts";

/** The job's name belongs to this file from now on. */
export async function moveCommand(session: Session, jobName: string): Promise<ExitCode> {
  return withContext(session, await loadJob(jobName), async (context) => {
    const { job, jobPath } = context;
    const before = await moveName(context);
    const from = before === undefined || before.path === jobPath ? "" : `, no longer to ${before.path}`;
    const event = { event: "moved", job: job.name, path: jobPath, before: before?.path ?? null };
    session.say(event, `the name ${job.name} belongs to ${jobPath}${from}`);
    return EXIT.done;
  });
}
