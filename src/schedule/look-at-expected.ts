/**
 * Looks at the files that a job expects: raises an alarm for each state that has begun, and clears those that have ended. Never able to stop a
 * run.
 */
import { clearAlarms, raiseAlarm } from "../alarm/raise-alarm.ts";
import { type DayRule, dayRuleOf } from "../due-day.ts";
import { placeOf } from "../errors/describe-stack.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import { jobWord } from "../report/job-word.ts";
import type { RunContext } from "../run/context.ts";
import { EXPECTED_KINDS, type ExpectedState } from "./expected-state.ts";
import { type Deliveries, findDeliveries } from "./find-deliveries.ts";
import { findOverdue, judgeDays, judgedAt } from "./judge-days.ts";
import { judgeRows } from "./judge-rows.ts";
import { judgeSequence } from "./judge-sequence.ts";

/** Nobody waits for a file any longer. */
const LOOK_BACK_MS = 40 * 86_400_000;
/** How soon to look again while a file is waited for. */
const SOON_MS = 5 * 60_000;

/** When to look next, in wall-clock milliseconds; never for a job that expects no file. `onTrouble` is told why nothing can be seen. */
export async function lookAtExpected(
  context: RunContext,
  onTrouble: (error: unknown) => Promise<void> = async () => {},
): Promise<number> {
  const { job, log, clock } = context;
  const rule = dayRuleOf(job);
  if (rule === undefined || context.isRehearsal) return Number.POSITIVE_INFINITY;
  const nowMs = clock.nowMs();
  try {
    const states = await judgeNow(context, rule, nowMs);
    const isLate = states.some(
      ({ kind, raisedAtMs, clearedAtMs }) =>
        kind === "late" && raisedAtMs <= nowMs && (clearedAtMs ?? nowMs + 1) > nowMs,
    );
    const ahead = states.flatMap(({ raisedAtMs }) => (raisedAtMs > nowMs ? raisedAtMs : []));
    const next = judgedAt(rule, nowMs).next().value ?? Number.POSITIVE_INFINITY;
    return Math.min(next, ...ahead, ...(isLate ? [nowMs + SOON_MS] : []));
  } catch (error) {
    const about =
      error instanceof FatalError ? { code: error.code } : { code: "internal" as const, error: placeOf(error) };
    log.warn("the files that the job expects cannot be looked at now", { job: job.name, ...about });
    await onTrouble(error);
    return nowMs + SOON_MS;
  }
}

/** The last day whose file should have come by now, if no file has come for it. Undefined for a job that expects no file. */
export async function findOverdueDay(context: RunContext): Promise<string | undefined> {
  const rule = dayRuleOf(context.job);
  if (rule === undefined) return undefined;
  const nowMs = context.clock.nowMs();
  const { files } = await findDeliveries(context, nowMs - LOOK_BACK_MS);
  return findOverdue(rule, files, { sinceMs: nowMs - LOOK_BACK_MS, nowMs });
}

/** Resolves with the states since nobody looks back further. */
async function judgeNow(context: RunContext, rule: DayRule, nowMs: number): Promise<readonly ExpectedState[]> {
  const { ledger, bankName, job } = context;
  const look = (await ledger.schedules.findLook(bankName, job.name)) ?? { sinceMs: nowMs, lastMs: nowMs };
  const sinceMs = Math.max(look.sinceMs, nowMs - LOOK_BACK_MS);
  const states = judgeAll(job, rule, await findDeliveries(context, sinceMs), { sinceMs, nowMs });
  await settle(context, states, { lastMs: look.lastMs, nowMs });
  await ledger.schedules.recordLook(bankName, job.name, nowMs);
  return states;
}

