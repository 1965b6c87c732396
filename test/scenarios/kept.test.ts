/**
 * Banks that keep what they are sent in a form of their own, or keep something else: whole runs, one a night. What a bank
 * keeps is remembered, and the same call never goes out again for it.
 */
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxAccount } from "../../src/sandbox/state/bank-state.ts";
import { keepOwnForm } from "../support/own-form.ts";
import { type Desk, openDesk } from "../support/scenario.ts";
import { CREDIT } from "./broken-rows-seed.ts";

const SEED = {
  entities: [{ id: "entity_ann" }],
  accounts: [
    {
      id: "account_1",
      client_account_id: "c1",
      details: { product_name: "Old", credit: CREDIT },
      metadata: { branch: "12" },
      relationships: { account_holder: ["entity_ann"] },
    },
  ],
};

interface Night {
  /** `result result_code`, then the operations, of each row. */
  readonly told: readonly string[];
  readonly columns: readonly (string | undefined)[];
  readonly exit: number | undefined;
  /** Calls that were sent to change the bank. */
  readonly sent: number;
}

class Nights {
  readonly bank: Sandbox;
  readonly desk: Desk;
  readonly job: Partial<JobInput>;

  constructor(bank: Sandbox, desk: Desk, job: Partial<JobInput>) {
    this.bank = bank;
    this.desk = desk;
    this.job = job;
  }

  async next(csv: string): Promise<Night> {
    const before = this.bank.writes.length;
    const options = { job: this.job, start: { again: "it is another night" } };
    const { rows, summary } = await this.desk.run(this.bank, csv, options);
    return {
      told: rows.map((row) => `${row.result} ${row.result_code} ${row.result_operations}`.trim()),
      columns: rows.map(({ result_column }) => result_column),
      exit: summary?.exit,
      sent: this.bank.writes.length - before,
    };
  }
}

async function withNights(
  options: Omit<SandboxOptions, "seed">,
  act: (nights: Nights) => Promise<void>,
  job: Partial<JobInput> = {},
): Promise<void> {
  await using bank = await startSandbox({ seed: structuredClone(SEED), ...options });
  await using desk = await openDesk({ durable: false });
  await act(new Nights(bank, desk, job));
}

const capLimit = ({ details }: SandboxAccount) => {
  if (details?.credit !== undefined) details.credit.limit = 300;
};
const NOTE = "bank_keeps_other";
const DOCUMENTS = JSON.stringify([
  { document_id: "d1", type: "aan", version: "v1 ", displayed_at: "2026-01-02T03:04:05.678901Z" },
]).replaceAll('"', '""');
const EVERY_TEXT = [
  "account_id,product_name,underwriting_grade,metadata.note,aan_delivered_at,aan_reason,aan_delivery_method,documents",
  `account_1, Holiday  Plus,a,Größe ,2026-01-02T03:04:05.678Z,late  twice,email,"${DOCUMENTS}"`,
  "",
].join("\n");

describe("a bank that keeps values in its own form", () => {
  it("gets each of them once: applied with a note, then unchanged with the note, and nothing is sent", () =>
    withNights({ keep: keepOwnForm }, async (nights) => {
      expect(await nights.next(EVERY_TEXT)).to.deep.equal({
        told: [`applied ${NOTE} patch=applied`],
        columns: ["product_name"],
        exit: 0,
        sent: 1,
      });
      for (let night = 2; night <= 3; night++) {
        expect(await nights.next(EVERY_TEXT)).to.deep.include({ told: [`unchanged ${NOTE}`], exit: 0, sent: 0 });
      }
    }));

  it("gets it anew when the cell or the bank has changed, and only that", () =>
    withNights({ keep: keepOwnForm }, async (nights) => {
      const csv = (product: string) => `account_id,product_name,metadata.note\naccount_1,${product},x y\n`;
      await nights.next(csv("One"));
      expect(await nights.next(csv("Two"))).to.deep.include({
        told: [`applied ${NOTE} | ${NOTE} patch=applied`],
        sent: 1,
      });
      expect(nights.bank.writes.at(-1)?.body).to.deep.equal({ details: { product_name: "Two" } });
      expect(await nights.next(csv("Two"))).to.deep.include({ told: [`unchanged ${NOTE}`], sent: 0 });
      const { metadata } = nights.bank.accounts.get("account_1") ?? {};
      if (metadata !== undefined) metadata.note = "something else";
      expect(await nights.next(csv("Two"))).to.deep.include({
        told: [`applied ${NOTE} | ${NOTE} patch=applied`],
        sent: 1,
      });
      expect(await nights.next(csv("One"))).to.deep.include({ sent: 1 });
    }));

  it("is sent what differs, and gets what it keeps back as it keeps it", () =>
    withNights({ keep: keepOwnForm }, async (nights) => {
      const csv = (limit: number, key: string) =>
        `account_id,metadata.note,limit,metadata.key\naccount_1,x y,${limit},${key}\n`;
      await nights.next(csv(25_000, "A"));
      expect(await nights.next(csv(25_000, "B"))).to.deep.include({ told: [`applied ${NOTE} patch=applied`], sent: 1 });
      expect(nights.bank.writes.at(-1)?.body).to.deep.equal({ metadata: { branch: "12", note: "X Y", key: "B" } });
    }));

  it("is known by the answer to a create too", () =>
    withNights(
      { keep: keepOwnForm },
      async (nights) => {
        const csv = "client_account_id,capabilities,account_holders,product_name\nn1,deposit,entity_ann,Card\n";
        expect(await nights.next(csv)).to.deep.include({ told: [`applied ${NOTE} create=applied`], sent: 1 });
        expect(await nights.next(csv)).to.deep.include({ told: [`unchanged ${NOTE}`], sent: 0 });
      },
      { creates: "trusted" },
    ));

  it("counts as having taken a call whose answers were lost", () =>
    withNights(
      { keep: keepOwnForm },
      async (nights) => {
        nights.bank.failNext("garbled_after", 100, ({ method }) => method === "PATCH");
        const night = await nights.next(EVERY_TEXT);
        expect(night.told).to.deep.equal([`applied ${NOTE} patch=applied`]);
        nights.bank.clearFaults();
        expect(await nights.next(EVERY_TEXT)).to.deep.include({ told: [`unchanged ${NOTE}`], sent: 0 });
        expect(nights.bank.effects.map(({ kind }) => kind)).to.deep.equal(["patch"]);
      },
      { attempts: 2, settleAfterMs: 0 },
    ));

  it("lets the rest of the row go on", () =>
    withNights({ keep: keepOwnForm }, async (nights) => {
      const csv = "account_id,product_name,status,status_reason\naccount_1,Card,inactive,frozen\n";
      expect((await nights.next(csv)).told).to.deep.equal([`applied ${NOTE} patch=applied; deactivate=applied`]);
      expect(await nights.next(csv)).to.deep.include({ told: [`unchanged ${NOTE}`], sent: 0 });
    }));
});

