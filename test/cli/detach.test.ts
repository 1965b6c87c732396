/** Starts that are handed to workers: what is promised by their id, whoever dies. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { parsePostgresUrl } from "../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../src/ledger/postgres/open-ledger.ts";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import { SlowJob } from "../support/slow-job.ts";

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
const SCHEMA = new URL("../../docs/schemas/output-1.json", import.meta.url);
ajv.addSchema(JSON.parse(await readFile(SCHEMA, "utf8")), "output");

const LATENCY_MS = 100;
const SETTINGS = "concurrency: { reads: 4, writes: 4 }";

describeOnPostgres("tieout run --detach", () => {
  let job: SlowJob;
  beforeEach(async () => {
    const opening = { name: "handed", accounts: 30, latencyMs: LATENCY_MS, settings: SETTINGS };
    job = await SlowJob.open({ ...opening, ledger: "postgres" });
    await (await openPostgresLedger(parsePostgresUrl(job.ledger)))[Symbol.asyncDispose]();
  });
  afterEach(() => job[Symbol.asyncDispose]());

  const tieout = (...args: string[]) => job.tieout(...args);
  /** Takes less than the job says. */
  const startWorker = () => job.start(["worker", "./job.ts", "--reads", "1", "--writes", "1"]);
  /** Asks until a worker is heard of. */
  const detach = async (...more: string[]): Promise<string> => {
    for (;;) {
      const { code, out, err } = await tieout("run", "./job.ts", "--detach", ...more);
      if (code === 0) return out.trim();
      expect(err).to.contain("[no_worker]");
    }
  };

  it("is begun by a worker under the id that it prints, which follow takes and runs lists", async () => {
    await job.put([...job.rows, "account_x,New"]);
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

    for (const kind of ["GET", "PATCH"]) {
      const came = job.bank.requests.filter(({ method }) => method === kind).map(({ at }) => at);
      const gaps = came.slice(1).map((at, index) => at - (came[index] ?? 0));
      // None came before the one before it was answered. Timers may be a little early.
      expect(Math.min(...gaps), `${kind}s in flight at once`).to.be.above(LATENCY_MS - 10);
    }

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
    await job.put(job.rows, "b.csv");
    const first = startWorker();
    const id = await detach("--file", "b.csv", "--again", "--reason", "once more");
    while (job.bank.writes.length < 3) await sleep(10);
    // So that it is not through before.
    first.child.kill("SIGSTOP");
    const second = await tieout("run", "./job.ts", "--detach");
    expect([second.code, second.err.includes("[lease_held]")], second.err).to.deep.equal([5, true]);
    first.child.kill("SIGKILL");
    startWorker();
    const { code, out, err } = await tieout("follow", id);
    expect(code, err + out).to.equal(0);
    expect(out).to.contain("30 applied");
    const runs = await tieout("runs");
    expect(runs.out.match(/b\.csv/g), runs.out).to.have.length(1);
    expect(job.bank.effects).to.have.length(job.rows.length);
  });
});