/** States that have begun since the first instant; some may be yet to come. */
export function judgeAll(
  { expect }: Pick<Job, "expect">,
  rule: DayRule,
  { files, counted }: Deliveries,
  asked: { readonly sinceMs: number; readonly nowMs: number },
): readonly ExpectedState[] {
  const ofSequence = expect?.sequence === undefined ? [] : judgeSequence(files, expect.sequence === "wait");
  const isSaid = ({ kind, raisedAtMs }: ExpectedState) =>
    kind === "doubled" && ofSequence.some((one) => one.kind === kind && one.raisedAtMs === raisedAtMs);
  const states = [
    ...judgeDays(rule, files, asked).filter((state) => !isSaid(state)),
    ...ofSequence,
    ...(expect?.rows === undefined ? [] : judgeRows(expect.rows, counted)),
  ];
  return states
    .filter(({ raisedAtMs }) => raisedAtMs > asked.sinceMs)
    .toSorted((one, other) => one.raisedAtMs - other.raisedAtMs);
}

const nameOf = ({ kind, subject }: Pick<ExpectedState, "kind" | "subject">) => `${kind} ${subject}`;

/** A state that began and ended since the last look is raised and cleared as well. */
async function settle(
  context: RunContext,
  states: readonly ExpectedState[],
  { lastMs, nowMs }: { readonly lastMs: number; readonly nowMs: number },
): Promise<void> {
  const { ledger, bankName, job } = context;
  const begun = states.filter(({ raisedAtMs }) => raisedAtMs <= nowMs);
  const isOver = ({ clearedAtMs }: ExpectedState) => clearedAtMs !== null && clearedAtMs <= nowMs;
  const lasting = new Set(begun.filter((state) => !isOver(state)).map(nameOf));
  const open = (await ledger.alarms.list({ bank: bankName, job: job.name, isOpen: true }, 0, MOST_OPEN)).filter(
    ({ kind }) => EXPECTED_KINDS.some((one) => one === kind),
  );
  for (const state of begun) {
    if (isOver(state) && (state.raisedAtMs <= lastMs || open.some((one) => nameOf(one) === nameOf(state)))) continue;
    if (lasting.has(nameOf(state)) && open.some((one) => nameOf(one) === nameOf(state))) continue;
    if (await isAcknowledged(context, state)) continue;
    const isNew = await raise(context, state, isOver(state));
    if (isNew && isOver(state)) await clear(context, state, state.clearedAtMs ?? nowMs);
  }
  for (const alarm of open) {
    if (lasting.has(nameOf(alarm))) continue;
    const ended = begun.find((state) => nameOf(state) === nameOf(alarm) && isOver(state));
    await clear(context, alarm, ended?.clearedAtMs ?? nowMs);
  }
}

const MOST_OPEN = 1_000;

/** A person has cleared its alarm, though the state lasts. */
async function isAcknowledged({ ledger, bankName, job }: RunContext, state: ExpectedState): Promise<boolean> {
  const { kind, subject, raisedAtMs } = state;
  const raised = await ledger.alarms.list({ bank: bankName, job: job.name, kind, subject }, 0, MOST_OPEN);
  return raised.some(({ sinceMs, acknowledged }) => sinceMs === raisedAtMs && acknowledged !== undefined);
}

/** As of the instant at which the state began, also when nobody looked then. */
async function raise(context: RunContext, state: ExpectedState, once: boolean): Promise<boolean> {
  const { kind, subject, code, message, raisedAtMs } = state;
  const word = jobWord(context.jobPath);
  const next =
    kind === "late" || kind === "missing"
      ? `tieout run ${word}   # once the file is there; ask its sender`
      : `tieout runs --job ${context.job.name}`;
  return raiseAlarm(at(context, raisedAtMs), { kind, subject, code, message, next }, 0, { once });
}

async function clear(context: RunContext, { kind, subject }: Pick<ExpectedState, "kind" | "subject">, atMs: number) {
  await clearAlarms(at(context, atMs), [kind], subject);
}

function at(context: RunContext, atMs: number): RunContext {
  return { ...context, clock: { ...context.clock, nowMs: () => atMs } };
}
