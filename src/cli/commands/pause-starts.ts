/**
 * The pause of a schedule, as the starts meet it: they do not begin under one, and may end with one. One that the ledger cannot keep now holds
 * in this process, until it is kept.
 */
import { placeOf } from "../../errors/describe-stack.ts";
import { EXIT, type ExitCode, worstExit } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Job } from "../../job.ts";
import type { Log } from "../../log.ts";
import { jobWord } from "../../report/job-word.ts";
import type { RunContext } from "../../run/context.ts";
import { exitOf, type FileEnd } from "../../run/start/start-job.ts";
import { mayComeRight } from "../../schedule/judge-start.ts";
import type { StartEnd } from "../../schedule/on-tick.ts";
import { isBadEnd, pauseAfter } from "../../schedule/pause-schedule.ts";

const NOT_KEPT =
  "the schedule of the job is paused in this process alone, since the ledger cannot keep that now; nothing is started, and it is tried again at the next start";

export class StartPauses {
  readonly #log: Log;
  /** By job, how the start ended whose pause the ledger does not have yet. */
  readonly #notKept = new Map<string, ExitCode>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Says so each time, since nothing else tells that a night is left out. */
  async isPaused(context: RunContext): Promise<boolean> {
    const { ledger, bankName, job, jobPath } = context;
    const exit = this.#notKept.get(job.name);
    if (exit !== undefined) {
      await this.#pause(context, exit);
      return true;
    }
    const pause = await ledger.schedules.findPause(bankName, job.name);
    if (pause === undefined) return false;
    const next = `tieout schedule ${jobWord(jobPath)} --resume --reason "…"`;
    const { reason } = pause;
    const about = { job: job.name, code: "schedule_paused", reason, next };
    this.#log.warn("the schedule of the job is paused, so this start is skipped", about);
    return true;
  }

  /** What the schedule tries again by itself is no bad end yet; after one that pauses it, nothing is tried again. */
  async afterEnds(context: RunContext, ends: readonly FileEnd[], end: StartEnd): Promise<StartEnd> {
    if (end === "stopped") return end;
    const exit = worstExit(ends.map(exitOf));
    return isBadEnd(exit) && (await this.#pause(context, exit)) ? "ended" : end;
  }

  async afterError(context: RunContext, error: unknown): Promise<void> {
    const exit = badExitOf(error);
    if (exit !== null) await this.#pause(context, exit);
  }

  /** For a start that could not even open its ledger. */
  afterUnopened(job: Job, error: unknown): void {
    const exit = badExitOf(error);
    if (exit !== null) this.#keepHere(job, exit, error);
  }

  /** It stopped again and again; the ledger may be why. To be kept by `isPaused`. */
  giveUp({ name, schedule }: Job): void {
    if (schedule?.pauseOnFailure === true) this.#notKept.set(name, EXIT.stopped);
  }

  async #pause(context: RunContext, exit: ExitCode): Promise<boolean> {
    const { job } = context;
    try {
      const isNew = await pauseAfter(context, exit);
      this.#notKept.delete(job.name);
      return isNew;
    } catch (error) {
      this.#keepHere(job, exit, error);
      return true;
    }
  }

  #keepHere({ name, schedule }: Job, exit: ExitCode, error: unknown): void {
    if (schedule?.pauseOnFailure !== true) return;
    this.#notKept.set(name, exit);
    const why = error instanceof FatalError ? { reason: error.code } : { error: placeOf(error) };
    this.#log.error(NOT_KEPT, { job: name, code: "schedule_paused", exit, ...why });
  }
}

function badExitOf(error: unknown): ExitCode | null {
  if (!(error instanceof FatalError)) return EXIT.ourFault;
  return !mayComeRight(error) && isBadEnd(error.exit) ? error.exit : null;
}
