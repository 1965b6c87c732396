/**
 * Stop: why a run ends before its end. It can be resumed.
 */
import { CODES } from "../errors/codes/codes.ts";
import type { ExitCode } from "../errors/exit-codes.ts";
import type { Issue } from "../errors/issue.ts";
import type { Freeze } from "../plan/guard-settings.ts";

export interface Stop {
  readonly kind: "stop";
  readonly issue: Issue;
  readonly exit: ExitCode;
  /** A person stopped it: only `resume` and `abandon` continue the run. */
  readonly byPerson?: true;
}

/** What Ctrl-C aborts with. */
export const PERSON_STOP: Stop = {
  kind: "stop",
  issue: { code: "run_stopped", column: "", message: "the run was stopped by Ctrl-C" },
  exit: 6,
  byPerson: true,
};

/** What `tieout ctl stop` stops with. */
export function askedStop(by: string): Stop {
  const message = `the run was stopped by ${by} with tieout ctl stop`;
  return { ...PERSON_STOP, issue: { ...PERSON_STOP.issue, message } };
}

/** The stop for a failure of the bank or another issue; exit 6 unless the code says otherwise. */
export function stopFor(issue: Issue): Stop {
  return { kind: "stop", issue, exit: CODES[issue.code].exit ?? 6 };
}

/** The stop as a window begins in which nothing is sent. */
export function stopOfFreeze({ says }: Freeze): Stop {
  return stopFor({ code: "frozen", column: "", message: says });
}

/** The stop for an aborted signal: the one that it was aborted with, or a plain one. */
export function stopOf({ reason }: AbortSignal): Stop {
  const stop = reason as Partial<Stop> | undefined;
  if (stop?.kind === "stop") return stop as Stop;
  return stopFor({ code: "run_stopped", column: "", message: "the run was stopped by a signal" });
}

/** A row whose account another run works on is left open; the other rows go on. */
export const isBusy = ({ issue }: Stop): boolean => issue.code === "account_busy";
