/**
 * A bank, three buckets and a ledger, for jobs whose files are archived or tagged: starts of such a job, and what follows them.
 */
import { keepFilings } from "../../../src/alarm/keep-filings.ts";
import type { JobInput } from "../../../src/job.ts";
import type { RunContext } from "../../../src/run/context.ts";
import { startJob } from "../../../src/run/start/start-job.ts";
import { type S3Server, startS3Server } from "../../../src/sandbox/bucket/start-s3-server.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import type { StorePlace } from "../../../src/store/file-store.ts";
import { openS3Store } from "../../../src/store/s3-store.ts";
import { type Desk, openDesk } from "../../support/scenario.ts";

export const csv = (name: string, id = "account_1") => `account_id,product_name\n${id},${name}\n`;
export const ARCHIVE = { bucket: "old", prefix: "archive" };
const IN_BUCKET: Partial<JobInput> = {
  source: { bucket: "files", prefix: "out/", pattern: /\.csv$/ },
  results: { bucket: "results" },
};
export const START = { kind: "run", file: null, from: null, limit: null, again: null } as const;

export interface Around extends AsyncDisposable {
  readonly bank: Sandbox;
  readonly desk: Desk;
  readonly s3: S3Server;
  readonly notes: string[];
  context(job?: Partial<JobInput>): RunContext;
  /** A start and what follows it; resolves with how each file ended. */
  go(job?: Partial<JobInput>, more?: { file?: string; limit?: number }): Promise<string[]>;
  keys(bucket: string): string[];
}

export async function openArchive({ versioned = false } = {}): Promise<Around> {
  const bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }, { id: "account_2" }] } });
  const desk = await openDesk({ durable: false });
  const s3 = await startS3Server({ buckets: ["files", "old", "results"], versioned });
  const notes: string[] = [];
  const context = (job: Partial<JobInput> = {}): RunContext => {
    const one = desk.context(bank, { ...IN_BUCKET, ...job });
    const openStore = async (place: StorePlace) =>
      place.kind === "bucket" ? openS3Store({ bucket: place.bucket, connection: s3.connection }) : one.openStore(place);
    return { ...one, openStore, progress: { ...one.progress, note: (text) => notes.push(text) } };
  };
  return {
    bank,
    desk,
    s3,
    notes,
    context,
    async go(job = {}, more = {}) {
      const at = context(job);
      const ends = await startJob(at, { ...START, ...more });
      await keepFilings(at);
      return ends.map((end) => (end.kind === "reported" ? `${end.summary.file.key} ${end.summary.exit}` : end.kind));
    },
    keys: (bucket) => [...s3.objects(bucket).keys()],
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]();
      await s3[Symbol.asyncDispose]();
      await bank[Symbol.asyncDispose]();
    },
  };
}

export const MOVE = { archive: { ...ARCHIVE, move: true } };
export const openAlarms = async ({ desk, context }: Around) =>
  (await desk.ledger.alarms.list({ bank: context().bankName, isOpen: true }, 0, 10)).map(({ kind, message, next }) => ({
    kind,
    message,
    next,
  }));
