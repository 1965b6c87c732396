/**
 * One job as an operator has it, at a bank that takes its time over every call: a process at it can be watched, stopped and killed by the
 * tests of the command line. Judges nothing.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { ask, dropSchema, ledgerUrl, newSchema } from "../ledger/postgres/use-postgres.ts";
import { type Ended, runTieout, type Started, startTieout } from "./tieout.ts";

interface Opening {
  /** The job's name. */
  readonly name: string;
  /** How many accounts the bank has: `account_0` and so on. */
  readonly accounts: number;
  readonly latencyMs: number;
  /** A file in the folder, or a schema that is dropped in the end. */
  readonly ledger: "file" | "postgres";
  /** Further settings of the job, as text. One call at a time if not given. */
  readonly settings?: string;
}

/** With what it has said by now. */
export interface Watched extends Started {
  log: string;
}

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const ONE_CALL = "concurrency: { reads: 1, writes: 1 }";
const POLL_MS = 20;

export class SlowJob implements AsyncDisposable {
  readonly bank: Sandbox;
  readonly folder: string;
  /** Each changes its account. */
  readonly rows: readonly string[];
  /** As TIEOUT_LEDGER names it. */
  readonly ledger: string;
  readonly #schema: string;
  readonly #started: Watched[] = [];

  private constructor(bank: Sandbox, folder: string, rows: readonly string[], schema: string, ledger: string) {
    this.bank = bank;
    this.folder = folder;
    this.rows = rows;
    this.#schema = schema;
    this.ledger = ledger;
  }

  static async open({ name, accounts, latencyMs, ledger, settings = ONE_CALL }: Opening): Promise<SlowJob> {
    const folder = await mkdtemp(join(tmpdir(), "tieout-slow-"));
    const ids = Array.from({ length: accounts }, (_, i) => `account_${i}`);
    const bank = await startSandbox({ seed: { accounts: ids.map((id) => ({ id })) }, latencyMs });
    const job = `{ name: "${name}", source: { folder: "in" }, results: { folder: "out" }, ${settings} }`;
    const text = `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob(${job});\n`;
    await writeFile(join(folder, "job.ts"), text);
    await mkdir(join(folder, "in"));
    const schema = ledger === "postgres" ? newSchema() : "";
    const place = ledger === "postgres" ? ledgerUrl(schema) : join(folder, "ledger.sqlite");
    const rows = ids.map((id) => `${id},New`);
    return new SlowJob(bank, folder, rows, schema, place);
  }

  /** Delivers a file of these rows. */
  put(rows = this.rows, name = "in/a.csv"): Promise<void> {
    return writeFile(join(this.folder, name), ["account_id,product_name", ...rows, ""].join("\n"));
  }

  start(args: readonly string[], more: Readonly<Record<string, string>> = {}): Watched {
    const one = Object.assign(startTieout(args, { ...this.#env, ...more }, this.folder), { log: "" });
    for (const stream of [one.child.stdout, one.child.stderr])
      stream?.on("data", (text: string) => {
        one.log += text;
      });
    this.#started.push(one);
    return one;
  }

  tieout(...args: readonly string[]): Promise<Ended> {
    return runTieout(args, this.#env, this.folder);
  }

  /** Throws when a process that was started has ended. */
  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isSo())) {
      const ended = this.#started.find(({ child }) => child.exitCode !== null);
      if (ended !== undefined) throw new Error(ended.log);
      await sleep(POLL_MS);
    }
  }

  /** Of a ledger in PostgreSQL, whose schema is `$schema`. */
  ask(sql: string) {
    return ask(sql.replaceAll("$schema", this.#schema));
  }

  get #env(): Readonly<Record<string, string>> {
    const { url, clientId, clientSecret } = this.bank;
    return {
      TIEOUT_LEDGER: this.ledger,
      LEAD_API_URL: url,
      LEAD_CLIENT_ID: clientId,
      LEAD_CLIENT_SECRET: clientSecret,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.#started) child.kill("SIGKILL");
    await Promise.all(this.#started.map(({ ended }) => ended));
    await this.bank[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true });
    if (this.#schema !== "") for (const part of ["", "_queue"]) await dropSchema(this.#schema + part);
  }
}
