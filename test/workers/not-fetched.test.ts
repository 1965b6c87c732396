/**
 * Several processes on nights of a job that fetches only what was not tied out: what was skipped is fetched after all, by all of them, once
 * the share shows that the bank has changed.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import type { Opening } from "../recovery/scene.ts";
import { expectEnd, Several, TIMEOUT_MS } from "./several.ts";

const ACCOUNTS = 300;
const IDS = Array.from({ length: ACCOUNTS }, (_, index) => `account_${index + 1}`);
const csvOf = (night: number) =>
  ["account_id,product_name,effective_at", ...IDS.map((id) => `${id},Card,2026-01-${10 + night}T00:00:00Z`), ""].join(
    "\n",
  );

const OPENING: Opening = {
  seed: { accounts: IDS.map((id) => ({ id, details: { product_name: "Card" } })) },
  csv: csvOf(0),
  job: { skipUnchangedFor: "25h", concurrency: { reads: 8, writes: 4 } },
  results: "folder",
};

describeOnPostgres("workers on rows that are not fetched", function () {
  this.timeout(TIMEOUT_MS);

  it("fetch what was skipped after all when the bank has changed one of the share", async () => {
    await using several = await Several.open(undefined, OPENING);
    const { bank, folder } = several.scene;
    await expectEnd(several.start(), 0);
    const workers = [several.startWorker(), several.startWorker()];
    const night = async (no: number) => {
      const before = { gets: getsOf(bank.requests), writes: bank.writes.length };
      await writeFile(join(folder, "in", `file-${no}.csv`), csvOf(no));
      await expectEnd(several.start(), 0);
      const [told] = await several.ask(
        "SELECT summary::json -> 'fetching' AS fetching, summary::json -> 'words' AS words FROM $schema.runs ORDER BY no DESC LIMIT 1",
      );
      return {
        words: told?.words,
        fetching: told?.fetching,
        gets: getsOf(bank.requests) - before.gets,
        writes: bank.writes.length - before.writes,
      };
    };
    const calm = await night(1);
    expect(calm.gets).to.be.within(1, 15);
    expect(calm).to.deep.include({ writes: 0 });
    expect(calm.words).to.include({ skipped: ACCOUNTS - calm.gets, unchanged: calm.gets });
    for (const { details } of bank.accounts.values()) if (details) details.product_name = "Drifted";
    const drifted = await night(2);
    expect(drifted).to.deep.include({ gets: ACCOUNTS, writes: ACCOUNTS });
    expect(drifted.words).to.include({ applied: ACCOUNTS, skipped: 0 });
    expect(drifted.fetching).to.have.property("kind", "after all");
    for (const { child } of workers) child.kill("SIGTERM");
    const worked = await Promise.all(workers.map((worker) => expectEnd(worker, 0)));
    expect(worked.some((text) => text.includes("works on a run"))).to.equal(true);
  });
});

function getsOf(requests: readonly { readonly method: string }[]): number {
  return requests.filter(({ method }) => method === "GET").length;
}
