/**
 * Raises and clears the alarms of a job: in the ledger, for those whom the job names, and in the log. A ledger that fails costs the alarm and a
 * warning, never the run.
 */
import type { Clock } from "../clock.ts";
import type { AlarmKind } from "../errors/alarm-kinds.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import type { Alarm, NewAlarm } from "../ledger/alarms.ts";
import { targetsOf } from "../notify-settings.ts";
import type { RunContext } from "../run/context.ts";

/** All of an alarm that is not said by its job. */
export type RaisedAlarm = Pick<NewAlarm, "kind" | "code" | "message" | "next"> &
  Partial<Pick<NewAlarm, "subject" | "run" | "counts" | "causes">>;

/** What alarms need of a job and its ledger. */
export interface DeskContext extends Pick<RunContext, "bankName" | "ledger" | "log" | "onAlarm"> {
  readonly job: Pick<Job, "name" | "notify">;
  readonly clock: Pick<Clock, "nowMs">;
}

/** `tellAfterMs`: nobody is told of what is over by then. Resolves with whether it was not open yet; for `once` see Telling. */
export async function raiseAlarm(
  context: DeskContext,
  raised: RaisedAlarm,
  tellAfterMs = 0,
  { once = false } = {},
): Promise<boolean> {
  const { job, bankName, ledger, clock, log } = context;
  const alarm = { subject: "", run: null, counts: {}, causes: {}, ...raised, job: job.name };
  const telling = { targets: targetsOf(job.notify, alarm.kind), afterMs: tellAfterMs, once };
  const isNew = await kept(context, false, () => ledger.alarms.raise(bankName, alarm, telling, clock.nowMs()));
  const { kind, code, run, next } = alarm;
  context.onAlarm?.();
  if (isNew) log.warn("an alarm is raised", { job: job.name, kind, code, ...(run !== null && { run }), next });
  return isNew;
}

/** About any subject when none is given. */
export async function clearAlarms(
  context: DeskContext,
  kinds: readonly AlarmKind[],
  subject?: string,
): Promise<readonly Alarm[]> {
  const { job, bankName, ledger, clock, log } = context;
  if (kinds.length === 0) return [];
  const which = { job: job.name, kinds, ...(subject !== undefined && { subject }) };
  const cleared = await kept(context, [], () => ledger.alarms.clear(bankName, which, clock.nowMs()));
  if (cleared.length > 0) context.onAlarm?.();
  for (const { kind, code } of cleared) log.info("an alarm is cleared", { job: job.name, kind, code });
  return cleared;
}

async function kept<Result>({ job, log }: DeskContext, otherwise: Result, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    log.warn("the ledger cannot keep the job's alarms now", { job: job.name, code: error.code });
    return otherwise;
  }
}
