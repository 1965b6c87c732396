/**
 * Several processes on one ledger in PostgreSQL: what comes of a job is what comes of it with one process on a file, whoever is killed.
 */
import { expect } from "chai";
import { describeOnPostgres, dropSchema, ledgerUrl, newSchema } from "../ledger/postgres/use-postgres.ts";
import { cleanOutcome, LONG_JOB } from "../recovery/long-job.ts";
import { type Life, Scene } from "../recovery/scene.ts";
import { wrongsOf } from "../recovery/verdict.ts";

/** So that a chunk takes a while, and there are many of them. */
const LATENCY_MS = 20;

const killAll = (lives: readonly Life[]) => {
  for (const { child } of lives) child.kill("SIGKILL");
};

describeOnPostgres("workers", () => {
  async function play(
    workers: number,
    disturb: (lives: { readonly run: Life; readonly workers: readonly Life[] }, scene: Scene) => Promise<void>,
  ): Promise<readonly string[]> {
    const schema = newSchema();
    await using scene = await Scene.open({ ...LONG_JOB, latencyMs: LATENCY_MS, ledger: ledgerUrl(schema) });
    const run = scene.start();
    const beside = Array.from({ length: workers }, () => scene.start({ command: "worker" }));
    try {
      await disturb({ run, workers: beside }, scene);
      const outcome = await scene.look();
      return wrongsOf(outcome, await cleanOutcome(), "with workers");
    } finally {
      killAll([run, ...beside]);
      await Promise.all([run, ...beside].map(({ ended }) => ended));
      for (const name of [schema, `${schema}_queue`]) await dropSchema(name);
    }
  }

  it("come to what one process comes to, and each has a part in it", async () => {
    const wrongs = await play(2, async ({ run, workers }) => {
      const { code, err } = await run.ended;
      expect(code, err).to.equal(3);
      for (const { child } of workers) child.kill("SIGTERM");
      for (const worker of workers) {
        const ended = await worker.ended;
        expect(ended.code, ended.err).to.equal(0);
        expect(ended.err).to.contain("works on a run");
      }
    });
    expect(wrongs).to.deep.equal([]);
  });
});
