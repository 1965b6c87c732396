/**
 * At the end of a start: raises what has gone wrong in it, clears what has come right, and has files archived whose runs are over.
 */
import type { AlarmKind } from "../errors/alarm-kinds.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { RunContext } from "../run/context.ts";
import { sourceOf } from "../run/sources.ts";
import { type FileEnd, isTaken } from "../run/start/start-job.ts";
import { sourcesOf } from "../source-settings.ts";
import { alarmOfError, alarmsOfEnd, isRunEnded, OF_START, RUN_KINDS_OF_ALARMS } from "./alarms-of-end.ts";
import { clearDone } from "./clear-done.ts";
import { keepFilings } from "./keep-filings.ts";
import { clearAlarms, raiseAlarm } from "./raise-alarm.ts";

const MOST_OPEN = 1_000;

/** How long a schedule's start that is tried again may be in trouble before anybody is told. */
export const TRIED_FOR_MS = 30 * 60_000;

interface SettleOptions {
  /** Whether it was a whole start of the job, rather than the work on one run. */
  readonly isStart?: boolean;
  /** Whether a schedule tries the same again by itself. */
  readonly isTriedAgain?: boolean;
}

/** Of a job at a bank; a rehearsal has no alarms. What is over is filed away then as well. */
export async function settleAlarms(
  context: RunContext,
  ends: readonly FileEnd[],
  { isStart = false, isTriedAgain = false }: SettleOptions = {},
): Promise<void> {
  if (context.isRehearsal) return;
  const isSaid = ends.some(({ kind }) => kind === "out_of_turn") && (await isMissingSaid(context));
  const raised = ends.flatMap((end) =>
    isSaid && end.kind === "out_of_turn"
      ? []
      : alarmsOfEnd(end, context.jobPath).map((alarm) => ({ subject: subjectOf(context, end), ...alarm })),
  );
  for (const alarm of raised) await raiseAlarm(context, alarm, isTriedAgain ? TRIED_FOR_MS : 0);
  // The start itself has worked, and so did the schedule.
  if (isStart) {
    await clearAlarms(context, ["failed", "rejected"], OF_START);
    await clearAlarms(context, ["missed_start"]);
  }
  const over = RUN_KINDS_OF_ALARMS.filter((kind) => !raised.some((alarm) => alarm.kind === kind));
  const whole = ends.filter((end) => isRunEnded(end) && isOfSource(end));
  // What was raised before the job had several sources is of none of them.
  const subjects = whole.length === 0 ? [] : [...whole.map((end) => subjectOf(context, end)), ""];
  for (const subject of new Set(subjects)) {
    const isRaised = (kind: AlarmKind) => raised.some((alarm) => alarm.kind === kind && alarm.subject === subject);
    const overThere = RUN_KINDS_OF_ALARMS.filter((kind) => !isRaised(kind));
    await clearAlarms(context, overThere, subject);
  }
  if (whole.length === 0 && ends.some((end) => end.kind === "reported")) await clearDone(context, over);
  await keepFilings(context);
}

/** Whether an alarm of its own kind says which file the others wait for. */
async function isMissingSaid({ ledger, bankName, job }: RunContext): Promise<boolean> {
  const open = await ledger.alarms.countOpen(bankName);
  return open.some((one) => one.job === job.name && (one.kind === "gap" || one.kind === "rejected"));
}

/** For an error that ends a start, also an internal one. Resolves with whether its alarm was not open yet. */
export async function settleError(
  context: RunContext,
  error: unknown,
  { isTriedAgain = false }: SettleOptions = {},
): Promise<boolean> {
  const alarm = context.isRehearsal || (isTriedAgain && isTakenOver(error)) ? undefined : alarmOfError(error);
  return alarm !== undefined && (await raiseAlarm(context, alarm, isTriedAgain ? TRIED_FOR_MS : 0));
}

/** Another process has the job now, as after a host was suspended, and says how the start ends. If it does not, the next try does. */
const isTakenOver = (error: unknown) => error instanceof FatalError && error.code === "lease_lost";

/** A person has given up what was left of the run. */
export async function clearOfRun(context: RunContext, id: string): Promise<void> {
  for (const { kind, run, subject } of await listOfRuns(context))
    if (run === id) await clearAlarms(context, [kind], subject);
}

/** A repaired file or a re-run says nothing of the rows beside its own. */
const isOfSource = (end: FileEnd) => end.kind === "reported" && end.run.rerunOf === null && !end.run.byName;

/** What a file of one source says, one of another does not take back. Nothing where the job has one source. */
function subjectOf({ job }: RunContext, end: FileEnd): string {
  if (!isTaken(end) || sourcesOf(job).length === 1) return "";
  const { reading, file } = end.run;
  const name = reading?.source ?? sourceOf(job, file.place, file.key)?.name;
  return name === undefined ? "" : `source ${name}`;
}

/** Those that are open; at most one of each kind and source. */
async function listOfRuns({ ledger, bankName, job }: RunContext) {
  const wanted = { bank: bankName, job: job.name, isOpen: true };
  const open = await ledger.alarms.list(wanted, 0, MOST_OPEN);
  return open.filter(({ kind }) => RUN_KINDS_OF_ALARMS.some((one) => one === kind));
}
