/**
 * Whatever the nights bring, a job that skips what was tied out leaves the bank as one that fetches everything: same accounts, same writes. And
 * where somebody else changes the bank, it does so too, as soon as everything is fetched.
 */
import { expect } from "chai";
import fc from "fast-check";
import type { JobInput } from "../../src/job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";

const ACCOUNTS = 6;
const HOUR_MS = 3_600_000;
const PRODUCTS = ["Card", "Gold", "Plus"] as const;

interface Night {
  /** What the file wants of each account; null for one that it does not name. */
  readonly products: readonly (string | null)[];
  /** What another job sends before it. */
  readonly theirs: readonly [account: number, product: string] | null;
  readonly hoursBefore: number;
}

const product = fc.constantFrom(...PRODUCTS);
const night: fc.Arbitrary<Night> = fc.record({
  products: fc.array(fc.option(product, { freq: 8 }), { minLength: ACCOUNTS, maxLength: ACCOUNTS }),
  theirs: fc.option(fc.tuple(fc.integer({ min: 1, max: ACCOUNTS }), product), { freq: 2 }),
  hoursBefore: fc.constantFrom(1, 23, 26),
});
/** Mostly the same rows night after night. */
const nights = fc
  .tuple(night, fc.array(fc.record({ night, keeps: fc.boolean() }), { minLength: 1, maxLength: 4 }))
  .map(([first, others]) => {
    const all = [first];
    for (const { night: next, keeps } of others)
      all.push(keeps ? { ...next, products: all.at(-1)?.products ?? [] } : next);
    return all;
  });

const csvOf = ({ products }: Night, no: number) =>
  [
    "account_id,product_name,effective_at",
    ...products.flatMap((wanted, index) =>
      wanted === null ? [] : [`account_${index + 1},${wanted},2026-01-${10 + no}T00:00:00Z`],
    ),
    "",
  ].join("\n");

/** Plays the nights, and then one with --again, before which somebody changes what `drifts` says. Tells the bank after each of the two. */
async function play(all: readonly Night[], job: Partial<JobInput>, drifts: readonly number[]) {
  await using bank = await startSandbox({
    seed: { accounts: Array.from({ length: ACCOUNTS }, (_, index) => ({ id: `account_${index + 1}` })) },
  });
  await using desk = await openDesk({ durable: false });
  for (const [no, one] of all.entries()) {
    await desk.clock.advance(one.hoursBefore * HOUR_MS);
    if (one.theirs !== null) {
      const [account, theirs] = one.theirs;
      const csv = `account_id,product_name,metadata.night\naccount_${account},${theirs},${no}\n`;
      await desk.run(bank, csv, { name: `theirs-${no}.csv`, job: { name: "theirs" } });
    }
    const { summary } = await desk.run(bank, csvOf(one, no), { name: `${no}.csv`, job });
    expect(summary?.exit).to.equal(0);
  }
  const calm = { accounts: accountsOf(bank), writes: bank.writes.length };
  for (const no of drifts) {
    const { details } = bank.accounts.get(`account_${no}`) ?? {};
    if (details) details.product_name = "Drifted";
  }
  const last = all.at(-1);
  if (last !== undefined)
    await desk.run(bank, csvOf(last, all.length - 1), {
      name: `${all.length - 1}.csv`,
      job,
      start: { again: "to be sure" },
    });
  return { calm, settled: accountsOf(bank) };
}

const accountsOf = ({ accounts }: Sandbox) =>
  [...accounts.values()].map(({ id, details, metadata }) => `${id} ${details?.product_name} ${metadata?.night}`).sort();

describe("a job that skips what was tied out, beside one that fetches everything", function () {
  this.timeout(180_000);

  it("leaves the bank the same, night after night, with the same writes", async () => {
    const drifts = fc.uniqueArray(fc.integer({ min: 1, max: ACCOUNTS }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(nights, drifts, async (all, drifted) => {
        const [skipping, fetching] = [
          await play(all, { skipUnchangedFor: "24h" }, drifted),
          await play(all, {}, drifted),
        ];
        expect(skipping).to.deep.equal(fetching);
      }),
      { numRuns: 12 },
    );
  });
});
