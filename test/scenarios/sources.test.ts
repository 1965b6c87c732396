/** Jobs with several sources: their order, what is judged source by source, and how the files of each are read. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { newRun } from "../ledger/builders.ts";
import { put, start, told } from "../run/source.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const CSV = "account_id,product_name\n";
const row = (name: string, account = 1001) => `${CSV}account_${account},${name}\n`;
const openBank = () => startSandbox({ seed: { accounts: [{ id: "account_1001" }, { id: "account_1002" }] } });
const productOf = (bank: Sandbox, account: number) => bank.accounts.get(`account_${account}`)?.details?.product_name;

/** The entities' file first, each in a folder of its own. */
const twoFolders = async (desk: Desk, over: Record<string, unknown> = {}, more: Partial<JobInput> = {}) => {
  for (const name of ["people", "cards"]) await mkdir(join(desk.folder, "in", name), { recursive: true });
  const source = (name: string) => ({
    name,
    folder: join(desk.folder, "in", name),
    pattern: /(?<sequence>\d+)\.csv$/,
    ...over,
  });
  return { source: [source("people"), source("cards")], ...more } satisfies Partial<JobInput>;
};

describe("a job with several sources", () => {
  it("takes the files of all in one start, the first source first, and nothing the next time", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = await twoFolders(desk, { pattern: /\.csv$/ });
    await put(desk, "cards/a.csv", row("Card"), 0);
    await put(desk, "people/z.csv", row("Person", 1002), 1);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["z.csv 1 applied", "a.csv 1 applied"]);
    expect([productOf(bank, 1001), productOf(bank, 1002)]).to.deep.equal(["Card", "Person"]);
    expect(await start(desk, bank, { job })).to.deep.equal([]);
  });

  it("goes by sequence after an outage, and within a sequence by the list", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = await twoFolders(desk);
    for (const number of [42, 41]) {
      await put(desk, `cards/${number}.csv`, row(`Card ${number}`), 1);
      await put(desk, `people/${number}.csv`, row(`Person ${number}`, 1002), 2);
    }
    const keys = (await start(desk, bank, { job })).map((end) => (end.kind === "reported" ? end.run.file : null));
    expect(keys.map((file) => file?.place.split("/").at(-1))).to.deep.equal(["people", "cards", "people", "cards"]);
    expect(keys.map((file) => file?.sequence)).to.deep.equal(["41", "41", "42", "42"]);
  });

  it("goes source after source where a file has no sequence, or one of another kind", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = await twoFolders(desk, { pattern: /^(?<sequence>[\d-]+)?.*\.csv$/ });
    await put(desk, "people/2026-11-28.csv", row("A"), 0);
    await put(desk, "people/2026-11-29.csv", row("B"), 1);
    await put(desk, "cards/0041.csv", row("C"), 2);
    expect(told(await start(desk, bank, { job, kind: "plan" }))).to.deep.equal([
      "2026-11-28.csv 1 skipped",
      "2026-11-29.csv 1 skipped",
      "0041.csv 1 skipped",
    ]);
  });

  it("lets the files of later sources wait for one that was rejected, unless the job says to go on", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    await put(desk, "people/1.csv", "", 0);
    await put(desk, "cards/1.csv", row("Card"), 0);
    const job = await twoFolders(desk);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["1.csv file_empty"]);
    expect(bank.effects).to.deep.equal([]);
    await put(desk, "people/2.csv", "", 1);
    const going = { ...job, onRejected: "continue" } as const;
    expect(told(await start(desk, bank, { job: going }))).to.deep.equal(["1.csv 1 applied", "2.csv file_empty"]);
  });

  it("judges which file is stale by the source's own files", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = await twoFolders(desk);
    await put(desk, "people/42.csv", row("A"), 0);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["42.csv 1 applied"]);
    await put(desk, "cards/41.csv", row("B"), 1);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["41.csv 1 applied"]);
    await put(desk, "people/41.csv", row("C"), 2);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["41.csv file_stale"]);
  });

  it("takes batches of one name in two sources for two", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = await twoFolders(desk, { pattern: /\.csv$/ });
    await put(desk, "people/b1_account_V2.csv", row("A"), 0);
    await put(desk, "cards/b1_account_V1.csv", row("B"), 1);
    expect(told(await start(desk, bank, { job }))).to.deep.equal([
      "b1_account_V2.csv 1 applied",
      "b1_account_V1.csv 1 applied",
    ]);
  });

  it("judges a last row without a line end by the source's own files", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = await twoFolders(desk);
    const open = (name: string) => row(name).trimEnd();
    await put(desk, "people/1.csv", row("A"), 0);
    await put(desk, "cards/1.csv", open("B"), 0);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["1.csv 1 applied", "1.csv 1 applied"]);
    await put(desk, "cards/2.csv", open("C"), 1);
    await put(desk, "people/2.csv", open("D"), 1);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["2.csv 1 held"]);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["2.csv 1 applied"]);
  });

  it("skips all but the newest of each source at the first start, also of one that comes later", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const schedule = { cron: "0 2 * * *", zone: "UTC" };
    const here = (name: string) => ({ name, folder: join(desk.folder, "in"), pattern: new RegExp(`^${name}-`) });
    for (const day of [1, 2]) await put(desk, `cards-${day}.csv`, row(`Card ${day}`), day);
    const one = { source: [here("cards")], schedule };
    expect(told(await start(desk, bank, { job: one }))).to.deep.equal(["cards-2.csv 1 applied"]);
    for (const day of [1, 2]) await put(desk, `people-${day}.csv`, row(`Person ${day}`), day);
    const two = { source: [here("people"), here("cards")], schedule };
    expect(told(await start(desk, bank, { job: two }))).to.deep.equal(["people-2.csv 1 applied"]);
    // A snapshot that is written again is compared anew, whatever other sources have brought since.
    await put(desk, "cards-2.csv", row("Card 2"), 4);
    expect(told(await start(desk, bank, { job: two }))).to.deep.equal(["cards-2.csv 1 applied"]);
  });

  it("takes a file that fits two sources for the first, once", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const here = { folder: join(desk.folder, "in") };
    const job = {
      source: [
        { ...here, name: "cards", pattern: /^cards/ },
        { ...here, name: "all", pattern: /\.csv$/ },
      ],
    };
    await put(desk, "cards-1.csv", row("A"), 1);
    await put(desk, "loans-1.csv", row("B"), 0);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["cards-1.csv 1 applied", "loans-1.csv 1 applied"]);
    expect(await start(desk, bank, { job })).to.deep.equal([]);
  });

  it("takes what is given by --from and those after it, and the new ones of the other sources", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = await twoFolders(desk);
    for (const number of [1, 2]) await put(desk, `people/${number}.csv`, row(`Person ${number}`, 1002), number);
    expect(told(await start(desk, bank, { job }))).to.have.length(2);
    for (const number of [1, 2]) await put(desk, `cards/card-${number}.csv`, row(`Card ${number}`), number);
    await put(desk, "people/3.csv", row("Person 3", 1002), 3);
    expect(told(await start(desk, bank, { job, from: "card-2.csv" }))).to.deep.equal([
      "card-2.csv 1 applied",
      "3.csv 1 applied",
    ]);
    await put(desk, "cards/3.csv", row("Card 3"), 3);
    const twice = await start(desk, bank, { job, from: "3.csv" }).catch((error: Error) => error);
    expect(twice).to.include({ code: "usage" });
    expect(twice).to.have.property("message", 'two sources of the job have a file "3.csv"');
    const address = join(desk.folder, "in", "cards", "3.csv");
    expect(told(await start(desk, bank, { job, from: address }))).to.deep.equal(["3.csv 1 applied"]);
  });

  it("validates the newest file of each source", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = await twoFolders(desk);
    for (const key of ["people/1", "people/2", "cards/7", "cards/8"]) await put(desk, `${key}.csv`, row(key), 0);
    const ends = told(await start(desk, bank, { job, kind: "validate" }));
    expect(ends.map((end) => end.split(" ")[0])).to.deep.equal(["2.csv", "8.csv"]);
  });

  it("asks which file --again means", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = await twoFolders(desk);
    const asked = await start(desk, bank, { job, again: "why" }).catch((error: Error) => error);
    expect(asked).to.include({ code: "usage", hint: "name the file with --file" });
  });

  it("expects the files of the source that it names", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const expected = { source: "cards", by: "02:00", sequence: "wait" } as const;
    const job = await twoFolders(desk, {}, { expect: expected });
    for (const key of ["people/1", "people/2", "cards/1"]) await put(desk, `${key}.csv`, row(key), 0);
    expect(told(await start(desk, bank, { job })), "one of the expected ones waits").to.have.length(3);
    // However many runs have come since that are of other files.
    const { bankName } = desk.context(bank, job);
    for (let no = 0; no < 200; no++)
      await desk.ledger.runs.open(bankName, newRun(`plan-${no}`, { job: "desk", kind: "plan" }));
    await put(desk, "people/3.csv", row("A"), 1);
    await put(desk, "cards/3.csv", row("B"), 1);
    const cards = join(desk.folder, "in", "cards");
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["3.csv 1 applied", `${cards}/3.csv waits for 2`]);
  });
});
