/**
 * The name of a job belongs to one job file: two that shared it would share leases, known files and sequences. The ledger
 * keeps which file it is; another one is refused until the name is moved.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { JobFile } from "../../ledger/ledger.ts";
import type { RunKind } from "../../ledger/run.ts";
import { shellWord } from "../../text/shell-word.ts";
import { entryOfJob } from "../audit-entry.ts";
import type { RunContext } from "../context.ts";
import { holdJob } from "./hold-job.ts";

function fileOf({ jobPath, jobMark }: RunContext): JobFile {
  return { path: jobPath, mark: jobMark ?? jobPath };
}

/** Throws FatalError `job_name_taken`. A plan keeps nothing. */
export async function keepName(context: RunContext, kind: RunKind): Promise<void> {
  const { ledger, bankName, job } = context;
  const file = fileOf(context);
  if (kind === "validate") return;
  const kept = await (kind === "run"
    ? ledger.jobs.keep(bankName, job.name, file)
    : ledger.jobs.find(bankName, job.name));
  if (kept === undefined || kept.mark === file.mark) return;
  throw new FatalError(
    "job_name_taken",
    `in the ledger, the job ${job.name} is the file ${kept.path}, and this is ${file.path}`,
    {
      hint: `if the job has moved, type: tieout move ${shellWord(file.path)}; if this is another job, give it another name`,
    },
  );
}

/** Gives the name to this file. Resolves with the one that had it. Throws FatalError `lease_held` while the job runs. */
export async function moveName(context: RunContext): Promise<JobFile | undefined> {
  const { ledger, bankName, job } = context;
  await using lease = await holdJob(context);
  const fenced = ledger.fencedBy(lease.current);
  const before = await fenced.jobs.find(bankName, job.name);
  const file = fileOf(context);
  const entry = entryOfJob(context, "move", { details: { from: before?.path ?? null, to: file.path } });
  await fenced.audited(entry).jobs.move(bankName, job.name, file);
  return before;
}
