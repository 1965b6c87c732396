/**
 * Writes what a package of evidence has of runs: a record for each that began in a period, and one for each guard that was approved in them.
 */
import { WORDS } from "../../errors/words.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { renderCertificate } from "../../report/certificate.ts";
import { type EvidenceRecord, EvidenceTable } from "../../report/evidence-table.ts";
import type { Summary } from "../../report/summary.ts";
import { PAGE, walk } from "../pages.ts";
import { timeOf } from "../report/explain-row.ts";

const RUN_COLUMNS = {
  run: "the run's id",
  kind: "run, plan or validate",
  job: "the job's name",
  bank: "the program at the bank",
  api: "the bank's address",
  file: "the source file's key",
  file_sha256: "SHA-256 of the source file's bytes",
  file_bytes: "its size",
  rerun_of: "the run whose rows were run again",
  plan_of: "the plan that was applied",
  plan_hash: "SHA-256 over all that the plan would send",
  settings_sha256: "SHA-256 of the job's settings that decide what is sent",
  started_at: "when it began",
  ended_at: "when it ended",
  exit: "its exit code",
  final: "whether nothing of it was left to do",
  rejected: "why its file was rejected",
  rows: "rows of the file",
  ...Object.fromEntries(WORDS.map((word) => [word, `rows that ended as ${word}`])),
  certificate: "the equations that held when its results were published",
  reads: "GETs that it has made",
  writes: "calls that change something",
  by: "who began it, as the operating system has it",
  reason: "why, in the person's words",
  audit_no: "the audit trail's head when its results were published",
  audit_hash: "that entry's hash",
};

const APPROVAL_COLUMNS = {
  run: "the run's id",
  guard: "the guard that had held rows",
  figure: "what it judged",
  allowed: "what the job allows",
  max: "what was approved at most",
  by: "who has approved it",
  at: "when",
  reason: "why, in the person's words",
};

/** Makes the tables `runs` and `approvals` in the folder. `begun`: when runs of each job began. */
export async function writeRunEvidence(
  ledger: Ledger,
  period: { readonly fromMs: number; readonly toMs: number },
  folder: string,
) {
  await using runs = await EvidenceTable.create(folder, "runs", "Every run that began in the period.", RUN_COLUMNS);
  const approved = "Guards that a person has approved, of these runs.";
  await using approvals = await EvidenceTable.create(folder, "approvals", approved, APPROVAL_COLUMNS);
  const begun = new Map<string, number[]>();
  const all = walk(
    ({ after, limit }) => ledger.lineage.listBegun(period, after, limit),
    ({ no }) => no,
    PAGE,
  );
  for await (const { id } of all) {
    const run = await ledger.runs.find(id);
    if (run === undefined) continue;
    await runs.add(recordOf(run));
    const ofJob = begun.get(run.job) ?? [];
    if (run.kind === "run") ofJob.push(run.startedAtMs);
    begun.set(run.job, ofJob);
    for (const { guard, figure, allowed, approval } of await ledger.guards.list(run)) {
      if (approval === null) continue;
      const { max, by, reason, atMs } = approval;
      await approvals.add({ run: run.id, guard, figure, allowed, max, by, at: timeOf(atMs), reason });
    }
  }
  return { runs: runs.count, approvals: approvals.count, begun };
}

function recordOf(run: Run): EvidenceRecord {
  const summary = run.summary === null ? null : (JSON.parse(run.summary) as Summary);
  const words = WORDS.map((word) => [word, summary?.words[word] ?? null] as const);
  return {
    run: run.id,
    kind: run.kind,
    job: run.job,
    bank: run.bank.program,
    api: run.bank.apiUrl,
    file: run.file.key,
    file_sha256: run.file.sha256,
    file_bytes: run.file.size,
    rerun_of: run.rerunOf,
    plan_of: run.planOf,
    plan_hash: run.planHash,
    settings_sha256: run.settingsSha256,
    started_at: timeOf(run.startedAtMs),
    ended_at: timeOf(run.endedAtMs),
    exit: run.exit,
    final: summary?.final ?? false,
    rejected: run.rejection?.code ?? null,
    rows: run.rows,
    ...Object.fromEntries(words),
    certificate: summary === null || summary.certificate.length === 0 ? null : renderCertificate(summary.certificate),
    reads: run.calls?.reads ?? null,
    writes: run.calls?.writes ?? null,
    by: run.actor === null ? null : `${run.actor.user}@${run.actor.host}`,
    reason: run.reason,
    audit_no: summary?.audit?.no ?? null,
    audit_hash: summary?.audit?.hash ?? null,
  };
}
