/**
 * `tieout alarms`: lists the states of jobs that need a person, in the order in which they began. Only looks.
 */
import { ALARM_MEANINGS } from "../../errors/alarm-kinds.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import type { Alarm } from "../../ledger/alarms.ts";
import { PAGE, walk } from "../../run/pages.ts";
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
  let count = 0;
  for await (const alarm of alarms) {
    sayAlarm(session, alarm);
    count += 1;
  }
  if (count === 0) session.say({ event: "none" }, isOpen ? "no alarm is open" : "no such alarms");
  return EXIT.done;
}

function sayAlarm(session: Session, { sinceMs: raisedMs, clearedAtMs, ...alarm }: Alarm): void {
  const since = new Date(raisedMs).toISOString();
  const cleared = clearedAtMs === null ? null : new Date(clearedAtMs).toISOString();
  const { job, kind, message, next } = alarm;
  const state = cleared === null ? kind : `${kind} until ${cleared}`;
  const lines = [`${since}  ${job}  ${state}  ${toOutputLine(message)}`];
  if (cleared === null) lines.push(`  next: ${toOutputLine(asTyped(next))}`);
  session.say(
    { event: "alarm", ...alarm, means: ALARM_MEANINGS[kind], next: asTyped(next), since, cleared },
    lines.join("\n"),
  );
}
