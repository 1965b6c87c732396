/**
 * Scene: one job as an operator has it, a folder, a bank and a place for results, and the command, started again and again
 * as a process of its own. Each start's clock is past the lease of the one before. Judges nothing.
 */
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "csv-parse/sync";
import type { JobInput } from "../../src/job.ts";
import type { Ledger, StoredOperation } from "../../src/ledger/ledger.ts";
import { parsePostgresUrl } from "../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../src/ledger/postgres/open-ledger.ts";
import { type Lease, leaseName, type Run } from "../../src/ledger/run.ts";
import { LEASE_MS, openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";
import { verifyAudit } from "../../src/run/after/verify-audit.ts";
import { type S3Server, startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { type Ended, type Started, startTieout } from "../support/tieout.ts";
import type { Reached, Strike } from "./points.ts";

/** What a scene begins with. */
export interface Opening {
  readonly seed: SandboxSeed;
  readonly csv: string;
  readonly job: Partial<JobInput>;
  /** Where the results go. */
  readonly results: "folder" | "bucket";
  readonly latencyMs?: number;
  /** The URL of a ledger in PostgreSQL; one of its own in a file when not given. */
  readonly ledger?: string;
}

export interface StartWays {
  readonly strike?: (Strike & { readonly signal: "SIGKILL" | "SIGSTOP" }) | undefined;
  /** How many pages the ledger's disk has. */
  readonly pages?: number;
  /** A command and its flags, under which the process is started. */
  readonly under?: readonly string[];
  /** `worker` works beside a run; `resume` continues the last one. */
  readonly command?: "run" | "worker" | "resume";
  /** Another command with all that is typed behind it. */
  readonly args?: readonly string[];
  /** Another job file than the scene's. */
  readonly job?: string;
  /** Of the environment, in place of what the scene gives. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Life extends Started {
  /** What the process has told of itself; null when it told nothing. */
  reached(): Promise<Reached | null>;
}

/** What has come of a scene by now. */
export interface Outcome {
  /** The rows of the latest results, once a run has published its last ones. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** Kind and account of each effect, sorted. */
  readonly effects: readonly string[];
  /** The accounts as the bank has them, by client_account_id. */
  readonly accounts: readonly unknown[];
}

/** The last run, the job's lease, and the operations of the run's rows. */
export interface Known {
  readonly run: Run | undefined;
  readonly lease: Lease | undefined;
  readonly operations: readonly StoredOperation[];
}

const JOB = "killed";
const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const STRIKE_URL = new URL("strike-at.ts", import.meta.url).href;
const BUCKET = "results";
/** Compiled code that processes share, so that a start takes a third of the time. */
const CODE_CACHE = join(tmpdir(), `tieout-code-${process.pid}`);
process.once("exit", () => rmSync(CODE_CACHE, { recursive: true, force: true }));

export class Scene implements AsyncDisposable {
  readonly bank: Sandbox;
  readonly folder: string;
  readonly #s3: S3Server | null;
  readonly #url: string | undefined;
  #lives = 0;

  private constructor(folder: string, bank: Sandbox, s3: S3Server | null, url: string | undefined) {
    this.folder = folder;
    this.bank = bank;
    this.#s3 = s3;
    this.#url = url;
  }

  static async open({ seed, csv, job, results, latencyMs = 0, ledger }: Opening): Promise<Scene> {
    const folder = await mkdtemp(join(tmpdir(), "tieout-kill-"));
    const s3 = results === "bucket" ? await startS3Server({ buckets: [BUCKET] }) : null;
    const settings: JobInput = {
      name: JOB,
      source: { folder: join(folder, "in") },
      results: s3 === null ? { folder: join(folder, "out") } : { bucket: BUCKET },
      requestsPerSecond: 10_000,
      burst: 10_000,
      settleAfterMs: 500,
      ...job,
    };
    // JSON would make an object of the pattern, which is left to its default.
    const source = `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob(${JSON.stringify(settings)});\n`;
    await mkdir(join(folder, "in"));
    await mkdir(join(folder, "ledger"));
    await writeFile(join(folder, "in", "file.csv"), csv);
    await writeFile(join(folder, "job.ts"), source);
    return new Scene(folder, await startSandbox({ seed, latencyMs }), s3, ledger);
  }

  /** Starts the job once more. */
  start({ strike, pages, under, command = "run", args, job = this.job, env: others }: StartWays = {}): Life {
    const life = ++this.#lives;
    const { url, clientId, clientSecret } = this.bank;
    const told = join(this.folder, `reached-${life}.json`);
    const env = {
      TIEOUT_LEDGER: this.ledger,
      LEAD_API_URL: url,
      LEAD_CLIENT_ID: clientId,
      LEAD_CLIENT_SECRET: clientSecret,
      ...this.#s3?.env,
      NODE_COMPILE_CACHE: CODE_CACHE,
      NODE_OPTIONS: `--import=${STRIKE_URL}`,
      TIEOUT_TEST_REACHED: told,
      // A ledger in PostgreSQL has a clock of its own.
      ...(this.#url === undefined && { TIEOUT_TEST_AHEAD_MS: String((life - 1) * (LEASE_MS + 1_000)) }),
      ...(strike !== undefined && { TIEOUT_TEST_STRIKE: `${strike.signal} ${strike.nth} ${strike.point}` }),
      ...(pages !== undefined && { TIEOUT_TEST_PAGES: String(pages) }),
      ...others,
    };
    const typed = args ?? (command === "resume" ? [command] : [command, job]);
    const started = startTieout(typed, env, this.folder, under);
    return { ...started, reached: () => readReached(told) };
  }

  /** The path of its job file. */
  get job(): string {
    return join(this.folder, "job.ts");
  }

  get ledger(): string {
    return this.#url ?? join(this.folder, "ledger", "ledger.sqlite");
  }

  /** What the ledger knows, or a copy of it. Begins one where there is none, as a start would. */
  async readLedger(path = this.ledger): Promise<Known> {
    await using ledger = await openSqliteLedger(path);
    const [run] = await ledger.runs.list(1);
    const lease = await ledger.leases.find(leaseName({ apiUrl: this.bank.url, program: this.bank.clientId }, JOB));
    const results = run === undefined ? [] : await ledger.rows.readResults(run, { after: 0, limit: 10_000 });
    return { run, lease, operations: results.flatMap(({ operations }) => operations) };
  }

  /** Rejects when an entry of the audit trail is missing, or is not as it was written. */
  async look(): Promise<Outcome> {
    await using ledger = await this.#openLedger();
    await verifyAudit(ledger.audit);
    const { accounts, effects } = this.bank;
    const nameOf = (id: string) => accounts.get(id)?.client_account_id ?? id;
    return {
      rows: await this.#readRows(),
      effects: effects.map(({ kind, accountId }) => `${kind} ${nameOf(accountId)}`).sort(),
      accounts: [...accounts.values()]
        .sort((a, b) => (nameOf(a.id) < nameOf(b.id) ? -1 : 1))
        .map(({ id: _id, created_at: _made, updated_at: _changed, details, ...steady }) => {
          const { closed_at: _closed, ...rest } = details ?? {};
          return { ...steady, details: rest };
        }),
    };
  }

  #openLedger(): Promise<Ledger> {
    return this.#url === undefined ? openSqliteLedger(this.ledger) : openPostgresLedger(parsePostgresUrl(this.#url));
  }

  /** How many changes the guard of the last run holds. */
  async countHeld(): Promise<number | undefined> {
    await using ledger = await this.#openLedger();
    const [run] = await ledger.runs.list(1);
    return run && (await ledger.guards.list(run))[0]?.holding;
  }

  /** How many times final results were published. */
  async countEnds(): Promise<number> {
    const files = await this.#publications();
    const summaries = [...files].filter(([path]) => path.endsWith("/summary.json"));
    return summaries.filter(([, text]) => (JSON.parse(text) as { final: boolean }).final).length;
  }

  async #readRows(): Promise<Outcome["rows"]> {
    const files = await this.#publications();
    const numberOf = (path: string) => Number(path.split("/").at(-2));
    const summaries = [...files.keys()]
      .filter((path) => path.endsWith("/summary.json"))
      .sort((a, b) => numberOf(a) - numberOf(b));
    const runs = new Set([...files.keys()].map((path) => path.split("/").at(-3)));
    if (runs.size > 1) throw new Error(`there are results of ${runs.size} runs of one file`);
    const last = summaries.at(-1) ?? "";
    const { final } = JSON.parse(files.get(last) ?? "{}") as { final?: boolean };
    if (final !== true) return [];
    const text = files.get(join(dirname(last), "results.csv")) ?? "";
    return parse(text, { columns: true }) as Record<string, string>[];
  }

  /** All files of the results place by path. */
  async #publications(): Promise<Map<string, string>> {
    if (this.#s3 !== null) {
      return new Map([...this.#s3.objects(BUCKET)].map(([key, { bytes }]) => [key, bytes.toString("utf8")]));
    }
    const place = join(this.folder, "out");
    const names = await readdir(place, { recursive: true }).catch(() => []);
    const paths = names.filter((name) => /\.(csv|json)$/.test(name));
    return new Map(await Promise.all(paths.map(async (path) => [path, await readText(join(place, path))] as const)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bank.close();
    await this.#s3?.[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const readText = (path: string) => readFile(path, "utf8");

async function readReached(path: string): Promise<Reached | null> {
  const text = await readText(path).catch(() => "");
  return text === "" ? null : (JSON.parse(text) as Reached);
}

/** Throws for an end that is neither a kill nor that of a job which has worked through its file. */
export function wasKilled({ code, signal, err }: Ended): boolean {
  if (signal === "SIGKILL") return true;
  if (signal !== null || (code !== 0 && code !== 3))
    throw new Error(`the process ended with ${code ?? signal}: ${err}`);
  return false;
}
