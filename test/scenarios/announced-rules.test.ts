/** Rules that the bank has announced and does not enforce yet: rejected unless the job says that they are only noted. */
import { writeFile } from "node:fs/promises";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

const HEADER = "account_id,client_account_id,capabilities,account_holders,product_name,limit,max_limit";
const CSV = [
  HEADER,
  ",account_new,deposit,entity_ann,Card,,",
  ",subledgered_account_old,,,New,,",
  "account_2,account_two,,,New,,",
  "account_3,,,,,501,500",
  "account_4,,,,,500,500",
  "account_5,,,,,9,8",
  "account_5,,,,New,9,8",
  "",
].join("\n");
const WARN: Partial<JobInput> = { announcedRules: "warn" };
const CREATES: Partial<JobInput> = { creates: "trusted" };

const openBank = () =>
  startSandbox({
    seed: {
      entities: [{ id: "entity_ann" }],
      accounts: [
        { id: "account_1", client_account_id: "subledgered_account_old" },
        { id: "account_2", client_account_id: "account_two" },
        ...[3, 4, 5].map((n) => ({ id: `account_${n}`, client_account_id: `c${n}` })),
      ].map((account) => ({ ...account, relationships: { account_holder: ["entity_ann"] } })),
    },
  });
type Rows = readonly Readonly<Record<string, string>>[];
const said = (rows: Rows) => rows.map(({ result, result_code }) => [result, result_code].filter(Boolean).join(" "));

const REJECTED = [
  "invalid client_account_id_reserved",
  "invalid client_account_id_reserved",
  "applied",
  "invalid limit_above_max",
  "applied",
  "invalid limit_above_max",
  "invalid limit_above_max",
];
const NOTED = [
  "applied client_account_id_reserved",
  "applied client_account_id_reserved",
  "applied",
  "applied limit_above_max",
  "applied",
  "applied limit_above_max",
  "applied limit_above_max",
];

async function rowsOf(desk: Desk): Promise<Rows> {
  const { summary } = (await desk.ledger.runs.find("last")) ?? {};
  return readResults((JSON.parse(summary ?? "{}") as { results: string }).results);
}

/** A start that is cut off once the first rows are in the ledger: their run is to be resumed at its reading. */
async function cutOff(desk: Desk, bank: Sandbox, job: Partial<JobInput>): Promise<void> {
  const record: typeof desk.ledger.runs.record = (run, progress) =>
    progress.rows === undefined ? desk.ledger.runs.record(run, progress) : Promise.reject(new Error("killed"));
  const cut = {
    ...desk.ledger,
    runs: { ...desk.ledger.runs, record },
  };
  const context = desk.context(bank, job);
  await startJob(
    { ...context, ledger: { ...cut, fencedBy: () => cut } },
    { kind: "run", file: `${desk.folder}/file.csv`, from: null, limit: null, again: null },
  ).catch(() => {});
}

describe("announced rules", () => {
  it("make a row invalid by default, each with its code; an id that is only compared is not judged", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const { rows, summary } = await desk.run(bank, CSV, { job: CREATES });
    expect(said(rows)).to.deep.equal(REJECTED);
    expect(summary?.exit).to.equal(3);
    expect(bank.effects).to.have.length(2);
  });

  it("are noted where the job says so: planned, sent, counted among the notes, and said again of what is unchanged", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job = { ...CREATES, ...WARN };
    const plan = await desk.run(bank, CSV, { job, start: { kind: "plan" } });
    expect(plan.rows.map(({ result_code }) => result_code)).to.deep.equal(
      NOTED.map((word) => [word.split(" ")[1], "not_run"].filter(Boolean).join(" | ")),
    );
    expect(bank.effects).to.have.length(0);
    const { rows, summary } = await desk.run(bank, CSV, { job });
    expect(said(rows)).to.deep.equal(NOTED);
    expect(summary?.exit).to.equal(0);
    expect(summary?.notes.map(({ word, code, count }) => `${count} ${word} ${code}`)).to.have.members([
      "2 applied client_account_id_reserved",
      "3 applied limit_above_max",
    ]);
    const again = await desk.run(bank, CSV, { job, start: { again: "twice" } });
    expect(said(again.rows)).to.deep.equal(NOTED.map((word) => word.replace("applied", "unchanged")));
  });

  for (const [first, then, expected] of [
    [WARN, {}, NOTED],
    [{}, WARN, REJECTED],
  ] as const) {
    it(`mean in a resumed run what they meant when it began: ${first.announcedRules ?? "reject"}`, async () => {
      await using bank = await openBank();
      await using desk = await openDesk();
      await writeFile(`${desk.folder}/file.csv`, CSV);
      await cutOff(desk, bank, { ...CREATES, ...first });
      expect((await desk.ledger.runs.find("last"))?.stage).to.equal("read");
      await desk.run(bank, CSV, { job: { ...CREATES, ...then } });
      expect((await desk.ledger.runs.find("last"))?.no).to.equal(1);
      expect(said(await rowsOf(desk))).to.deep.equal(expected);
    });
  }

  it("let rows through in a re-run once the job says that they are only noted", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const { end } = await desk.run(bank, CSV, { job: CREATES });
    await rerunRows(desk.context(bank, { ...CREATES, ...WARN }), end.run, ["invalid"]);
    expect(said(await rowsOf(desk))).to.deep.equal(NOTED.filter((word) => word !== "applied"));
    expect((await desk.ledger.runs.find("last"))?.exit).to.equal(0);
  });
});
