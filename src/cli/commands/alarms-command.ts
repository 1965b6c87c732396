/**
 * `tieout alarms`: lists the states of jobs that need a person, in the order in which they began, with who could not be told. Only looks.
 */
import { ALARM_MEANINGS, type AlarmKind } from "../../errors/alarm-kinds.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import type { Alarm, UntoldNotice } from "../../ledger/alarms.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { PAGE, walk } from "../../run/pages.ts";
import { counted } from "../../text/counted.ts";
import { checkJob } from "../find-run.ts";
import { asTyped } from "../output/as-typed.ts";
import { toOutputLine } from "../output/output-line.ts";
import type { Session } from "../session.ts";
import { sinceMs } from "../since-ms.ts";

export interface AlarmsFlags {
  readonly all?: boolean;
  readonly since?: string;
}

/** Of one job, or of all when none is named. */
export async function alarmsCommand(session: Session, job: string | undefined, flags: AlarmsFlags): Promise<ExitCode> {
  const { all = false, since } = flags;
  await using ledger = await (await session.ledger()).openSnapshot();
  const fromMs = sinceMs(since, ledger.nowMs());
  const isOpen = !all && since === undefined;
  const wanted = { isOpen, fromMs, ...(job !== undefined && { job }) };
  const alarms = walk(
    ({ after, limit }) => ledger.alarms.list(wanted, after, limit),
    ({ no }) => no,
    PAGE,
  );
  const untold = openUntold(ledger, fromMs ?? ledger.nowMs());
  let count = 0;
  for await (const alarm of alarms) {
    sayAlarm(session, alarm, await untold.of(alarm));
    count += 1;
  }
  if (count === 0) await checkJob(ledger, job);
  if (count === 0) session.say({ event: "none" }, isOpen ? "no alarm is open" : "no such alarms");
  return EXIT.done;
}

/** Of each job, what could not be told is asked for once. */
function openUntold({ alarms }: Ledger, sinceMs: number) {
  const known = new Map<string, readonly UntoldNotice[]>();
  return {
    async of({ no, bank, job }: Alarm): Promise<readonly UntoldNotice[]> {
      const name = JSON.stringify([bank, job]);
      const ofJob = known.get(name) ?? (await alarms.listUntold(bank, job, sinceMs, MOST_UNTOLD));
      known.set(name, ofJob);
      return ofJob.filter(({ alarm }) => alarm === no);
    },
  };
}

const MOST_UNTOLD = 1_000;

function sayAlarm(session: Session, all: Alarm, untold: readonly UntoldNotice[]): void {
  const { sinceMs: raisedMs, clearedAtMs, ...alarm } = all;
  const since = new Date(raisedMs).toISOString();
  const cleared = clearedAtMs === null ? null : new Date(clearedAtMs).toISOString();
  const { no, job, kind, message, next, acknowledged } = alarm;
  const state = cleared === null ? kind : `${kind} until ${cleared}`;
  const lines = [`${since}  ${job}  ${state}  ${toOutputLine(message)}`];
  if (acknowledged) lines.push(`  cleared by ${toOutputLine(acknowledged.by)}: ${toOutputLine(acknowledged.reason)}`);
  for (const { target, event, attempts, isGivenUp, why } of untold) {
    const what = event === "raised" ? "" : " that it is over";
    const tried = `tried ${counted(attempts, "time")}${why === null ? "" : ` (${toOutputLine(why)})`}`;
    lines.push(
      `  ${toOutputLine(target)} was not told${what}: ${tried}${isGivenUp ? ", and given up" : ", and goes on"}`,
    );
  }
  if (cleared === null) lines.push(`  next: ${toOutputLine(asTyped(next))}`);
  if (cleared === null && MAY_LAST.includes(kind))
    lines.push(`  or, if that will never be: ${asTyped(`tieout alarms --clear ${no} --reason "…"`)}`);
  const notTold = untold.map(({ alarm: _, ...one }) => one);
  session.say(
    {
      event: "alarm",
      ...alarm,
      ...(notTold.length > 0 && { untold: notTold }),
      means: ALARM_MEANINGS[kind],
      next: asTyped(next),
      since,
      cleared,
    },
    lines.join("\n"),
  );
}

/** Of files, whose sender may never send what would end them. */
const MAY_LAST: readonly AlarmKind[] = ["missing", "doubled", "out_of_order", "gap", "too_small", "too_large"];
