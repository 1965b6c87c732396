/** Two schedules of one job on one ledger: each slot is started once. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { describeOnPostgres, dropSchema, ledgerUrl, newSchema } from "../ledger/postgres/use-postgres.ts";
import { type Started, startTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const ACCOUNTS = Array.from({ length: 20 }, (_, i) => ({ id: `account_${i}` }));
const AHEAD_MS = 2_500;
/** Another host's clock. */
const AHEAD = `data:text/javascript,const Real = Date; globalThis.Date = class extends Real {
  constructor(...all) { super(...(all.length ? all : [Real.now() %2B ${AHEAD_MS}])); }
  static now() { return Real.now() %2B ${AHEAD_MS}; }
};`.replace(/\s+/g, "%20");

describe("two schedules", () => {
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const started: (Started & { log: string })[] = [];
  const open = async (ledger: string, latencyMs: number, cron: string) => {
    await mkdir(join(folder, "in"));
    bank = await startSandbox({ seed: { accounts: structuredClone(ACCOUNTS) }, latencyMs });
    env = {
      TIEOUT_LEDGER: ledger,
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    const settings = `source: { folder: "in" }, results: { folder: "out" }, concurrency: { reads: 1, writes: 1 }, schedule: { cron: "${cron}" }`;
    await writeFile(
      join(folder, "job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "nightly", ${settings} });\n`,
    );
  };
  const start = (more: Record<string, string> = {}) => {
    const one = Object.assign(startTieout(["schedule", "./job.ts"], { ...env, ...more }, folder), { log: "" });
    one.child.stderr?.on("data", (text: string) => {
      one.log += text;
    });
    started.push(one);
    return one;
  };
  const logs = () => started.map(({ log }) => log).join("");
  const count = (text: string) => logs().split(text).length - 1;
  const until = async (isSo: () => boolean) => {
    while (!isSo()) {
      for (const { child } of started) if (child.exitCode !== null) throw new Error(logs());
      await sleep(20);
    }
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-two-"));
  });
  afterEach(async () => {
    for (const { child } of started) child.kill("SIGKILL");
    await Promise.all(started.splice(0).map(({ ended }) => ended));
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const startsOnce = async () => {
    const beganMs = Date.now();
    start();
    start({ NODE_OPTIONS: `--import=${AHEAD}` });
    await until(() => count("another process has started the job at this time") >= 3);
    const slots = Math.ceil((Date.now() + AHEAD_MS - beganMs) / 5_000) + 1;
    expect(count("no new file"), logs()).to.be.within(1, slots);
  };

  it("start each slot once, though one clock is ahead", async () => {
    await open(join(folder, "ledger.sqlite"), 0, "*/5 * * * * *");
    await startsOnce();
  });

  describeOnPostgres("on PostgreSQL", () => {
    const schemas: string[] = [];
    const schema = () => {
      const [one = newSchema()] = schemas;
      schemas[0] = one;
      return one;
    };
    after(async () => {
      for (const one of schemas) for (const name of [one, `${one}_queue`]) await dropSchema(name);
    });

    it("start each slot once, though one clock is ahead", async () => {
      await open(ledgerUrl(schema()), 0, "*/5 * * * * *");
      await startsOnce();
    });
  });
});
