/**
 * `tieout alarms <job> --try`: tells each target of the job once that this is a trial, and says which of them it has reached. No ledger is opened.
 */
import { randomUUID } from "node:crypto";
import type { ToldEvent } from "../../alarm/describe-notice.ts";
import { sendNotice } from "../../alarm/send-notice.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { targetName } from "../../notify-settings.ts";
import { loadJob } from "../load-job.ts";
import type { Session } from "../session.ts";
import { tellingOutside } from "../tell.ts";

/** Ends with 2 unless all were reached. */
export async function tryTargetsCommand(session: Session, name: string | undefined): Promise<ExitCode> {
  if (name === undefined)
    throw new FatalError("usage", "--try needs the name of a job", { hint: "type: tieout alarms <job> --try" });
  const { job, path } = await loadJob(name);
  if (job.notify.length === 0)
    throw new FatalError("job_invalid", `job ${job.name} names nobody in notify (${path})`, {
      hint: 'add notify: [{ webhook: "ALARM_WEBHOOK_URL", secret: "ALARM_WEBHOOK_SECRET" }] to the job file',
    });
  const { LEAD_API_URL: apiUrl = "", LEAD_PROGRAM: program = "" } = process.env;
  const trial: ToldEvent = {
    format: 1,
    id: randomUUID().replaceAll("-", ""),
    event: "trial",
    job: job.name,
    bank: { apiUrl, program: job.program ?? program },
    kind: "trial",
    means: "somebody tries whether alarms arrive; nothing needs a person",
    code: "trial",
    message: "this is a trial, and nothing needs a person",
    since: new Date().toISOString(),
    cleared: null,
    run: null,
    counts: {},
    causes: {},
    next: "nothing",
  };
  const outside = { ...tellingOutside(), nowMs: Date.now };
  let exit: ExitCode = EXIT.done;
  const tries = job.notify.map(async (target) => ({
    target: targetName(target),
    why: await sendNotice(target, trial, outside, session.signal),
  }));
  for (const { target, why } of await Promise.all(tries)) {
    if (why !== null) exit = EXIT.cannotWork;
    const text = why === null ? `${target}: told` : `${target}: not told: ${why}`;
    session.say({ event: "trial", job: job.name, target, told: why === null, why }, text);
  }
  return exit;
}
