/**
 * The first half of a rehearsal: plans the files at the bank, and keeps what the bank has said. Only reads.
 */
import { CODES, type Code } from "../errors/codes/codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import type { Run } from "../ledger/run.ts";
import type { RunContext } from "../run/context.ts";
import { type FileEnd, isTaken, type StartOptions, startJob } from "../run/start/start-job.ts";
import { Observed, observeBank } from "./observe-bank.ts";

/** What the bank was seen to hold, and the plans that were made from it; no plans when there is no file. */
export interface BankReading {
  readonly kind: "read";
  readonly observed: Observed;
  readonly plans: readonly Run[];
}

interface CutReading {
  readonly kind: "stopped";
  readonly why: NonNullable<Extract<FileEnd, { kind: "reported" }>["summary"]["stopped"]>;
}

/**
 * Entities and applications are read too, whether the job prechecks them or not, unless the client may not. `openAt` opens
 * the context of a job at the bank. Throws FatalError where the bank could not be read completely.
 */
export async function readBank(
  job: Job,
  options: Omit<StartOptions, "kind">,
  openAt: (job: Job) => Promise<RunContext>,
): Promise<BankReading> {
  const first = await planAt(await openAt({ ...job, precheck: true }), options);
  if (first.kind === "read") return first;
  const mayNot = first.why.code === "bank_credentials_refused" || first.why.code === "bank_forbidden";
  const second = mayNot && !job.precheck ? await planAt(await openAt(job), options) : first;
  if (second.kind === "read") return second;
  throw notRead(second.why.code, second.why.message);
}

/** Nothing of a rehearsal is resumed. */
export function notRead(code: Code, message: string): FatalError {
  const hint = code === "run_stopped" || code === "run_deadline" ? "start the rehearsal again" : CODES[code].todo;
  return new FatalError(code, `the bank could not be read completely, so nothing was rehearsed: ${message}`, { hint });
}

async function planAt(context: RunContext, options: Omit<StartOptions, "kind">): Promise<BankReading | CutReading> {
  const observed = new Observed();
  const openBank: RunContext["openBank"] = (kind, ownIds) => observeBank(context.openBank(kind, ownIds), observed);
  const ends = await startJob({ ...context, openBank }, { ...options, kind: "plan" });
  for (const end of ends) {
    if (end.kind === "reported" && end.summary.stopped !== null) return { kind: "stopped", why: end.summary.stopped };
  }
  return { kind: "read", observed, plans: ends.filter(isTaken).map(({ run }) => run) };
}
