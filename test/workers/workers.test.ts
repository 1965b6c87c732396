/**
 * Several processes on one ledger in PostgreSQL: what comes of a job is what comes of it with one process on a file.
 */
import { expect } from "chai";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import { cleanOutcome } from "../recovery/long-job.ts";
import { itWhole } from "../support/extent.ts";
import { expectEnd, Several, TIMEOUT_MS } from "./several.ts";

/** Each run has its own id and time, and its bank makes ids of its own and is in the keys. */
const OWN = ["result_run", "result_at", "result_account_id", "result_idempotency_key"];

describeOnPostgres("workers", function () {
  this.timeout(TIMEOUT_MS);

  it("come to what one process comes to, and each has a part in it", async () => {
    await using several = await Several.open();
    const run = several.start();
    const workers = [several.startWorker(), several.startWorker()];
    await expectEnd(run);
    for (const { child } of workers) child.kill("SIGTERM");
    for (const worker of workers) expect(await expectEnd(worker, 0)).to.contain("works on a run");
    expect(await several.wrongs("with workers")).to.deep.equal([]);
    const [ended] = await several.ask("SELECT summary::json -> 'calls' AS calls FROM $schema.runs");
    const { writes, requests } = several.scene.bank;
    const reads = requests.filter(({ method }) => method === "GET").length;
    expect(ended?.calls, "those of the workers are in the summary").to.include({
      reads,
      writes: writes.length,
      complete: true,
    });
  });

  itWhole("come to the same results to the byte, eight processes as one", async () => {
    await using several = await Several.open();
    const run = several.start();
    const workers = Array.from({ length: 7 }, () => several.startWorker());
    await expectEnd(run);
    for (const { child } of workers) child.kill("SIGTERM");
    await Promise.all(workers.map((worker) => expectEnd(worker, 0)));
    const told = (rows: Awaited<ReturnType<typeof cleanOutcome>>["rows"]) =>
      rows.map((row) => JSON.stringify({ ...row, ...Object.fromEntries(OWN.map((column) => [column, ""])) }));
    const { rows } = await several.scene.look();
    expect(told(rows).join("\n")).to.equal(told((await cleanOutcome()).rows).join("\n"));
  });
});
