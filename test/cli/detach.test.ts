/** Starts that are handed to workers: what is promised by their id, whoever dies. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { describeOnPostgres, dropSchema, ledgerUrl, newSchema } from "../ledger/postgres/use-postgres.ts";
import { runTieout, type Started, startTieout } from "../support/tieout.ts";

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
const SCHEMA = new URL("../../docs/schemas/output-1.json", import.meta.url);
ajv.addSchema(JSON.parse(await readFile(SCHEMA, "utf8")), "output");

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const ACCOUNTS = Array.from({ length: 30 }, (_, i) => ({ id: `account_${i}` }));
const ROWS = ACCOUNTS.map(({ id }) => `${id},New`);

describeOnPostgres("tieout run --detach", () => {
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  let schema: string;
  const started: Started[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-detach-"));
    bank = await startSandbox({ seed: { accounts: structuredClone(ACCOUNTS) }, latencyMs: 250 });
    schema = newSchema();
    env = {
      TIEOUT_LEDGER: ledgerUrl(schema),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    const settings = `source: { folder: "in" }, results: { folder: "out" }, concurrency: { reads: 1, writes: 1 }`;
    await writeFile(
      join(folder, "job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "handed", ${settings} });\n`,
    );
    await mkdir(join(folder, "in"));
    // Begins the ledger.
    expect((await tieout("run", "./job.ts")).code).to.equal(0);
  });
  afterEach(async () => {
    for (const { child } of started) child.kill("SIGKILL");
    await Promise.all(started.splice(0).map(({ ended }) => ended));
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
    for (const name of [schema, `${schema}_queue`]) await dropSchema(name);
  });

  const tieout = (...args: string[]) => runTieout(args, env, folder);
  const put = (rows = ROWS, name = "in/a.csv") =>
    writeFile(join(folder, name), ["account_id,product_name", ...rows, ""].join("\n"));
  const startWorker = () => {
    const worker = startTieout(["worker", "./job.ts"], env, folder);
    started.push(worker);
    return worker;
  };
  /** Asks until a worker is heard of. */
  const detach = async (...more: string[]): Promise<string> => {
    for (;;) {
      const { code, out, err } = await tieout("run", "./job.ts", "--detach", ...more);
      if (code === 0) return out.trim();
      expect(err).to.contain("[no_worker]");
    }
  };

  it("is begun by a worker under the id that it prints, which follow takes and runs lists", async () => {
    await put([...ROWS, "account_x,New"]);
    const none = await tieout("run", "./job.ts", "--detach");
    expect(none.code).to.equal(2);
    expect(none.err).to.match(
      /^tieout: no worker serves job handed at http:\S+ \[no_worker\]; start one, .*: npx tieout worker \S+job.ts\n$/m,
    );
    const worker = startWorker();
    const id = await detach();
    expect(id).to.match(/^[\d]{8}-\d{6}-[0-9a-f]{6}$/);
    const { code, out, err } = await tieout("follow", id, "--output", "json");
    expect(code, err).to.equal(3);
    const events = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.find(({ event }) => event === "summary")).to.include({ run: id, exit: 3, rows: 31 });
    expect(events.at(-1)).to.deep.include({ event: "start", run: id, state: "ended", exit: 3, runs: [id] });

    const [shown] = (await tieout("workers", "--output", "json")).out.trim().split("\n");
    const seen = JSON.parse(shown ?? "");
    expect(seen).to.deep.include({ event: "worker", heard: true, jobs: ["handed"], at: [] });
    expect(seen.name).to.match(new RegExp(` pid ${worker.child.pid}$`));
    expect((await tieout("workers")).out).to.match(/^\S+ pid \d+ {2}up since \S+Z, serves handed {2}idle\n$/);

    const detached = JSON.parse(await detach("--output", "json"));
    expect(detached).to.include({ event: "detached", job: "handed" });
    for (const message of [...events, seen, detached])
      expect(ajv.validate(`output#/$defs/${message.event}`, message), ajv.errorsText()).to.equal(true);
    const again = String(detached.run);
    const nothing = await tieout("follow", again);
    expect(nothing.code, nothing.err).to.equal(0);
    expect(nothing.out).to.contain(`start ${again} has ended with exit code 0: job handed: no new file\n`);
    worker.child.kill("SIGTERM");
    expect((await worker.ended).code).to.equal(0);
  });

  it("takes a file once under --again although its worker dies, and only one start at a time", async () => {
    await put(ROWS, "b.csv");
    const first = startWorker();
    const id = await detach("--file", "b.csv", "--again", "--reason", "once more");
    while (bank.writes.length < 3) await sleep(10);
    const second = await tieout("run", "./job.ts", "--detach");
    expect([second.code, second.err.includes("[lease_held]")], second.err).to.deep.equal([5, true]);
    first.child.kill("SIGKILL");
    startWorker();
    const { code, out, err } = await tieout("follow", id);
    expect(code, err + out).to.equal(0);
    expect(out).to.contain("30 applied");
    const runs = await tieout("runs");
    expect(runs.out.match(/b\.csv/g), runs.out).to.have.length(1);
    expect(bank.effects).to.have.length(ROWS.length);
  });
});
