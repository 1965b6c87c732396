/** Ledgers that version 4 of the schema has left, from their dumps: each in a folder of its own, with the jobs that made it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Session } from "../../../src/cli/session.ts";
import type { ExitCode } from "../../../src/errors/exit-codes.ts";
import type { JobInput } from "../../../src/job.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { MADE_AT, MADE_IN, readFixture, restoreLedger } from "./restore-ledger.ts";

/** As the ledgers know it. */
export const BANK = { apiUrl: MADE_AT, program: "prepaid" };

const FAST = { requestsPerSecond: 10_000, burst: 10_000, attempts: 2, callTimeoutMs: 5_000, settleAfterMs: 500 };
const BASE = {
  defaults: { capabilities: ["deposit"] },
  guards: { close: { max: 5 } },
  removeRelationships: true,
  onRejected: "continue",
  ...FAST,
} as const satisfies Partial<JobInput>;

const jobsIn = (folder: string): JobInput[] => {
  const placed = (name: string, source: string, settings: Partial<JobInput>): JobInput => ({
    name,
    source: { folder: join(folder, source), repaired: name === "repaired" },
    results: { folder: join(folder, "out") },
    ...settings,
  });
  return [
    placed("nightly", "in", BASE),
    placed("repaired", "repaired", BASE),
    placed("load", "load", { precheck: true, unknownColumns: "ignore", announcedRules: "warn", ...FAST }),
  ];
};

const JOB_URL = new URL("../../../src/job.ts", import.meta.url).href;

async function writeJobs(folder: string): Promise<void> {
  for (const job of jobsIn(folder)) {
    const text = `import { defineJob } from "${JOB_URL}";\nexport default defineJob(${JSON.stringify(job)});\n`;
    await writeFile(join(folder, `${job.name}.ts`), text);
  }
}

/** What a command has printed, as text and as objects. */
interface Printed {
  readonly text: string;
  readonly events: readonly object[];
}

export class VersionFour implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** `name` is that of the dump. Nobody has opened the ledger yet. */
  static async make(name: "ended" | "open"): Promise<VersionFour> {
    const made = new VersionFour(await mkdtemp(join(tmpdir(), "tieout-four-")));
    await restoreLedger(made.ledgerPath, `version-four/${name}.sql`, { [MADE_IN]: made.folder });
    await writeJobs(made.folder);
    return made;
  }

  get ledgerPath(): string {
    return join(this.folder, "ledger.sqlite");
  }

  /** The job's settings, with its places in the folder. */
  job(name: string): JobInput {
    const job = jobsIn(this.folder).find((one) => one.name === name);
    if (job === undefined) throw new Error(`there was no job ${name}`);
    return job;
  }

  /** Writes the state of the bank as it was at the end, and gives its path. */
  async bankState(): Promise<string> {
    const path = join(this.folder, "bank.json");
    await writeFile(path, await readFixture("version-four/bank.json"));
    return path;
  }

  /** With the folder's name as the fixtures have it. */
  asMade(text: string): string {
    return text.replaceAll(this.folder, MADE_IN);
  }

  /** With the name of this folder instead. */
  asHere(text: string): string {
    return text.replaceAll(MADE_IN, this.folder);
  }

  /** What a command prints that needs no bank. */
  async print(ledger: Ledger, command: (session: Session) => Promise<ExitCode>): Promise<Printed> {
    const lines: string[] = [];
    const events: object[] = [];
    await command({
      log: { info() {}, warn() {}, error() {}, close: async () => {} },
      alert() {},
      progress: { note() {}, watch() {}, steer() {}, end() {} },
      signal: new AbortController().signal,
      say: (event, text) => {
        lines.push(this.asMade(text));
        events.push(JSON.parse(this.asMade(JSON.stringify(event))));
      },
      ledger: async () => ledger,
      openLedger: async () => ledger,
      queue: () => Promise.reject(new Error("there is no queue")),
      settle: () => ledger.flush(),
      workFolder: () => join(this.folder, "work"),
      async [Symbol.asyncDispose]() {},
    });
    return { text: `${lines.join("\n")}\n`, events };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
