/** `tieout worker` and `tieout workers` where they cannot work, or not yet: one clear line each. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parsePostgresUrl } from "../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../src/ledger/postgres/open-ledger.ts";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import { SlowJob } from "../support/slow-job.ts";
import { IS_POSTGRES } from "../support/test-ledger.ts";
import { runTieout } from "../support/tieout.ts";

const JOB = new URL("../../jobs/migration-load.ts", import.meta.url).pathname;
const ENV = { LEAD_API_URL: "http://127.0.0.1:9", LEAD_CLIENT_ID: "id", LEAD_CLIENT_SECRET: "secret" };
/** As where only `pg` is installed. */
const WITHOUT_BOSS = `data:text/javascript,${encodeURIComponent(`import { registerHooks } from "node:module";
  registerHooks({ resolve(name, context, next) {
    if (name === "pg-boss") throw Object.assign(new Error("not found"), { code: "ERR_MODULE_NOT_FOUND" });
    return next(name, context);
  } });`)}`;

(IS_POSTGRES ? describe.skip : describe)("a worker over a ledger in a file", () => {
  it("is refused with the variable to set, and so is the list of workers; without a job it says so", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tieout-worker-"));
    try {
      for (const args of [["worker", JOB], ["workers"]]) {
        const { code, out, err } = await runTieout(args, ENV, folder);
        expect([code, out]).to.deep.equal([2, ""]);
        expect(err).to.match(
          /^tieout: workers share a ledger in PostgreSQL, .* \[ledger_unusable\]; set TIEOUT_LEDGER=.*\n$/,
        );
      }
      const { code, out, err } = await runTieout(["worker"], ENV, folder);
      expect([code, out, err]).to.deep.equal([
        2,
        "",
        "tieout: there is no job here [job_not_found]; name a job file\n",
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describeOnPostgres("a worker that is started", () => {
  let job: SlowJob;
  beforeEach(async () => {
    job = await SlowJob.open({ name: "served", accounts: 1, latencyMs: 0, ledger: "postgres" });
  });
  afterEach(() => job[Symbol.asyncDispose]());

  const begin = async () => (await openPostgresLedger(parsePostgresUrl(job.ledger)))[Symbol.asyncDispose]();

  it("before there is a ledger says so once, makes none, and serves the one that comes", async () => {
    const worker = job.start(["worker", "./job.ts"]);
    await job.until(() => worker.log.includes("there is no ledger at "));
    expect(
      await job.ask("SELECT to_regnamespace('$schema') AS ledger, to_regnamespace('$schema_queue') AS queue"),
    ).to.deep.equal([{ ledger: null, queue: null }]);
    // Longer than it takes to look again.
    const untilMs = Date.now() + 2_500;
    await job.until(() => Date.now() > untilMs);
    await begin();
    await job.until(() => worker.log.includes("the worker has started"));
    worker.child.kill("SIGTERM");
    expect((await worker.ended).code).to.equal(0);
    const waits = worker.log.split("\n").filter((line) => line.includes("the worker waits"));
    expect(waits, worker.log).to.have.length(1);
    expect(JSON.parse(waits[0] ?? "")).to.include({ level: "warn", code: "no_ledger" });
  });

  for (const [what, prepare, line] of [
    [
      "without pg-boss",
      async () => ({ NODE_OPTIONS: `--import=${WITHOUT_BOSS}` }),
      /^tieout: .* the package pg-boss is not installed \[ledger_unusable\]; type npm install pg pg-boss .*\n$/,
    ],
    [
      "for a user that the server refuses",
      async () => ({ TIEOUT_LEDGER: job.ledger.replace(/\/\/[^@]*@/, "//nobody_here@") }),
      /^tieout: the ledger .* it refuses the user or the password \[ledger_unusable\]; correct TIEOUT_LEDGER.*\n$/,
    ],
    [
      "on a ledger of a newer version",
      async () => {
        await begin();
        await job.ask("UPDATE $schema.tieout_meta SET version = 99");
        return {};
      },
      /^tieout: the ledger .* has version 99, and this Tieout supports up to \d+ \[ledger_unusable\]; use a newer.*\n$/,
    ],
  ] as const) {
    it(`${what} ends with one line`, async () => {
      const { code, out, err } = await job.start(["worker", "./job.ts"], await prepare()).ended;
      expect([code, out]).to.deep.equal([2, ""]);
      expect(err).to.match(line);
    });
  }
});
