/**
 * Processes beside other runs and other processes of their job: each works on the run that it has in hand alone, and what one loses stops
 * no other.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { ask, describeOnPostgres, dropSchema, ledgerUrl, newSchema } from "../ledger/postgres/use-postgres.ts";
import { cleanOutcome, LONG_JOB } from "../recovery/long-job.ts";
import { Scene } from "../recovery/scene.ts";
import { wrongsOf } from "../recovery/verdict.ts";
import { itWhole } from "../support/extent.ts";
import { type Started, startTieout } from "../support/tieout.ts";
import { TIMEOUT_MS } from "./several.ts";

const POLL_MS = 20;
const HEADER = LONG_JOB.csv.slice(0, LONG_JOB.csv.indexOf("\n"));
/** Enough that it is cut into chunks. */
const OTHER_ROWS = 120;

class Stage implements AsyncDisposable {
  readonly scene: Scene;
  readonly #schema: string;
  readonly #all: Started[] = [];

  constructor(scene: Scene, schema: string) {
    this.scene = scene;
    this.#schema = schema;
  }

  static async open(latencyMs = 20): Promise<Stage> {
    const schema = newSchema();
    return new Stage(await Scene.open({ ...LONG_JOB, latencyMs, ledger: ledgerUrl(schema) }), schema);
  }

  /** The scene's job when no arguments are given. */
  start(...args: readonly string[]): Started {
    const { url, clientId, clientSecret } = this.scene.bank;
    const env = { TIEOUT_LEDGER: this.scene.ledger, LEAD_API_URL: url, LEAD_CLIENT_ID: clientId };
    const [command = "run", ...flags] = args;
    const all = [command, join(this.scene.folder, "job.ts"), ...flags];
    const started = startTieout(all, { ...env, LEAD_CLIENT_SECRET: clientSecret }, this.scene.folder);
    this.#all.push(started);
    return started;
  }

  /** Throws when the process has ended before. */
  async untilEffects(count: number, { child, ended }: Started): Promise<void> {
    while (this.scene.bank.effects.length < count) {
      if (child.exitCode !== null) throw new Error((await ended).err);
      await sleep(POLL_MS);
    }
  }

  ask(sql: string) {
    return ask(sql.replaceAll("$schema", this.#schema));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.#all) child.kill("SIGKILL");
    await Promise.all(this.#all.map(({ ended }) => ended));
    await this.scene[Symbol.asyncDispose]();
    for (const part of ["", "_queue"]) await dropSchema(this.#schema + part);
  }
}

describeOnPostgres("beside another run of the job", function () {
  this.timeout(TIMEOUT_MS);

  it("a plan works on no chunk of the run, and the run on none of the plan", async () => {
    await using stage = await Stage.open();
    const run = stage.start();
    await stage.untilEffects(50, run);
    const plan = stage.start("plan", "--file", join(stage.scene.folder, "in", "file.csv"));
    const held = new Set<string>();
    while (run.child.exitCode === null && plan.child.exitCode === null) {
      const rows = await stage.ask(`SELECT r.kind, c.holder LIKE '% pid ${plan.child.pid} %' AS by_plan
        FROM $schema.chunks c JOIN $schema.runs r ON r.no = c.run WHERE c.holder IS NOT NULL`);
      for (const { kind, by_plan } of rows) held.add(`the ${by_plan ? "plan" : "run"} at a chunk of a ${kind}`);
      await sleep(POLL_MS);
    }
    const { code, err } = await plan.ended;
    expect(code, err).to.equal(3);
    expect([...held]).to.deep.equal(["the run at a chunk of a run"]);
  });

  itWhole("nothing more is sent of a run that a person has stopped", async () => {
    await using stage = await Stage.open();
    const { bank, folder } = stage.scene;
    const stopped = stage.start();
    await stage.untilEffects(50, stopped);
    stopped.child.kill("SIGINT");
    await sleep(200);
    stopped.child.kill("SIGKILL");
    await stopped.ended;
    const before = bank.writes.length;
    const rows = Array.from({ length: OTHER_ROWS }, (_, row) => `,other${row},deposit,entity_ann,,Card,,`);
    await writeFile(join(folder, "other.csv"), [HEADER, ...rows, ""].join("\n"));
    await sleep(11_000);
    const { code, err } = await stage.start("run", "--file", join(folder, "other.csv")).ended;
    expect(code, err).to.equal(0);
    expect(bank.writes.length - before).to.equal(OTHER_ROWS);
  });
});

describeOnPostgres("a worker that continues a run", function () {
  this.timeout(TIMEOUT_MS);

  itWhole("gets a start of the same job only when that run has ended", async () => {
    await using stage = await Stage.open(40);
    const run = stage.start();
    while ((await stage.ask("SELECT to_regclass('$schema.chunks') AS made"))[0]?.made === null) await sleep(POLL_MS);
    while ((await stage.ask("SELECT 1 FROM $schema.chunks WHERE phase = 'plan'")).length === 0) await sleep(POLL_MS);
    run.child.kill("SIGKILL");
    await run.ended;
    const worker = stage.start("worker");
    const isContinued = `SELECT 1 FROM $schema.leases WHERE owner LIKE '% pid ${worker.child.pid} %' AND name LIKE 'killed %'`;
    while ((await stage.ask(isContinued)).length === 0) await sleep(POLL_MS);
    const { code, err } = await stage.start("run", "--detach").ended;
    expect(code, err).to.equal(0);
    while ((await stage.ask("SELECT 1 FROM $schema.runs WHERE ended_at IS NULL")).length > 0) await sleep(POLL_MS);
    worker.child.kill("SIGTERM");
    const said = (await worker.ended).err;
    expect(said).to.contain("a start was handed to this worker");
    expect(said).not.to.contain("lease_lost");
    expect(await stage.ask("SELECT publications FROM $schema.runs")).to.deep.equal([{ publications: 1 }]);
  });
});

describeOnPostgres("a chunk that another process takes over", function () {
  this.timeout(TIMEOUT_MS);

  it("stops none of the others that its process works on", async () => {
    await using stage = await Stage.open();
    const run = stage.start();
    await stage.untilEffects(50, run);
    const taken = await stage.ask(`UPDATE $schema.leases SET owner = 'another', token = token + 1
      WHERE name IN (SELECT 'chunk ' || run || '/' || no FROM $schema.chunks WHERE holder IS NOT NULL LIMIT 1) RETURNING name`);
    expect(taken).to.have.length(1);
    const { code, err } = await run.ended;
    expect(code, err).to.equal(3);
    expect(wrongsOf(await stage.scene.look(), await cleanOutcome(), "with a chunk taken over")).to.deep.equal([]);
  });
});
