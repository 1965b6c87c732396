/**
 * `tieout alarms --clear`: a person clears an alarm that no event may ever end, such as that of a file that will not come. Audited, and told.
 */
import type { AlarmKind } from "../../errors/alarm-kinds.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { auditEntry } from "../../run/audit-entry.ts";
import { readActor } from "../actor.ts";
import { tellOffline } from "../clear-offline.ts";
import type { Session } from "../session.ts";

/** Kinds whose state would be nobody's news any more, though it lasts. */
const ENDED_OTHERWISE: readonly AlarmKind[] = ["held", "repair", "paused"];

/** One that is cleared already stays as it is. Throws FatalError `usage`. */
export async function clearAlarmCommand(
  session: Session,
  job: string | undefined,
  no: number,
  reason: string,
): Promise<ExitCode> {
  const ledger = await session.ledger();
  const [alarm] = await ledger.alarms.list({}, no - 1, 1);
  if (alarm?.no !== no || (job !== undefined && alarm.job !== job))
    throw new FatalError("usage", `there is no alarm ${no}${job === undefined ? "" : ` of job ${job}`}`, {
      hint: "tieout alarms --all lists them with their numbers",
    });
  const isOpen = alarm.clearedAtMs === null;
  if (isOpen && ENDED_OTHERWISE.includes(alarm.kind))
    throw new FatalError("usage", `alarm ${no} (${alarm.kind}) ends with what it is about, not by a word`, {
      hint: `type: ${alarm.next}`,
    });
  const actor = readActor();
  const atMs = ledger.nowMs();
  const details = { alarm: no, kind: alarm.kind, subject: alarm.subject };
  const entry = auditEntry({ actor, atMs, action: "alarm clear" }, { job: alarm.job, run: alarm.run, reason, details });
  if (isOpen) await ledger.audited(entry).alarms.acknowledge(no, { by: actor.user, reason }, atMs);
  const text = isOpen ? `alarm ${no} of ${alarm.job} (${alarm.kind}) is cleared` : `alarm ${no} was cleared already`;
  session.say({ event: "alarm_cleared", no, job: alarm.job, kind: alarm.kind, isNew: isOpen }, text);
  await tellOffline(session, alarm.bank, alarm.job);
  return EXIT.done;
}
