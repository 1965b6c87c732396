/**
 * Rows that wait for accounts of another run, in more chunks than a process would otherwise have in hand: the rest of the run goes on.
 */
import { expect } from "chai";
import { parsePostgresUrl } from "../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../src/ledger/postgres/open-ledger.ts";
import { leaseName } from "../../src/ledger/run.ts";
import { claimOf, newRun, plan, row } from "../ledger/builders.ts";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import { cleanOutcome } from "../recovery/long-job.ts";
import { itWhole } from "../support/extent.ts";
import { expectEnd, Several, TIMEOUT_MS } from "./several.ts";

/** One in each of so many chunks: a chunk has about fifteen rows, and these accounts, which want one patch each, are twenty rows apart. */
const BUSY = Array.from({ length: 40 }, (_, n) => `account_${n * 20 + 1}`);

describeOnPostgres("chunks that rest", function () {
  this.timeout(TIMEOUT_MS);

  itWhole("hold no slot, however many they are", async () => {
    await using several = await Several.open();
    await using ledger = await openPostgresLedger(parsePostgresUrl(several.scene.ledger));
    const { bank } = several.scene;
    const other = await ledger.runs.open(
      { apiUrl: bank.url, program: bank.clientId },
      newRun("other", { job: "other" }),
    );
    const changes = BUSY.map((id, index) => ({ id, change: index + 2 }));
    await ledger.rows.recordRows(
      other,
      changes.map(({ id, change }) => row(change, `account:${id}`)),
    );
    await ledger.changes.recordPlans(
      other,
      changes.map(({ id, change }) => plan(change, ["patch"], { accountId: id })),
    );
    const name = leaseName(other.bank, other.job);
    const { lease } = await ledger.leases.claim(name, "another", 3_600_000, ledger.nowMs());
    for (const { change } of changes) await claimOf(ledger, other, { change });
    const run = several.start();
    const all = (await cleanOutcome()).effects.length;
    await several.untilEffects(all - BUSY.length, run);
    const held = await several.ask(
      "SELECT count(*) AS chunks FROM $schema.chunks WHERE ended_at IS NULL AND phase = 'apply'",
    );
    expect(Number(held[0]?.chunks), "chunks that rest").to.be.above(20);
    await ledger.accounts.releaseClaims(other);
    await ledger.leases.release(lease);
    await expectEnd(run);
    expect(await several.wrongs("with accounts that were busy")).to.deep.equal([]);
  });
});
