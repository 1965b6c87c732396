/**
 * The real job on a real ledger within this process, with a bank that answers from here, so that no HTTP is in the figures.
 */
import { join } from "node:path";
import type { Account } from "../../src/account.ts";
import type { Answer, BankApi } from "../../src/bank/bank-api.ts";
import { CallTimes } from "../../src/bank/call-times.ts";
import { systemClock } from "../../src/clock.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { RunKind } from "../../src/ledger/run.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { openFolderStore } from "../../src/store/folder-store.ts";
import { accountJson } from "./accounts.ts";
import job from "./job.ts";

export interface InProcessRun {
  readonly kind: RunKind;
  readonly file: string;
  readonly folder: string;
  readonly ledger: Ledger;
}

export interface Calls {
  reads: number;
  writes: number;
}

/** Throws when not every row came to a good end. */
export async function runInProcess({ kind, file, folder, ledger }: InProcessRun): Promise<Calls> {
  const calls = { reads: 0, writes: 0 };
  const ends = await startJob(
    {
      job: { ...job, results: { kind: "folder", folder: join(folder, "out"), spreadsheet: false } },
      jobPath: "job.ts",
      bankName: { apiUrl: "http://bank.test", program: "bench" },
      ledger,
      clock: systemClock,
      random: Math.random,
      newRunId: () => "run",
      log: { info() {}, warn() {}, error() {} },
      progress: { note() {}, watch() {}, steer() {}, end() {} },
      workFolder: join(folder, "work"),
      openBank: () => bankHere(calls),
      openStore: async (place) => openFolderStore("folder" in place ? place : { folder: place.bucket }),
      actor: { user: "bench", host: "here", version: "0" },
      owner: "bench",
      signal: new AbortController().signal,
    },
    { kind, file, from: null, limit: null, again: null },
  );
  const [end] = ends;
  if (end?.kind !== "reported" || end.summary.exit !== 0)
    throw new Error(`the run ended badly: ${JSON.stringify(end)}`);
  return calls;
}

const IDLE = { cap: 64, inFlight: 0, calls: 0, meanMs: null, times: new CallTimes() };

/** The calls that a row of the bench needs. */
function bankHere(calls: Calls): BankApi {
  const accountOf = (accountId: string) =>
    JSON.parse(accountJson(Number(accountId.slice("account_".length)))) as Account;
  const answer = (value: Account): Answer<Account> => ({ ok: true, value, status: 200 });
  const bank: Partial<BankApi> = {
    async fetchAccount(accountId) {
      calls.reads += 1;
      return answer(accountOf(accountId));
    },
    async patchAccount(accountId, body) {
      calls.writes += 1;
      const account = accountOf(accountId);
      // All that a row of the bench changes.
      Object.assign(account.details?.credit ?? {}, (JSON.parse(body) as Account).details?.credit);
      return answer(account);
    },
    authenticate: async () => ({ ok: true, value: null, status: 200 }),
    clockSkewMs: () => 0,
    longestWaitMs: () => 60_000,
    steer() {},
    throughput: () => ({ perSecond: 1e6, reads: IDLE, writes: IDLE, slowDowns: 0, pausedMs: 0, isDown: false }),
    stop() {},
    close: async () => {},
  };
  return bank as BankApi;
}
