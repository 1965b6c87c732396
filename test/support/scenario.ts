/**
 * A whole run in one process: a sandbox, a folder of files, a real ledger and the real stages. What a test gives is the
 * bank before and a CSV; what it gets is the result rows and the bank after.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { assembleBank } from "../../src/bank/open-bank.ts";
import { openHttpTransport } from "../../src/bank/transport/http-transport.ts";
import type { BankRequest } from "../../src/bank/transport.ts";
import type { Clock } from "../../src/clock.ts";
import { defineJob, type JobInput } from "../../src/job.ts";
import type { Summary } from "../../src/report/summary.ts";
import type { RunContext } from "../../src/run/context.ts";
import { bankSettings } from "../../src/run/start/bank-settings.ts";
import { isTaken, type StartOptions, startJob, type TakenEnd } from "../../src/run/start/start-job.ts";
import type { Sandbox } from "../../src/sandbox/start-sandbox.ts";
import { openFolderStore } from "../../src/store/folder-store.ts";
import { ACTOR } from "../ledger/builders.ts";
import { IdleClock } from "./idle-clock.ts";
import { ledgerAtWork } from "./ledger-at-work.ts";
import { IS_POSTGRES, openTestLedger } from "./test-ledger.ts";

export interface Desk extends AsyncDisposable {
  readonly folder: string;
  readonly ledger: RunContext["ledger"];
  /** That of every context. Time goes on only while all wait. */
  readonly clock: IdleClock;
  context(bank: Reached, job?: Partial<JobInput>): RunContext;
  /** Writes the file and starts the job on it. */
  run(
    bank: Sandbox,
    csv: string,
    options?: { job?: Partial<JobInput>; start?: Partial<StartOptions>; name?: string },
  ): Promise<Told>;
}

/** What a job needs of the bank to reach it. */
export type Reached = Pick<Sandbox, "url" | "clientId" | "clientSecret">;

export interface Told {
  readonly end: TakenEnd;
  readonly summary: Summary | null;
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** A SQLite ledger that is not `durable` is quicker, and outlives everything but a loss of power. */
export async function openDesk({ durable = true } = {}): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), "tieout-desk-"));
  let runs = 0;
  const idle = new IdleClock();
  const opened = await openTestLedger(join(folder, "ledger.sqlite"), { durable });
  const ledger = IS_POSTGRES ? ledgerAtWork(opened, idle) : opened;
  // Plain, so that a test can take it apart.
  const clock: Clock = {
    nowMs: () => idle.nowMs(),
    monotonicMs: () => idle.monotonicMs(),
    sleep: (ms, signal) => idle.sleep(ms, signal),
  };
  const quiet = { info() {}, warn() {}, error() {} };
  const context = (bank: Reached, job: Partial<JobInput> = {}): RunContext => {
    const defined = defineJob({
      name: "desk",
      source: { folder: join(folder, "in") },
      results: { folder: join(folder, "out") },
      requestsPerSecond: 10_000,
      burst: 10_000,
      ...job,
    });
    const { url: apiUrl, clientId, clientSecret } = bank;
    return {
      job: defined,
      jobPath: "desk.ts",
      bankName: { apiUrl, program: defined.program ?? clientId },
      client: { id: clientId, isNamed: defined.program !== undefined },
      ledger,
      clock,
      random: Math.random,
      newRunId: () => `run-${++runs}`,
      log: quiet,
      progress: { note() {}, watch() {}, steer() {}, end() {} },
      workFolder: join(folder, "work"),
      openBank: (kind, ownIds) => {
        const settings = bankSettings(defined, { apiUrl, clientId, clientSecret }, kind, ownIds);
        const { caps, callTimeoutMs } = settings;
        const connections = caps.reads + caps.writes;
        const http = openHttpTransport({ apiUrl, connections, callTimeoutMs }, clock);
        // The bank's clock goes with ours, however far that has jumped.
        const besideUs = { ...http, send: (request: BankRequest) => idle.during(http.send(request)), skewMs: () => 0 };
        return assembleBank(besideUs, settings, { clock, random: Math.random });
      },
      openStore: async (place) => openFolderStore({ folder: place.kind === "folder" ? place.folder : place.bucket }),
      actor: ACTOR,
      owner: `test ${runs}`,
      signal: new AbortController().signal,
    };
  };
  return {
    folder,
    ledger,
    clock: idle,
    context,
    async run(bank, csv, { job = {}, start = {}, name = "file.csv" } = {}) {
      const file = join(folder, name);
      await writeFile(file, csv);
      const ends = await startJob(context(bank, job), {
        kind: "run",
        file,
        from: null,
        limit: null,
        again: null,
        ...start,
      });
      const end = ends.filter(isTaken).at(-1);
      if (end === undefined) throw new Error("the job took no file");
      const summary = end.kind === "reported" ? end.summary : null;
      return { end, summary, rows: summary === null ? [] : await readResults(summary.results) };
    },
    async [Symbol.asyncDispose]() {
      await ledger[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function readResults(folder: string): Promise<Record<string, string>[]> {
  return parse(await readFile(join(folder, "results.csv")), { columns: true }) as Record<string, string>[];
}
