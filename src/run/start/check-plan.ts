/**
 * Whether a plan may still be applied: its calls are made once, soon after somebody has seen them, and only while nothing has come in
 * between that they were not made for. Reads only the ledger.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Run } from "../../ledger/run.ts";
import { jobWord } from "../../report/job-word.ts";
import { commandToResume } from "../../report/next-commands.ts";
import { shellWord } from "../../text/shell-word.ts";
import { shownKey } from "../../text/shown-key.ts";
import type { RunContext } from "../context.ts";
import { settingsSha256 } from "../job-sha256.ts";
import { hashPlan } from "../plan/hash-plan.ts";
import { findKnown } from "./known-file.ts";

const MS_PER_HOUR = 3_600_000;

/** Under the job's lease. Throws FatalError `plan_applied`, `plan_incomplete`, `plan_outdated`, `plan_old` or `plan_altered`. */
export async function checkPlan(context: RunContext, plan: Run): Promise<void> {
  await checkOnce(context, plan);
  if (plan.stage !== "ended" || plan.planHash === null) {
    const message = `the plan ${plan.id} does not have every row of its file, so it cannot be applied`;
    throw new FatalError("plan_incomplete", message, { hint: newPlan(context, plan) });
  }
  await checkFile(context, plan);
  checkSettings(context, plan);
  checkAge(context, plan);
  await checkTurn(context, plan);
  if ((await hashPlan(context.ledger, plan)) === plan.planHash) return;
  throw new FatalError(
    "plan_altered",
    `the operations of the plan ${plan.id} in the ledger are not those that were planned`,
    {
      hint: "keep the ledger as it is, and send the plan's id to the Tieout maintainers",
    },
  );
}

async function checkOnce(context: RunContext, plan: Run): Promise<void> {
  const run = await context.ledger.runs.findApplied(plan);
  if (run === undefined) return;
  const isOpen = run.stage !== "ended";
  const message = `the plan ${plan.id} was applied already, by run ${run.id}, which ${isOpen ? "is not finished" : `ended ${run.exit}`}`;
  const results =
    run.rejection === null ? `to see what became of it, type: tieout report ${run.id}` : newPlan(context, plan);
  throw new FatalError("plan_applied", message, {
    hint: isOpen ? `to finish it, type: ${commandToResume(run)}` : results,
  });
}

/** A later run of the file, or of what lies in its place by now, has the last word. One before the plan counts unless the plan says why. */
async function checkFile(context: RunContext, plan: Run): Promise<void> {
  const { ledger, bankName, job } = context;
  const { place, key, sha256 } = plan.file;
  const taken = [
    await ledger.runs.findTaken(bankName, job.name, { place, key }),
    await ledger.runs.findTaken(bankName, job.name, { sha256 }),
  ].find((run) => run !== undefined && run.no > plan.no);
  const asNamed = { file: plan.byName ? key : null, from: null };
  const known = plan.reason === null ? await findKnown(context, plan.file, asNamed) : null;
  const run = taken ?? known?.run;
  if (run === undefined || run === null) return;
  const message = `${shownKey(key)} was run as run ${run.id}, so the plan ${plan.id} cannot be applied`;
  const hint =
    run.stage === "ended" ? newPlan(context, plan, "again") : `to finish that run, type: tieout resume ${run.id}`;
  throw new FatalError("plan_outdated", message, { hint });
}

function checkSettings(context: RunContext, plan: Run): void {
  if (plan.settingsSha256 === settingsSha256(context.job)) return;
  const message = `settings of job ${plan.job} that decide what is sent have changed since the plan ${plan.id}`;
  throw new FatalError("plan_outdated", message, { hint: newPlan(context, plan) });
}

function checkAge(context: RunContext, plan: Run): void {
  const { clock, job } = context;
  const ageMs = clock.nowMs() - plan.startedAtMs;
  if (ageMs <= job.planMaxAgeMs) return;
  const hours = (ms: number) => `${Number((ms / MS_PER_HOUR).toFixed(1))} h`;
  const message = `the plan ${plan.id} is ${hours(ageMs)} old, and the job allows ${hours(job.planMaxAgeMs)}`;
  throw new FatalError("plan_old", message, { hint: newPlan(context, plan) });
}

/** What an earlier file has left must not be sent after this one. A row that stays unknown holds nobody up but its own account. */
async function checkTurn({ ledger, bankName, job }: RunContext, plan: Run): Promise<void> {
  const left = (await ledger.runs.listUnfinished(bankName, job.name)).find(
    ({ waiting, stage }) => !waiting && stage !== "ended",
  );
  if (left === undefined) return;
  const message = `run ${left.id} of job ${job.name} is not finished, and goes before the plan ${plan.id}`;
  throw new FatalError("plan_outdated", message, { hint: `to finish it, type: tieout resume ${left.id}` });
}

function newPlan({ jobPath }: RunContext, { file, reason }: Run, again?: "again"): string {
  const why = again === undefined && reason === null ? "" : ' --again --reason "…"';
  return `to make a new plan, type: tieout plan ${jobWord(jobPath)} --file ${shellWord(`${file.place}/${file.key}`)}${why}`;
}
