/**
 * `tieout evidence`: gathers what the ledger can show of a period into one new folder. Changes nothing else.
 */
import { resolve } from "node:path";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { gatherEvidence, type Period, type ScheduledJob } from "../../run/after/gather-evidence.ts";
import { checkSchedule } from "../../schedule/check-schedule.ts";
import { openSlots, type Slots } from "../../schedule/slots.ts";
import { counted, grouped } from "../../text/counted.ts";
import { loadJobs } from "../load-job.ts";
import type { Session } from "../session.ts";
import { dayMs } from "./accept-command.ts";

export interface EvidenceFlags {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;

export async function evidenceCommand(
  session: Session,
  folder: string,
  { from, to }: EvidenceFlags,
): Promise<ExitCode> {
  const period = { from, to, fromMs: dayMs("--from", from), toMs: dayMs("--to", to) + DAY_MS };
  if (period.fromMs >= period.toMs)
    throw new FatalError("usage", `--to ${to} is before --from ${from}`, { hint: "give the first day and the last" });
  const ledger = await session.ledger();
  const upTo = { ...period, toMs: Math.min(period.toMs, ledger.nowMs()) };
  const path = resolve(folder);
  const evidence = await gatherEvidence(ledger, period, await scheduledJobs(upTo), path);
  const { runs, entries, alarms, slots, unexplained, head, sha256 } = evidence;
  const text = [
    `evidence of ${from} to ${to} (UTC): ${counted(runs, "run")}, ${counted(entries, "entry", "entries")} of the audit trail, ${counted(alarms, "alarm")}, ${counted(slots, "slot")} without a run, ${grouped(unexplained)} of them without an alarm`,
    `audit head: ${head === null ? "none" : `entry ${head.no}, ${head.hash}`}`,
    `${path}: SHA-256 of manifest.json ${sha256}`,
  ];
  session.say({ event: "evidence", from, to, ...evidence, folder: path }, text.join("\n"));
  return EXIT.done;
}

/** Those in jobs/ that have a schedule, with their slots in the period so far. */
async function scheduledJobs({ fromMs, toMs }: Period): Promise<ScheduledJob[]> {
  const scheduled: ScheduledJob[] = [];
  for (const { job } of await loadJobs([])) {
    if (job.schedule === undefined) continue;
    const schedule = checkSchedule(job);
    const slots = startsOf(openSlots(schedule, job.name), fromMs, toMs);
    scheduled.push({ job: job.name, schedule: `${schedule.cron} ${schedule.zone}`, slots });
  }
  return scheduled;
}

/** When the starts were due: not a slot that a blackout took. */
function* startsOf(slots: Slots, fromMs: number, toMs: number): Generator<number> {
  for (const { kind, atMs } of slots.list(fromMs, toMs)) if (kind === "start") yield atMs;
}
