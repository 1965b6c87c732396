/**
 * Rows that ask for what was tied out lately: which of them are not fetched, for how long, and what makes a run fetch them after all.
 */
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { renderSummary, type Summary } from "../../src/report/summary.ts";
import { abandonRun } from "../../src/run/start/abandon-run.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, type Told } from "../support/scenario.ts";

const HOUR_MS = 3_600_000;
const ACCOUNTS = 40;
const SKIP: Partial<JobInput> = { skipUnchangedFor: "25h" };

const startBank = () =>
  startSandbox({
    seed: {
      entities: [{ id: "entity_ann" }],
      accounts: Array.from({ length: ACCOUNTS }, (_, index) => ({
        id: `account_${index + 1}`,
        client_account_id: `c${index + 1}`,
        relationships: { account_holder: ["entity_ann"] },
      })),
    },
  });

describe("rows that are not fetched", () => {
  let bank: Sandbox;
  let desk: Desk;
  let night = 0;

  beforeEach(async () => {
    night = 0;
    bank = await startBank();
    desk = await openDesk({ durable: false });
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank.close();
  });

  /** The file of another night: the same rows, but for those of `other`, at a later time. */
  const csvOf = (other: Readonly<Record<number, string>> = {}, column = "product_name") =>
    [
      `account_id,${column},effective_at`,
      ...Array.from(
        { length: ACCOUNTS },
        (_, index) => `account_${index + 1},${other[index + 1] ?? "Card"},2026-01-${10 + night}T00:00:00Z`,
      ),
      "",
    ].join("\n");

  const runNight = async (
    other: Readonly<Record<number, string>> = {},
    options: Parameters<Desk["run"]>[2] & { column?: string } = {},
  ): Promise<Told & { gets: number; writes: number; count: (word: string) => number; summary: Summary }> => {
    night += 1;
    const before = { gets: getsOf(bank), writes: bank.writes.length };
    const csv = csvOf(other, options.column);
    const told = await desk.run(bank, csv, {
      name: `night-${night}.csv`,
      ...options,
      job: { ...SKIP, ...options.job },
    });
    if (told.summary === null) throw new Error("it was rejected");
    const count = (word: string) => told.rows.filter(({ result }) => result === word).length;
    const { summary } = told;
    return { ...told, summary, count, gets: getsOf(bank) - before.gets, writes: bank.writes.length - before.writes };
  };

  const later = (hours: number) => desk.clock.advance(hours * HOUR_MS);

  it("are all but a share on a calm second night, and are counted apart", async () => {
    const first = await runNight();
    expect([first.count("applied"), first.gets, first.writes]).to.deep.equal([ACCOUNTS, ACCOUNTS, ACCOUNTS]);
    expect(renderSummary(first.summary)).to.contain("not fetched: none");
    await later(24);
    const second = await runNight();
    const unchanged = second.count("unchanged");
    expect(second.gets).to.equal(unchanged).and.to.be.within(1, 5);
    expect(second.count("skipped")).to.equal(ACCOUNTS - unchanged);
    expect(second.rows.filter(({ result }) => result === "skipped").map(({ result_code: code }) => code)).to.include(
      "not_fetched",
    );
    const { summary } = second;
    expect([summary.exit, summary.final, second.writes]).to.deep.equal([0, true, 0]);
    expect(summary.calls).to.include({ saved: ACCOUNTS - unchanged, minimum: 0, reads: unchanged });
    expect(summary.certificate).to.deep.include({
      left: "rows not fetched",
      right: "of them written so",
      figures: [ACCOUNTS - unchanged, ACCOUNTS - unchanged],
    });
    const text = renderSummary(summary);
    expect(text).to.match(
      /not fetched: \d+ rows, last seen as wanted (at|between) .*; one in 100, one at least, was fetched/,
    );
    expect(text).to.contain(`${ACCOUNTS - unchanged} saved by rows that were not fetched`);
  });

  it("are none where the job does not say so", async () => {
    await runNight({}, { job: { skipUnchangedFor: undefined } });
    await later(1);
    const second = await runNight({}, { job: { skipUnchangedFor: undefined } });
    expect([second.gets, second.count("unchanged"), second.summary.fetching]).to.deep.equal([
      ACCOUNTS,
      ACCOUNTS,
      undefined,
    ]);
  });

  it("are fetched again once the time is over, counted from when they were last seen equal", async () => {
    await runNight();
    await later(20);
    await runNight();
    await later(6);
    const third = await runNight();
    expect(third.count("skipped")).to.be.below(10);
    await later(20);
    expect((await runNight()).count("skipped")).to.be.above(ACCOUNTS - 10);
  });

  it("are never those that ask for something else, or that were held, refused or noted", async () => {
    await runNight({ 1: "x".repeat(10) });
    await later(1);
    const second = await runNight({ 1: "Other", 2: "Other" });
    expect([second.count("applied"), second.writes]).to.deep.equal([2, 2]);
    await later(1);
    const third = await runNight();
    expect([third.count("applied"), third.writes]).to.deep.equal([2, 2]);
  });

  it("are fetched after all when the bank has changed one of the share", async () => {
    await runNight();
    await later(1);
    // Whichever of them are the share.
    for (const account of bank.accounts.values()) if (account.details) account.details.product_name = "Drifted";
    const second = await runNight();
    expect([second.count("applied"), second.count("skipped"), second.writes]).to.deep.equal([ACCOUNTS, 0, ACCOUNTS]);
    expect(second.gets).to.equal(ACCOUNTS);
    expect(second.summary.fetching?.kind).to.equal("after all");
    expect(renderSummary(second.summary)).to.match(/fetched everything after all: \d+ accounts? of the share/);
    await later(1);
    expect((await runNight()).count("skipped")).to.be.above(ACCOUNTS - 10);
  });

  it("are not those that another job, or a run of other rows, has touched since", async () => {
    await runNight();
    await later(1);
    const csv = "account_id,product_name\naccount_1,Theirs\naccount_2,Card\n";
    const other = await desk.run(bank, csv, { name: "theirs.csv", job: { name: "theirs" } });
    expect(other.rows.map(({ result }) => result)).to.deep.equal(["applied", "unchanged"]);
    await later(1);
    const second = await runNight();
    expect([second.rows[0]?.result, second.count("applied")]).to.deep.equal(["applied", 1]);
    expect(second.summary.fetching?.kind, "no drift: a run has done it").to.equal("some");
  });

  it("are not those that a person has seen to be otherwise, in a plan", async () => {
    await runNight();
    const drifted = bank.accounts.get("account_7");
    if (drifted?.details) drifted.details.product_name = "Drifted";
    await later(1);
    const plan = await runNight({}, { start: { kind: "plan" } });
    expect([plan.gets, plan.count("unchanged")]).to.deep.equal([ACCOUNTS, ACCOUNTS - 1]);
    await later(1);
    const second = await runNight();
    expect([second.rows[6]?.result, second.count("applied")]).to.deep.equal(["applied", 1]);
    expect(second.gets, "what the plan has seen equal need not be fetched").to.be.below(10);
  });

  it("are none in a run with --again, a narrowed run, a re-run, and one with other settings or columns", async () => {
    await runNight();
    await later(1);
    const again = await runNight({}, { start: { again: "to be sure" } });
    expect([again.gets, again.summary.fetching]).to.deep.equal([ACCOUNTS, { kind: "all", why: "asked" }]);
    await later(1);
    const sample = await runNight({}, { start: { selection: { sample: 5 } } });
    expect(sample.gets).to.equal(5);
    await abandonRun(desk.context(bank, SKIP), sample.end.run, "enough");
    await later(1);
    const settings = await runNight({}, { job: { removeRelationships: true } });
    expect(settings.gets, "other settings").to.equal(ACCOUNTS);
    await later(1);
    const columns = await runNight({}, { job: { removeRelationships: true }, column: "metadata.name" });
    expect(columns.count("applied"), "another layout").to.equal(ACCOUNTS);
    await later(1);
    const rerun = await rerunRows(desk.context(bank, SKIP), columns.end.run, ["applied"]);
    expect(rerun.kind === "reported" && rerun.summary.words.unchanged).to.equal(ACCOUNTS);
  });

  it("are none in every tenth run", async () => {
    const skipped: number[] = [];
    for (let time = 0; time < 12; time += 1) {
      skipped.push((await runNight()).count("skipped"));
      await later(1);
    }
    expect(skipped.map((count) => count > 0)).to.deep.equal([false, ...Array(9).fill(true), false, true]);
  });

  it("are none in every tenth run, however often a person has looked at a file in between", async () => {
    const fetched: (string | undefined)[] = [];
    for (let time = 0; time < 11; time += 1) {
      fetched.push((await runNight()).summary.fetching?.kind);
      await later(1);
      const asked = { name: `asked-${time}.csv`, job: SKIP, start: { again: "looked at" } };
      expect((await desk.run(bank, "account_id\naccount_1\n", asked)).summary?.fetching).to.include({ why: "asked" });
      await later(1);
    }
    expect(fetched).to.deep.equal([...Array(10).fill("some"), "all"]);
  });

  it("may be of several rows, and of an account that this ledger has made", async () => {
    const csv = (at: number) =>
      [
        "client_account_id,capabilities,account_holders,product_name,effective_at",
        ...["a", "b", "c"].map((id) => `n${id},deposit,entity_ann,Card,2026-01-0${at}T00:00:00Z`),
        `na,deposit,entity_ann,Gold,2026-01-0${at}T01:00:00Z`,
        "",
      ].join("\n");
    const job: Partial<JobInput> = { ...SKIP, creates: "trusted" };
    const first = await desk.run(bank, csv(1), { name: "1.csv", job });
    expect(first.rows.map(({ result }) => result)).to.deep.equal(["skipped", "applied", "applied", "applied"]);
    const before = getsOf(bank);
    const second = await desk.run(bank, csv(2), { name: "2.csv", job });
    const codes = second.rows.map(({ result_code: code }) => code);
    expect(codes.filter((code) => code === "not_fetched")).to.have.length(2);
    expect(codes.filter((code) => code === "superseded")).to.have.length(1);
    expect(second.summary?.calls?.saved, "two GETs each, since holders are named").to.equal(4);
    expect(getsOf(bank) - before).to.equal(2);
    const third = await desk.run(bank, csv(3).replace("Gold", "Silver"), { name: "3.csv", job });
    expect(third.rows.at(-1)?.result).to.equal("applied");
  });

  it("are none of what a run without the ledger's memory has met", async () => {
    await runNight();
    await later(1);
    const without = await runNight({}, { start: { withoutLedger: true } });
    expect(without.gets).to.equal(ACCOUNTS);
  });
});

function getsOf({ requests }: Sandbox): number {
  return requests.filter(({ method }) => method === "GET").length;
}
