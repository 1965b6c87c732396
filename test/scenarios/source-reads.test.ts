/** How the files of each source are read: by its own settings, also when rows come back, are run again or a run goes on. */
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import type { FileEnd } from "../../src/run/start/start-job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { put, start, told } from "../run/source.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

type Bank = Awaited<ReturnType<typeof openBank>>;
const openBank = () =>
  startSandbox({
    seed: { entities: [{ id: "entity_ann" }], accounts: [{ id: "account_1001" }, { id: "account_1002" }] },
  });

/** One source has the layout's own names, the other names of its own and a marker that means nothing. */
const OTHERS = { columns: { Konto: "account_id", Produkt: "product_name" }, nulls: { leaveAlone: ["NULL"] } };
function jobOf(desk: Desk, reads: object = OTHERS, more: Partial<JobInput> = {}): Partial<JobInput> {
  const folder = join(desk.folder, "in");
  const cards = { name: "cards", folder, pattern: /^cards/ };
  return { source: [cards, { name: "loans", folder, pattern: /^loans/, reads }], ...more };
}
const CARDS = "account_id,product_name\naccount_1001,NULL\n";
const LOANS = "Konto,Produkt,status\naccount_1001,NULL,active\naccount_1002,Loan,wrong\n";
const NEW = (id: string) => `client_account_id,product_name,account_holders\n${id},New,entity_ann\n`;
const productOf = (bank: Bank, account: number) => bank.accounts.get(`account_${account}`)?.details?.product_name;

function resultsOf(end: FileEnd | undefined): string {
  if (end?.kind !== "reported") throw new Error(end?.kind);
  return end.summary.results;
}

/** The failed row of the loans, with its status mended. */
async function mended(desk: Desk, end: FileEnd | undefined, name = "mended.csv"): Promise<string> {
  const failed = await readFile(join(resultsOf(end), "failed.csv"), "utf8");
  const file = join(desk.folder, name);
  await writeFile(file, failed.replace("wrong", "active"));
  return file;
}

