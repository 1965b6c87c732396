/**
 * Four real processes on one ledger, calling one bank: no more calls than slots, and a refusal that all get is told once. How even their pace is,
 * the bench says.
 */
import { expect } from "chai";
import { startCountingBank } from "../../bench/counting-bank.ts";
import { withPacedWorkers } from "../../bench/paced-workers.ts";
import { ask, describeOnPostgres, dropSchema, ledgerUrl, newSchema } from "./use-postgres.ts";

const PER_SECOND = 200;
const BURST = 5;
const CALLS = 150;

interface Row {
  readonly lasts: number;
  readonly epoch: number;
  readonly share: number;
}

describeOnPostgres("four workers of a bank", () => {
  it("make no more calls than the pace has slots, by the server's clock, and slow down once for a refusal", async () => {
    const schema = newSchema();
    await using bank = await startCountingBank();
    const [{ at }] = (await ask("SELECT clock_timestamp()::text AS at")) as [{ at: string }];
    const order = { ledgerUrl: ledgerUrl(schema), bankUrl: bank.url, requestsPerSecond: PER_SECOND, burst: BURST };
    const begun = (calls: number) => bank.until(calls);
    const told = await withPacedWorkers(4, order, async () => {
      await begun(CALLS);
      await bank.refuseNext(1);
      await begun(CALLS * 2);
    });
    const [row] = (await ask(
      `SELECT extract(epoch FROM next - '${at}')::float8 AS lasts, epoch, share::float8 FROM ${schema}.pace`,
    )) as [Row];
    expect(told.every(({ calls }) => calls > 0)).to.equal(true);
    expect(bank.cameAtMs.length).to.be.at.most(row.lasts * PER_SECOND + BURST);
    expect(row.epoch).to.equal(1);
    expect(row.share).to.be.below(1);
    await dropSchema(schema);
  });
});
