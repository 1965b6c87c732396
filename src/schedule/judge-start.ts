/**
 * Whether the schedule makes another start of a job, judged by what the last one came to. Pure.
 */
import { CODES, type Code } from "../errors/codes/registry.ts";
import { EXIT } from "../errors/exit-codes.ts";
import type { FatalError } from "../errors/fatal-error.ts";
import { exitOf, type FileEnd } from "../run/start/start-job.ts";
import type { StartEnd } from "./on-tick.ts";

/** Stops that the bank's word on our credentials has brought. */
const REFUSALS: readonly (Code | undefined)[] = ["bank_credentials_refused", "bank_forbidden"];

/** Whether another start is to be made. What waits for a person was reported, and gains nothing by it. */
export function judgeStart(ends: readonly FileEnd[]): StartEnd {
  const isRefused = (end: FileEnd) => end.kind === "reported" && REFUSALS.includes(end.summary.stopped?.code);
  if (ends.some(isRefused)) return "refused";
  return ends.some((end) => end.kind !== "waiting" && exitOf(end) === EXIT.stopped) ? "stopped" : "ended";
}

/** Whether another start may find that what ended this one is fixed. */
export function mayComeRight({ code, exit }: FatalError): boolean {
  return exit !== EXIT.ourFault && CODES[code].retryHelps;
}
