/**
 * A stage: a sandbox behind a gateway, S3, a folder and a job, and the real command started on them with canaries for
 * credentials. What the command printed and left behind is kept as evidence.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type S3Server, startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Ended, type Started, startTieout } from "../support/tieout.ts";
import { AWS_SECRET, CLIENT_SECRET, FILES, SEED } from "./canaries.ts";
import { type Gateway, type Order, startGateway } from "./gateway.ts";

/** One text that must give nothing away, and where it is from. */
export interface Evidence {
  readonly kind: "output" | "explained" | "results" | "ledger";
  readonly from: string;
  readonly text: string;
}

export interface StageOptions {
  readonly file?: keyof typeof FILES;
  /** Settings of the job, as they stand in its file. */
  readonly job?: string;
  readonly orders?: readonly Order[];
  readonly latencyMs?: number;
  readonly inBucket?: boolean;
  /** What the S3 server takes for its secret; the process has the canary. */
  readonly awsSecret?: string;
}

export interface Stage extends AsyncDisposable {
  readonly folder: string;
  readonly bank: Sandbox;
  readonly gateway: Gateway;
  readonly s3: S3Server;
  readonly job: string;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Started;
  /** Starts the command and waits for its end. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  keep(args: readonly string[], ended: Ended): void;
  /** All that was printed, published and kept. */
  collect(): Promise<readonly Evidence[]>;
}

export const BUCKET = "files";
/** What they print is for the operator alone. */
const SHOW_CELLS = ["explain", "history", "open", "diff"];
const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;

export async function openStage(name: string, options: StageOptions): Promise<Stage> {
  const { file = "sound", job = "", orders = [], latencyMs = 0, inBucket = false, awsSecret = AWS_SECRET } = options;
  const folder = await mkdtemp(join(tmpdir(), "tieout-canary-"));
  const bank = await startSandbox({ seed: SEED, clientId: "us", clientSecret: CLIENT_SECRET, latencyMs });
  const gateway = await startGateway(bank.url, orders);
  const s3 = await startS3Server({ buckets: [BUCKET], secretKey: awsSecret });
  await mkdir(join(folder, "in"));
  await writeFile(join(folder, "in", "file.csv"), FILES[file]);
  s3.put(BUCKET, "in/file.csv", FILES[file]);
  const places = inBucket
    ? `source: { bucket: "${BUCKET}", prefix: "in/" }, results: { bucket: "${BUCKET}", prefix: "out/", spreadsheet: true }`
    : `source: { folder: ${JSON.stringify(join(folder, "in"))} }, results: { folder: ${JSON.stringify(join(folder, "out"))} }`;
  const settings = `name: "canary", ${places}, creates: "trusted", requestsPerSecond: 1000, burst: 1000, ${job}`;
  const jobPath = join(folder, "job.ts");
  await writeFile(
    jobPath,
    `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ ${settings} });\n`,
  );
  const base = {
    ...s3.env,
    AWS_SECRET_ACCESS_KEY: AWS_SECRET,
    LEAD_API_URL: gateway.url,
    LEAD_CLIENT_ID: "us",
    LEAD_CLIENT_SECRET: CLIENT_SECRET,
    TIEOUT_LEDGER: join(folder, "ledger", "ledger.sqlite"),
    TIEOUT_LOG_LEVEL: "debug",
    TIEOUT_DEBUG: "1",
    HOME: folder,
  };
  await mkdir(join(folder, "ledger"));
  const printed: Evidence[] = [];
  const start: Stage["start"] = (args, env = {}) => startTieout(args, { ...base, ...env }, folder);
  const keep: Stage["keep"] = (args, { out, err }) => {
    const kind = SHOW_CELLS.includes(args[0] ?? "") ? "explained" : "output";
    for (const [stream, text] of Object.entries({ out, err }))
      printed.push({ kind, from: `${name}: tieout ${args.join(" ")}, ${stream}`, text });
  };
  return {
    folder,
    bank,
    gateway,
    s3,
    job: jobPath,
    start,
    keep,
    async run(args, env) {
      const ended = await start(args, env).ended;
      keep(args, ended);
      return ended;
    },
    async collect() {
      const published = [...s3.objects(BUCKET)].filter(([key]) => key.startsWith("out/"));
      return [
        ...printed,
        ...(await readAll("results", `${name}: results`, join(folder, "out"))),
        ...published.map(([key, { bytes }]) => textOf("results", `${name}: s3 ${key}`, bytes)),
        ...(await readAll("output", `${name}: evidence`, join(folder, "evidence"))),
        // The working copies beside the ledger as well.
        ...(await readAll("ledger", `${name}: ledger`, join(folder, "ledger"))),
      ];
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([gateway, s3, bank].map((part) => part[Symbol.asyncDispose]()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function readAll(kind: Evidence["kind"], what: string, folder: string): Promise<Evidence[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => textOf(kind, `${what} ${name}`, await readFile(join(parentPath, name)))),
  );
}

/** Byte for byte what is ASCII, and as UTF-8 what is not: both are searched. */
function textOf(kind: Evidence["kind"], from: string, bytes: Uint8Array): Evidence {
  return { kind, from, text: Buffer.from(bytes).toString("utf8") };
}
