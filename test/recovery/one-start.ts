/**
 * One start of a job as a process of its own: the real stages on a ledger on disk and a bank over HTTP. Prints how many
 * commits it made and the words of its rows, if it lives to the end.
 *
 * Takes the folder, the bank's address, client id and secret, and how many milliseconds its clock is ahead.
 */
import { join } from "node:path";
import { openBank } from "../../src/bank/open-bank.ts";
import { systemClock } from "../../src/clock.ts";
import { defineJob } from "../../src/job.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite-ledger.ts";
import { openFolderStore } from "../../src/read/folder-store.ts";
import { bankSettings } from "../../src/run/bank-settings.ts";
import { startJob } from "../../src/run/run-job.ts";
import { countCommits } from "./kill-at.ts";

const [folder = "", apiUrl = "", clientId = "", clientSecret = "", aheadMs = "0"] = process.argv.slice(2);
const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + Number(aheadMs) };
const job = defineJob({
  name: "killed",
  source: { folder: join(folder, "in") },
  results: { folder: join(folder, "out") },
  creates: "trusted",
  settleAfterMs: 500,
  removeRelationships: true,
  requestsPerSecond: 10_000,
  burst: 10_000,
  concurrency: { reads: 4, writes: 2 },
});
await using ledger = await openSqliteLedger(join(folder, "ledger.sqlite"));
let runs = 0;
const ends = await startJob(
  {
    job,
    jobPath: "killed.ts",
    // The same bank for both starts, whatever port it has.
    bankName: { apiUrl: "http://bank.test", clientId },
    ledger,
    clock,
    random: Math.random,
    newRunId: () => `run-${process.pid}-${++runs}`,
    log: { info() {}, warn() {}, error() {} },
    progress: { note() {}, count() {}, end() {} },
    workFolder: join(folder, "work"),
    openBank: (kind) =>
      openBank(bankSettings(job, { apiUrl, clientId, clientSecret }, kind), { clock, random: Math.random }),
    openStore: async (place) => openFolderStore("folder" in place ? place : { folder: place.bucket }),
    owner: `process ${process.pid}`,
    signal: new AbortController().signal,
  },
  { kind: "run", file: null, from: null, limit: null, again: null },
);
const summaries = ends.flatMap((end) => (end.kind === "reported" ? [end.summary] : []));
process.stdout.write(JSON.stringify({ commits: countCommits(), results: summaries.map(({ results }) => results) }));
