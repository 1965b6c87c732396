/**
 * Gathers the evidence of a period from the ledger into one new folder that is read without Tieout: runs with their certificates, approvals,
 * acceptances, the audit trail with its check, and slots of the schedule without a run. No cell of a file goes in, and no id of an account.
 */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { digestOf, EvidenceTable, writeNew } from "../../report/evidence-table.ts";
import { counted } from "../../text/counted.ts";
import { PAGE, walk } from "../pages.ts";
import { timeOf } from "../report/explain-row.ts";
import { verifyAudit } from "./verify-audit.ts";
import { type AlarmSpan, writeAlarmEvidence } from "./write-alarm-evidence.ts";
import { writeRunEvidence } from "./write-run-evidence.ts";

/** The instant of its first day's begin, and the one behind its last day, both in UTC. */
export interface Period {
  readonly from: string;
  readonly to: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A job with a schedule as it is today; `slots` are its slots in the period, in order. */
export interface ScheduledJob {
  readonly job: string;
  readonly schedule: string;
  readonly slots: Iterable<number>;
}

export interface Evidence {
  readonly runs: number;
  readonly approvals: number;
  readonly acceptances: number;
  readonly entries: number;
  readonly alarms: number;
  /** Without a run; `unexplained` are those of them without an alarm either. */
  readonly slots: number;
  readonly unexplained: number;
  readonly head: { readonly no: number; readonly hash: string } | null;
  /** SHA-256 of manifest.json. */
  readonly sha256: string;
}

/** Throws FatalError `usage` for a folder that is there already or cannot be made, and `audit_broken`; nothing is left then. */
export async function gatherEvidence(
  ledger: Ledger,
  period: Period,
  jobs: readonly ScheduledJob[],
  folder: string,
): Promise<Evidence> {
  await makeFolder(folder);
  try {
    await using snapshot = await ledger.openSnapshot();
    const check = await verifyAudit(snapshot.audit);
    const head = await snapshot.audit.findHead();
    const { runs, approvals, begun } = await writeRunEvidence(snapshot, period, folder);
    const entries = await writeAudit(snapshot, period, folder);
    const acceptances = await writeAcceptances(snapshot, period, folder);
    const alarms = await writeAlarmEvidence(snapshot, period, folder);
    const { slots, unexplained } = await writeSlots({ begun, alarms }, jobs, period, folder);
    const counts = { runs, approvals, acceptances, entries, alarms: alarms.length, slots, unexplained };
    const made = { ...counts, head, check, at: new Date(snapshot.nowMs()).toISOString() };
    await writeNew(join(folder, "README.txt"), describe(period, made, jobs));
    return { ...counts, head, sha256: await writeManifest(folder, period, made) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const code = nodeCode(error);
    const why = code === "EEXIST" ? "is there already, and evidence never overwrites" : `cannot be made (${code})`;
    throw new FatalError("usage", `the folder ${folder} ${why}`, { hint: "name a new folder in one that exists" });
  }
}

const AUDIT_COLUMNS = {
  no: "its number; counts from 1, without gaps",
  at: "when",
  user: "who, as the operating system has it",
  host: "on which host",
  version: "with which Tieout",
  action: "what was done",
  job: "to which job",
  run: "to which run",
  job_sha256: "SHA-256 of the job's settings",
  plan_hash: "SHA-256 over all that the plan would send",
  reason: "why, in the person's words",
  details: "what else is to be known, as JSON",
  before_hash: "the hash of the entry before",
  hash: "SHA-256 over [no, at in ms, user, host, version, action, job, run, job_sha256, plan_hash, reason, details, before_hash] as JSON",
};

async function writeAudit({ audit }: Ledger, { fromMs, toMs }: Period, folder: string): Promise<number> {
  const what = "Entries of the audit trail in the period.";
  await using table = await EvidenceTable.create(folder, "audit", what, AUDIT_COLUMNS);
  const entries = walk(
    ({ after, limit }) => audit.list(after, limit),
    ({ no }) => no,
    PAGE,
  );
  for await (const entry of entries) {
    const { no, atMs, actor, action, job, run, jobSha256, planHash, reason, details, beforeHash, hash } = entry;
    if (atMs < fromMs || atMs >= toMs) continue;
    const about = { action, job, run, job_sha256: jobSha256, plan_hash: planHash, reason, details };
    await table.add({ no, at: timeOf(atMs), ...actor, ...about, before_hash: beforeHash, hash });
  }
  return table.count;
}

const ACCEPTANCE_COLUMNS = {
  run: "the run of the original row",
  row: "its number",
  until: "the instant from which it is open again",
  by: "who has accepted it",
  at: "when",
  reason: "why, in the person's words",
};

async function writeAcceptances({ lineage }: Ledger, { fromMs, toMs }: Period, folder: string): Promise<number> {
  const what = "Open rows that a person accepted in the period; of a row that was accepted again, the last word.";
  await using table = await EvidenceTable.create(folder, "acceptances", what, ACCEPTANCE_COLUMNS);
  for (let after = { no: 0, row: 0 }; ; ) {
    const page = await lineage.listAccepted(after, PAGE);
    for (const { run, row, untilMs, by, atMs, reason } of page)
      if (atMs >= fromMs && atMs < toMs)
        await table.add({ run, row, until: timeOf(untilMs), by, at: timeOf(atMs), reason });
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return table.count;
    after = last;
  }
}

const SLOT_COLUMNS = {
  job: "the job's name",
  schedule: "its schedule, as it is today",
  slot: "when it was due",
  alarms: "numbers of the job's alarms that were open between this slot and the next; empty for none",
};

interface Happened {
  readonly begun: ReadonlyMap<string, readonly number[]>;
  readonly alarms: readonly AlarmSpan[];
}

/** A slot has a run when one of the job began from then on until its next slot, and an alarm when one was open in between. */
async function writeSlots(
  { begun, alarms }: Happened,
  jobs: readonly ScheduledJob[],
  { toMs }: Period,
  folder: string,
): Promise<{ readonly slots: number; readonly unexplained: number }> {
  let unexplained = 0;
  const what = "Slots of the period, by today's schedules, at which no run of the job began.";
  await using table = await EvidenceTable.create(folder, "slots-without-run", what, SLOT_COLUMNS);
  for (const { job, schedule, slots } of jobs) {
    const starts = (begun.get(job) ?? []).toSorted((one, other) => one - other);
    const due = [...slots];
    const ofJob = alarms.filter((alarm) => alarm.job === job);
    let next = 0;
    for (const [at, slotMs] of due.entries()) {
      while ((starts[next] ?? slotMs) < slotMs) next += 1;
      const endMs = due[at + 1] ?? toMs;
      if ((starts[next] ?? toMs) < endMs) continue;
      const open = ofJob.filter(({ sinceMs, clearedAtMs }) => sinceMs < endMs && (clearedAtMs ?? endMs) >= slotMs);
      if (open.length === 0) unexplained += 1;
      await table.add({ job, schedule, slot: timeOf(slotMs), alarms: open.map(({ no }) => no).join(" ") });
    }
  }
  return { slots: table.count, unexplained };
}

interface Made extends Omit<Evidence, "sha256"> {
  readonly at: string;
  readonly check: { readonly entries: number; readonly summaries: number };
}

function describe({ from, to }: Period, made: Made, jobs: readonly ScheduledJob[]): string {
  const { runs, approvals, acceptances, entries, alarms, slots, unexplained, head, check, at } = made;
  return `Evidence of ${from} to ${to} (UTC, both days included), made by Tieout at ${at}

runs.csv                ${counted(runs, "run")} that began in the period: file and its SHA-256, rows by word, certificate, settings
approvals.csv           ${counted(approvals, "guard")} that a person has approved in these runs
acceptances.csv         ${counted(acceptances, "open row")} that a person has accepted for a while
audit.csv               ${counted(entries, "entry", "entries")} of the audit trail: who did what, and why
alarms.csv              ${counted(alarms, "alarm")} that were open at some time of the period: what needed a person, and until when
slots-without-run.csv   ${counted(slots, "slot")} of ${counted(jobs.length, "scheduled job")} at which no run began; ${counted(unexplained, "slot")} with no alarm either
*.json, *.schema.json   the same as JSON, and the JSON Schema of each
manifest.json           the size and SHA-256 of every other file

How rows end: applied (every call took effect), unchanged (the bank agreed already), invalid, refused, failed,
unknown, held, skipped. The words of a run add up to its rows; the certificate has the equations that were
checked before its results were published. file_sha256 ties a run to the bytes of the file that was delivered.

The audit trail was checked as a whole: ${counted(check.entries, "entry", "entries")} as written, each with the hash of the one before,
and the heads in ${counted(check.summaries, "summary", "summaries")} of runs are among them.
Its head was ${head === null ? "not there: the trail is empty" : `entry ${head.no}, ${head.hash}`}.

What this cannot show. The ledger keeps no schedules: slots are counted by the schedules that the job files have
today. A start that found no new file begins no run, and raises no alarm where the job expects none; what failed
before the ledger was open raised none either, and is in the log of that night. So look there for each slot that
has neither run nor alarm. Who did something is what the operating system said.

No value of any row is in here, and no id of an account. CSV cells that a spreadsheet would run begin with an apostrophe.
`;
}

async function writeManifest(folder: string, { from, to }: Period, { at, head }: Made): Promise<string> {
  const files: object[] = [];
  for (const name of (await readdir(folder)).sort()) files.push({ name, ...(await digestOf(join(folder, name))) });
  const path = join(folder, "manifest.json");
  await writeNew(path, `${JSON.stringify({ from, to, at, auditHead: head, files }, null, 2)}\n`);
  return (await digestOf(path)).sha256;
}
