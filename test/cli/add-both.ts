/**
 * What the ledger has before commands look at it: an alarm of a job that is gone, and a run that is old enough to be pruned.
 */
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { BankName } from "../../src/ledger/run.ts";
import { newRun } from "../ledger/builders.ts";

async function addAlarm(ledger: Ledger, bank: BankName): Promise<number> {
  const about = { job: "gone", kind: "gap", subject: "7", code: "file_gap", message: "number 7 is missing" } as const;
  const alarm = { ...about, run: null, counts: {}, causes: {}, next: "ask the sender" };
  await ledger.alarms.raise(bank, alarm, { targets: [], afterMs: 0 }, 5);
  const [{ no } = { no: 0 }] = await ledger.alarms.list({ job: "gone" }, 0, 1);
  return no;
}

async function addOldRun(ledger: Ledger, bank: BankName, jobPath: string): Promise<void> {
  const run = await ledger.runs.open(bank, newRun("0001-old", { job: "kept", jobPath }));
  const number = await ledger.runs.openPublication(run);
  await ledger.runs.recordPublication(run, { number, summary: "{}", exit: 0, final: true, atMs: 5 });
}

/** Both of them. Resolves with the alarm's number. */
export async function addBoth(open: () => Promise<Ledger>, bank: BankName, jobPath: string): Promise<number> {
  await using ledger = await open();
  await addOldRun(ledger, bank, jobPath);
  return await addAlarm(ledger, bank);
}
