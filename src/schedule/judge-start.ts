/**
 * Whether the schedule starts a job again, judged by how the last start ended. Pure.
 */
import { CODES, type Code } from "../errors/codes/codes.ts";
import { EXIT } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { exitOf, type FileEnd } from "../run/start/start-job.ts";
import type { StartEnd } from "./on-tick.ts";

/** Stops because the bank refused our credentials. */
const REFUSALS: readonly (Code | undefined)[] = ["bank_credentials_refused", "bank_forbidden"];

/** Ends that were said, and that only a person goes on from: another start would say the same. */
const WAITING: readonly FileEnd["kind"][] = ["waiting", "to_catch_up"];

/** How a start ended. */
export function judgeStart(ends: readonly FileEnd[]): StartEnd {
  const isRefused = (end: FileEnd) => end.kind === "reported" && REFUSALS.includes(end.summary.stopped?.code);
  if (ends.some(isRefused)) return "refused";
  return ends.some((end) => !WAITING.includes(end.kind) && exitOf(end) === EXIT.stopped) ? "stopped" : "ended";
}

/** Whether the problem that ended this start may be gone at the next one. */
export function mayComeRight({ code, exit }: FatalError): boolean {
  return exit !== EXIT.ourFault && CODES[code].retryHelps;
}

/** What is wrong with the ledger's place, or with the rights to it: both were right as the schedule began. */
const UNOPENED: readonly Code[] = ["no_ledger", "ledger_unusable"];

/**
 * Whether an error that has ended a start is a stop on its way. `isStrict`: the start has come as far as to open its ledger, or an error of
 * the ledger's place is for a person.
 */
export function isStopOnTheWay(error: unknown, isStrict: boolean): error is FatalError {
  if (!(error instanceof FatalError)) return false;
  return mayComeRight(error) || (!isStrict && UNOPENED.includes(error.code));
}
