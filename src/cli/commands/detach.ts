/**
 * `tieout run --detach`: hands a start to a worker, and prints the id under which it is followed.
 */
import { resolve } from "node:path";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { jobWord } from "../../report/job-word.ts";
import type { RunContext } from "../../run/context.ts";
import type { StartOptions } from "../../run/start/start-job.ts";
import type { Session } from "../session.ts";

/** Throws FatalError `no_worker`, and `lease_held` while another start of the job waits or is under way. */
export async function detach(session: Session, context: RunContext, options: StartOptions): Promise<ExitCode> {
  const { job, bankName, jobPath, actor } = context;
  const { starts } = await session.queue();
  const of = { job: job.name, bank: bankName };
  if (!(await starts.isServed(of)))
    throw new FatalError("no_worker", `no worker serves job ${job.name} at ${bankName.apiUrl}`, {
      hint: `start one, on any host that has the job file: tieout worker ${jobWord(jobPath)}`,
    });
  const run = context.newRunId();
  const { file } = options;
  const path = file === null || file.startsWith("s3://") ? file : resolve(file);
  if (!(await starts.put(of, { run, options: { ...options, file: path }, actor })))
    throw new FatalError("lease_held", `a start of job ${job.name} waits for a worker or is in progress`, {
      hint: "wait for it to end; see tieout workers",
    });
  session.say({ event: "detached", job: job.name, run }, run);
  return EXIT.done;
}