describe("a bank that keeps another value than it was sent", () => {
  const csv = (limit: number) => `account_id,limit,status,status_reason\naccount_1,${limit},inactive,frozen\n`;
  const DIFFERENT = "refused bank_kept_different";

  it("is asked once: the row is refused, and the rest of it not sent, until the cell changes", () =>
    withNights({ keep: capLimit }, async (nights) => {
      expect(await nights.next(csv(400))).to.deep.equal({
        told: [`${DIFFERENT} patch=applied; deactivate=skipped`],
        columns: ["limit"],
        exit: 3,
        sent: 1,
      });
      for (let night = 2; night <= 3; night++) {
        expect(await nights.next(csv(400))).to.deep.include({ told: [DIFFERENT], exit: 3, sent: 0 });
      }
      expect(await nights.next(csv(300))).to.deep.include({ told: ["applied  deactivate=applied"], exit: 0, sent: 1 });
    }));

  it("is asked again once its own value has changed", () =>
    withNights({ keep: capLimit }, async (nights) => {
      const alone = "account_id,limit\naccount_1,400\n";
      await nights.next(alone);
      const { details } = nights.bank.accounts.get("account_1") ?? {};
      if (details?.credit !== undefined) details.credit.limit = 200;
      expect(await nights.next(alone)).to.deep.include({ told: [`${DIFFERENT} patch=applied`], sent: 1 });
      expect(await nights.next(alone)).to.deep.include({ told: [DIFFERENT], sent: 0 });
    }));

  it("leaves room for a corrected row of the same moment", () =>
    withNights({ keep: capLimit }, async (nights) => {
      const timed = (limit: number) => `account_id,limit,effective_at\naccount_1,${limit},2026-01-01T00:00:00Z\n`;
      await nights.next(timed(400));
      const { details } = nights.bank.accounts.get("account_1") ?? {};
      if (details?.credit !== undefined) details.credit.limit = 100;
      expect((await nights.next(timed(300))).told).to.deep.equal(["applied  patch=applied"]);
    }));

  const others: readonly [string, string, (account: SandboxAccount) => unknown][] = [
    [
      "a word",
      "metadata.note\naccount_1,blue\n",
      (account) => Object.assign(account, { metadata: { ...account.metadata, note: "red" } }),
    ],
    [
      "a key that is gone",
      "metadata.note\naccount_1,blue\n",
      (account) => Object.assign(account, { metadata: { branch: "12" } }),
    ],
    [
      "a list",
      "capabilities\naccount_1,deposit;credit_without_underwriting\n",
      (account) => Object.assign(account, { capabilities: ["deposit"] }),
    ],
    [
      "a second of an instant",
      "aan_delivered_at,aan_reason,aan_delivery_method\naccount_1,2026-01-02T03:04:05Z,late,email\n",
      ({ details }) => {
        if (details?.adverse_action_notice !== undefined)
          details.adverse_action_notice.delivered_at = "2026-01-02T03:04:00Z";
      },
    ],
    [
      "the status",
      "status,status_reason\naccount_1,inactive,frozen\n",
      (account) => Object.assign(account, { status: "active" }),
    ],
  ];
  for (const [what, cells, keep] of others) {
    it(`is asked once for ${what}`, () =>
      withNights({ keep }, async (nights) => {
        const first = await nights.next(`account_id,${cells}`);
        expect(first.told[0]).to.contain(DIFFERENT);
        expect(first).to.deep.include({ exit: 3, sent: 1 });
        expect(await nights.next(`account_id,${cells}`)).to.deep.include({ told: [DIFFERENT], exit: 3, sent: 0 });
      }));
  }
});
