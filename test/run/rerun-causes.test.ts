/**
 * Rows are run again cause by cause: just those rows, by a number that means what a person has seen.
 */
import { expect } from "chai";
import { WORDS, type Word } from "../../src/errors/words.ts";
import type { Run } from "../../src/ledger/run.ts";
import { completeCause } from "../../src/report/causes.ts";
import type { Summary } from "../../src/report/summary.ts";
import { findCauses, type NumberedCause } from "../../src/run/report/find-causes.ts";
import { reportAgain } from "../../src/run/report/report-again.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

const IDS = Array.from({ length: 9 }, (_, index) => `account_${index + 1}`);
/** Rows 2 to 10: the third and sixth are malformed, the ninth of an account that is not there. */
const CSV = [
  "account_id,product_name,limit",
  ...IDS.map((id, index) => `${index === 8 ? "account_none" : id},New,${index % 3 === 2 && index < 8 ? "5.0.0" : ""}`),
  "",
].join("\n");
const JOB = { concurrency: { reads: 1, writes: 1 }, attempts: 1 };

type Made = { readonly desk: Desk; readonly bank: Sandbox; readonly id: string; readonly summary: Summary };

async function failedRun(): Promise<Made & AsyncDisposable> {
  const desk = await openDesk();
  const bank = await startSandbox({ seed: { accounts: IDS.map((id) => ({ id })) } });
  const isAccount = (id: string) => (request: { readonly method: string; readonly path: string }) =>
    request.method === "PATCH" && request.path.includes(id);
  bank.failNext("500", 1, isAccount("account_1"));
  bank.failNext("500", 1, isAccount("account_4"));
  const { end, summary } = await desk.run(bank, CSV, { job: JOB });
  if (summary === null) throw new Error("no summary");
  return {
    ...{ desk, bank, id: end.run.id, summary },
    async [Symbol.asyncDispose]() {
      await bank[Symbol.asyncDispose]();
      await desk[Symbol.asyncDispose]();
    },
  };
}

const rowsOf = (rows: readonly Readonly<Record<string, string>>[]) =>
  rows.map(({ result_row, result, result_code }) => `${result_row} ${result} ${result_code}`.trim());

describe("rerun by cause", () => {
  async function rerun({ desk, bank, id }: Made, causes: readonly NumberedCause[], words = WORDS as readonly Word[]) {
    const from = await desk.ledger.runs.find(id);
    if (from === undefined) throw new Error("the run is gone");
    const end = await rerunRows(desk.context(bank, JOB), from, words, null, causes);
    if (end.kind !== "reported") throw new Error(end.kind);
    return { ...end, rows: rowsOf(await readResults(end.summary.results)) };
  }
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => "none",
      ({ code, message, hint }) => `${code}: ${message}; ${hint}`,
    );

  it("runs just the rows of the causes that are named, and has them in its reason and in the audit trail", async () => {
    await using made = await failedRun();
    expect(made.summary.causes.map(({ no, code, count }) => `${no} ${count} ${code}`)).to.deep.equal([
      "1 2 bank_error",
      "2 2 money_malformed",
      "3 1 account_not_found",
    ]);
    const one = await rerun(made, [{ no: 2 }]);
    expect(one.rows).to.deep.equal(["4 invalid money_malformed", "7 invalid money_malformed"]);
    expect(one.summary.reason).to.equal(`rows of ${made.id} that are of cause 2`);
    const [entry] = (await made.desk.ledger.audit.listLatest(10, one.run.id)).filter(
      ({ action }) => action === "rerun",
    );
    expect(JSON.parse(entry?.details ?? "{}")).to.include({ flags: " --cause 2" });
    const two = await rerun(made, [{ no: 3 }, { no: 2 }]);
    expect(two.rows.map((row) => row.split(" ")[0])).to.deep.equal(["4", "7", "10"]);
    expect((await rerun(made, [{ no: 3 }, { no: 2 }], ["refused"])).rows).to.have.length(1);
    expect(await codeOf(rerun(made, [{ no: 2 }], ["refused"]))).to.match(/^nothing_to_rerun: .*refused of cause 2;/);
  });

  it("refuses a number that no cause has, in one line", async () => {
    await using made = await failedRun();
    const says = "usage: run run-1 has causes 1 to 3, and so none of number 4; see tieout causes run-1";
    expect(await codeOf(rerun(made, [{ no: 1 }, { no: 4 }]))).to.equal(says);
  });

  it("refuses a number that meant another cause in earlier results, and takes the one that is shown now", async () => {
    await using made = await failedRun();
    const { desk, bank, id } = made;
    const run = await desk.ledger.runs.find(id);
    await resumeUnderLease(desk.context(bank, JOB), run as Run, null);
    const now = JSON.parse((await desk.ledger.runs.find(id))?.summary ?? "{}") as Summary;
    expect(now.causes.map(({ no, code }) => `${no} ${code}`)).to.deep.equal([
      "1 money_malformed",
      "2 account_not_found",
    ]);
    expect(now.renumbered).to.equal(2);
    expect(await codeOf(rerun(made, [{ no: 2 }]))).to.match(/^causes_changed: .*; see tieout causes run-1$/);
    expect((await rerun(made, [{ no: 2, renumbered: 2 }])).rows).to.deep.equal(["10 refused account_not_found"]);
    const again = await reportAgain(desk.context(bank, JOB), run as Run);
    expect([again.renumbered, again.causes]).to.deep.equal([2, now.causes]);
  });

  it("refuses a number of results that the run has gone on from", async () => {
    await using made = await failedRun();
    const { desk, id } = made;
    const run = (await desk.ledger.runs.find(id)) as Run;
    const old = {
      ...made.summary,
      causes: made.summary.causes.slice(1).map((cause) => ({ ...cause, no: cause.no - 1 })),
    };
    const published = { number: 2, summary: JSON.stringify(old), exit: 3 as const, final: true, atMs: 1 };
    await desk.ledger.runs.recordPublication(run, published);
    expect(await codeOf(rerun(made, [{ no: 1 }]))).to.match(/^causes_changed: /);
  });
});

describe("the causes of a run", () => {
  it("are those of its results, as long as it stays as it was; and are found before it has any", async () => {
    await using made = await failedRun();
    const { desk, bank, id, summary } = made;
    const found = await findCauses(desk.ledger, (await desk.ledger.runs.find(id)) as Run, null);
    expect(found.isPublished).to.equal(true);
    expect(found.causes.map((cause) => completeCause(cause, id))).to.deep.equal(summary.causes);
    const some = await desk.run(bank, CSV.replaceAll("New", "Newer"), { name: "b.csv", job: JOB, start: { limit: 2 } });
    const limited = (await desk.ledger.runs.find(some.end.run.id)) as Run;
    const { causes, isPublished } = await findCauses(desk.ledger, limited, null);
    expect([isPublished, causes.map(({ code }) => code)]).to.deep.equal([
      true,
      some.summary?.causes.map(({ code }) => code),
    ]);
    expect(some.summary?.causes.every(({ command }) => command === null)).to.equal(true);
    const before = await findCauses(desk.ledger, { ...limited, summary: null }, null);
    expect([before.published, before.isPublished]).to.deep.equal([null, false]);
    expect(before.causes.map(({ word, code }) => `${word} ${code}`)).to.include("unknown stopped");
  });
});
