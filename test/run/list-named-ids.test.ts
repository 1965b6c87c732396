/**
 * Which ids the rows of a run name, as they are read again from their cells.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { OwnIdKind } from "../../src/account.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { Run } from "../../src/ledger/run.ts";
import { listNamedIds } from "../../src/run/list-named-ids.ts";
import { PAGE } from "../../src/run/pages.ts";
import { BANK, newRun } from "../ledger/builders.ts";
import { openTestLedger } from "../support/test-ledger.ts";
import { openNaming } from "./naming-rows.ts";

describe("ids that rows name", () => {
  let folder: string;
  let ledger: Ledger;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-named-"));
    ledger = await openTestLedger(join(folder, "ledger.sqlite"));
  });
  afterEach(async () => {
    await ledger[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  const list = (run: Run, kind: OwnIdKind, own = 20, bank = 20) => listNamedIds(ledger, run, kind, { own, bank });

  it("are listed in the file's order, each once, own ones and the bank's apart, of every column and no other kind", async () => {
    const run = await openNaming(ledger, "one", [
      { account_holders: ["cust-1", "entity_1"], authorized_users: ["cust-2"], application_id: "app-1" },
      { authorized_signers: ["cust-1", "cust-3"], application_id: "application_9" },
      { product_name: "Card" },
      { account_holders: ["entity_1", "entity_2"] },
    ]);
    expect(await list(run, "client_customer_id")).to.deep.equal({
      own: ["cust-1", "cust-2", "cust-3"],
      bank: ["entity_1", "entity_2"],
    });
    expect(await list(run, "client_application_id")).to.deep.equal({ own: ["app-1"], bank: ["application_9"] });
  });

  it("are the first of each, however far behind each other", async () => {
    const late = Array.from({ length: PAGE + 1 }, () => ({ product_name: "Card" }));
    const run = await openNaming(ledger, "one", [
      { account_holders: ["a"] },
      { account_holders: ["b"] },
      ...late,
      { account_holders: ["entity_1", "entity_2"] },
      { account_holders: ["entity_3"] },
    ]);
    expect(await list(run, "client_customer_id", 1, 2)).to.deep.equal({ own: ["a"], bank: ["entity_1", "entity_2"] });
  });

  it("are none of rows that are not valid, nor of a file that was not read", async () => {
    const run = await openNaming(ledger, "one", [
      { account_holders: ["a", "a"] },
      { account_holders: ["entity_1 x"] },
      { account_holders: ["b"] },
    ]);
    const [, second, third] = await ledger.rows.readResults(run, { after: 0, limit: 9 });
    expect([second?.word, third?.word]).to.deep.equal(["invalid", null]);
    expect((await list(run, "client_customer_id")).own)
      .to.include("b")
      .and.not.include("entity_1 x");
    const unread = await ledger.runs.open(BANK, newRun("unread"));
    expect(await list(unread, "client_customer_id")).to.deep.equal({ own: [], bank: [] });
  });
});