describe("the reads of a source", () => {
  it("win over the job's for its files, and for no others", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    await put(desk, "cards-1.csv", CARDS, 0);
    await put(desk, "loans-1.csv", LOANS, 0);
    const notes: string[] = [];
    const progress = { note: (text: string) => notes.push(text), watch() {}, steer() {}, end() {} };
    const ends = await start(desk, bank, { job: jobOf(desk), context: { progress } });
    // "NULL" is text that nobody has called so in the one file, and left alone in the other.
    expect(told(ends)).to.deep.equal(["cards-1.csv 1 invalid", "loans-1.csv 1 invalid 1 unchanged"]);
    const readings = notes.filter((note) => note.startsWith("reading:")).map((note) => note.split(",")[0]);
    expect(readings).to.deep.equal(["reading: source cards", "reading: source loans"]);
  });

  it("are those of the first file for rows that come back, wherever they lie, and whatever they are called", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    await put(desk, "loans-1.csv", LOANS, 0);
    const [first] = await start(desk, bank, { job: jobOf(desk) });
    const file = await mended(desk, first);
    const [second] = await start(desk, bank, { job: jobOf(desk), file });
    expect(told(second === undefined ? [] : [second])).to.deep.equal(["mended.csv 1 applied"]);
    expect(productOf(bank, 1002)).to.equal("Loan");
    // The rows of the repaired file, too, are run again as those of the loans.
    if (second?.kind !== "reported") throw new Error(second?.kind);
    const again = await rerunRows(desk.context(bank, jobOf(desk)), second.run, ["applied"]);
    expect(told([again])).to.deep.equal(["mended.csv 1 unchanged"]);
  });

  it("are needed for a file that a person names: it is refused where no source has it", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const file = join(desk.folder, "elsewhere.csv");
    await writeFile(file, CARDS);
    const [end] = await start(desk, bank, { job: jobOf(desk), file });
    expect(told(end === undefined ? [] : [end])).to.deep.equal(["elsewhere.csv file_of_no_source"]);
    // A copy of what the job has taken is read as that was, such as one in an archive.
    await put(desk, "loans-1.csv", LOANS.replace("wrong", "active"), 0);
    expect(told(await start(desk, bank, { job: jobOf(desk) }))).to.deep.equal(["loans-1.csv 1 applied 1 unchanged"]);
    await copyFile(join(desk.folder, "in", "loans-1.csv"), join(desk.folder, "archived.csv"));
    const archived = { file: join(desk.folder, "archived.csv"), again: "why" };
    expect(told(await start(desk, bank, { job: jobOf(desk), ...archived }))).to.deep.equal([
      "archived.csv 2 unchanged",
    ]);
    // Where all are read alike it does not matter.
    const alike = { ...jobOf(desk), nulls: { leaveAlone: ["NULL"] }, source: { folder: join(desk.folder, "in") } };
    expect(told(await start(desk, bank, { job: alike, file }))).to.deep.equal(["elsewhere.csv 1 unchanged"]);
  });

  it("keep rows of one source out of files of another, and of other jobs", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    await put(desk, "cards-1.csv", "account_id,product_name,status\naccount_1001,Card,wrong\n", 0);
    await put(desk, "loans-1.csv", LOANS.replace("Konto,Produkt", "account_id,product_name"), 0);
    const job = jobOf(desk, { nulls: { leaveAlone: ["NULL"] } });
    const [cards, loans] = await start(desk, bank, { job });
    const [file, other] = [await mended(desk, cards), await mended(desk, loans, "other.csv")];
    const rows = (await readFile(other, "utf8")).split("\n").slice(1);
    await writeFile(file, (await readFile(file, "utf8")) + rows.join("\n"));
    expect(told(await start(desk, bank, { job, file }))).to.deep.equal(["mended.csv 1 invalid 1 applied"]);
    expect(productOf(bank, 1002)).to.not.equal("Loan");
    const elsewhere = { name: "rerun-failed", source: { folder: join(desk.folder, "repaired"), repaired: true } };
    expect(told(await start(desk, bank, { job: elsewhere, file: other }))).to.deep.equal(["other.csv 1 invalid"]);
  });

  it("are those of its source for a run that goes on, and none where the source has lost its name", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    await put(desk, "loans-1.csv", LOANS.replace("wrong", "active"), 0);
    const [end] = await start(desk, bank, { job: jobOf(desk), limit: 1 });
    if (end?.kind !== "reported") throw new Error(end?.kind);
    expect(end.summary.final).to.equal(false);
    const run = (await desk.ledger.runs.find(end.run.id)) ?? end.run;
    expect(run.reading?.source).to.equal("loans");
    const renamed = { source: { folder: join(desk.folder, "in"), name: "all", reads: OTHERS } };
    const lost = await resumeUnderLease(desk.context(bank, renamed), run, null).catch((error) => error);
    expect(lost).to.include({ code: "file_of_no_source" });
    expect(lost.hint).to.match(/^give the source in the job file its name back; or .* tieout abandon run-\d+ --reason/);
    const whole = await resumeUnderLease(desk.context(bank, jobOf(desk)), run, null);
    expect(told([whole])).to.deep.equal(["loans-1.csv 1 applied 1 unchanged"]);
    expect(productOf(bank, 1002)).to.equal("Loan");
  });

  it("decide what is sent too: defaults of new accounts are the source's", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    await put(desk, "cards-1.csv", NEW("c-1"), 0);
    await put(desk, "loans-1.csv", NEW("l-1"), 0);
    const job = jobOf(desk, { defaults: { capabilities: ["deposit"] } }, { creates: "trusted" });
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["cards-1.csv 1 invalid", "loans-1.csv 1 applied"]);
  });

  it("make one job of a file for each product: a constant for each source", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const folder = join(desk.folder, "in");
    const source = ["Card", "Loan"].map((name) => ({
      name: name.toLowerCase(),
      folder,
      pattern: new RegExp(`^${name.toLowerCase()}`),
      reads: { constants: { product_name: name } },
    }));
    await put(desk, "card.csv", "account_id\naccount_1001\n", 0);
    await put(desk, "loan.csv", "account_id\naccount_1002\n", 0);
    expect(told(await start(desk, bank, { job: { source } }))).to.deep.equal([
      "card.csv 1 applied",
      "loan.csv 1 applied",
    ]);
    expect([productOf(bank, 1001), productOf(bank, 1002)]).to.deep.equal(["Card", "Loan"]);
  });

  it("keep nothing from being skipped that was tied out, as the job is the same whatever is read", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = jobOf(desk, OTHERS, { skipUnchangedFor: "3d" });
    const loans = "Konto,Produkt\naccount_1001,Loan\naccount_1002,Loan\n";
    await put(desk, "loans-1.csv", loans, 0);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["loans-1.csv 2 applied"]);
    await put(desk, "loans-2.csv", loans, 1);
    // One row at least is fetched all the same.
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["loans-2.csv 1 skipped 1 unchanged"]);
  });
});
