/**
 * Runs that send a few accounts first: all others follow only once the bank has those as the file wants them.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { Run } from "../../src/ledger/run.ts";
import { applyPlan } from "../../src/run/start/apply-plan.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const ids = Array.from({ length: 12 }, (_, n) => `account_${n}`);
const seed = {
  entities: [{ id: "entity_ann" }],
  accounts: ids.map((id) => ({ id, relationships: { account_holder: ["entity_ann"] } })),
};
const FILE = ["account_id,product_name", ...ids.map((id) => `${id},New`), ""].join("\n");

async function withBank(options: SandboxOptions, act: (bank: Sandbox, desk: Desk) => Promise<void>): Promise<void> {
  await using bank = await startSandbox({ seed: structuredClone(seed), ...options });
  await using desk = await openDesk({ durable: false });
  await act(bank, desk);
}
const written = (bank: Sandbox) => bank.writes.map(({ path }) => path.split("/").at(-1));

describe("a run with a canary", () => {
  it("sends some accounts first, spread over the file, reads them back, and then sends all others", () =>
    withBank({}, async (bank, desk) => {
      const { summary, end } = await desk.run(bank, FILE, { start: { canary: 3 } });
      expect([summary?.exit, summary?.words.applied]).to.deep.equal([0, 12]);
      expect(written(bank).slice(0, 3)).to.have.members(["account_0", "account_4", "account_8"]);
      expect(bank.effects).to.have.length(12);
      const last = bank.requests.findLastIndex(({ method, path }) => method === "GET" && /account_[048]$/.test(path));
      const next = bank.requests.findIndex(({ method, path }) => method === "PATCH" && !/account_[048]$/.test(path));
      expect(last).to.be.below(next);
      expect((await desk.ledger.runs.find(end.run.id))?.canary).to.equal(undefined);
    }));

  const ODD: readonly (readonly [what: string, options: SandboxOptions])[] = [
    [
      "keeps something else",
      {
        keep: ({ details }) => {
          if (details?.product_name === "New") details.product_name = "Other";
        },
      },
    ],
  ];
  for (const [what, options] of ODD)
    it(`stops when the bank ${what}, and goes on only with a person`, () =>
      withBank(options, async (bank, desk) => {
        const { summary, end } = await desk.run(bank, FILE, { start: { canary: 3 } });
        expect([summary?.exit, summary?.stopped?.code, summary?.waiting]).to.deep.equal([6, "canary_differs", true]);
        expect(summary?.stopped?.message).to.match(
          /^3 of 3 accounts sent first are not .* such as that of row 2, 6, 10$/,
        );
        expect(bank.writes).to.have.length(3);
        const again = await resumeUnderLease(desk.context(bank), end.run, null);
        expect(again.kind === "reported" && again.summary.stopped?.code).to.equal("canary_differs");
        expect(bank.writes).to.have.length(6);
      }));

  it("stops when one row of the canary is refused", () =>
    withBank({}, async (bank, desk) => {
      const csv = FILE.replace("account_4,", "account_nobody,");
      const { summary } = await desk.run(bank, csv, { start: { canary: 12 } });
      expect(summary?.words).to.include({ applied: 11, refused: 1 });
      expect(summary?.exit, "it was refused before it was planned").to.equal(3);
      bank.failNext("404", 1, ({ method, path }) => method === "PATCH" && path.endsWith("account_0"));
      const next = FILE.replaceAll("New", "Newer");
      const stopped = await desk.run(bank, next, { start: { canary: 3 }, name: "next.csv" });
      expect([stopped.summary?.stopped?.code, stopped.summary?.words.refused]).to.deep.equal(["canary_differs", 1]);
    }));

  it("goes before the calls of a plan that is applied", () =>
    withBank({}, async (bank, desk) => {
      const plan = await desk.run(bank, FILE, { start: { kind: "plan" } });
      const kept = (await desk.ledger.runs.find(plan.end.run.id)) as Run;
      const end = await applyPlan(desk.context(bank), kept, { canary: 2 });
      expect(end.kind === "reported" && [end.summary.exit, end.summary.words.applied]).to.deep.equal([0, 12]);
      expect(written(bank).slice(0, 2)).to.have.members(["account_0", "account_6"]);
    }));

  it("waits for the create that has to go alone, and sends no other before it", () =>
    withBank({ seed: { entities: [{ id: "entity_ann" }] } }, async (bank, desk) => {
      const file = join(desk.folder, "file.csv");
      const creates = ["n1", "n2", "n3"].map((id) => `${id},deposit,entity_ann,Card`);
      await writeFile(file, ["client_account_id,capabilities,account_holders,product_name", ...creates, ""].join("\n"));
      let isBusy = true;
      const context = desk.context(bank, { creates: "first_alone" });
      const progress = {
        ...context.progress,
        // Another run gives the accounts up just as a canary would begin.
        note: (text: string) => {
          if (text.startsWith("canary")) isBusy = false;
        },
      };
      const ledger = whileBusy(desk.ledger, () => isBusy);
      const start = { kind: "run", file, from: null, limit: null, again: null, canary: 2 } as const;
      const [end] = await startJob({ ...context, ledger, progress }, start);
      expect(end).to.containSubset({ summary: { exit: 6, stopped: { code: "account_busy" } } });
      expect(bank.effects).to.deep.equal([]);
    }));
});

/** A ledger in which another run has every account that is to be claimed, as long as it says so. */
const whileBusy = (ledger: Ledger, isBusy: () => boolean): Ledger => ({
  ...ledger,
  accounts: {
    ...ledger.accounts,
    claim: async (...wanted) =>
      isBusy() ? { kind: "busy", run: "other", isAtWork: false } : ledger.accounts.claim(...wanted),
  },
  fencedBy: (lease) => whileBusy(ledger.fencedBy(lease), isBusy),
});
