/**
 * Writes what a package of evidence has of alarms: a record for each that was open at some time of a period.
 */
import type { Alarm, Ledger } from "../../ledger/ledger.ts";
import { EvidenceTable } from "../../report/evidence-table.ts";
import { PAGE, walk } from "../pages.ts";
import { timeOf } from "../report/explain-row.ts";

const ALARM_COLUMNS = {
  no: "its number, in the order in which alarms were raised",
  job: "the job's name",
  bank: "the program at the bank",
  api: "the bank's address",
  kind: "which state of the job needs a person",
  subject: "what of the job it is about; empty for the job itself",
  code: "why",
  message: "the same in one sentence",
  run: "the run that it is about",
  since: "when it was raised",
  cleared: "when it was cleared; empty while it is open",
};

/** From when to when a job's alarm was open. */
export type AlarmSpan = Pick<Alarm, "no" | "job" | "sinceMs" | "clearedAtMs">;

/** Makes the table `alarms` in the folder. Resolves with the alarms, in their order. */
export async function writeAlarmEvidence(
  { alarms }: Ledger,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  folder: string,
): Promise<readonly AlarmSpan[]> {
  const what = "Alarms that were open at some time of the period: states of a job that need a person.";
  await using table = await EvidenceTable.create(folder, "alarms", what, ALARM_COLUMNS);
  const spans: AlarmSpan[] = [];
  const all = walk(
    ({ after, limit }) => alarms.list({ fromMs, toMs }, after, limit),
    ({ no }) => no,
    PAGE,
  );
  for await (const { no, job, bank, kind, subject, code, message, run, sinceMs, clearedAtMs } of all) {
    spans.push({ no, job, sinceMs, clearedAtMs });
    const of = { no, job, bank: bank.program, api: bank.apiUrl, kind, subject, code, message, run };
    await table.add({ ...of, since: timeOf(sinceMs), cleared: timeOf(clearedAtMs) });
  }
  return spans;
}
