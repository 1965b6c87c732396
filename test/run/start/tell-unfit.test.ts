/** Files that came to a source, and whose names fit none of the job's patterns. */
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../../src/job.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../../support/scenario.ts";
import { put, start } from "../source.ts";

const ROW = "account_id,product_name\naccount_1,A\n";
const DAY_MS = 86_400_000;
/** The day that `put` counts from. */
const FIRST_DAY = Date.UTC(2026, 10, 25, 6);

async function notesOf(desk: Desk, bank: Sandbox, job: Partial<JobInput> = {}, day = 3): Promise<string[]> {
  const notes: string[] = [];
  const progress = { note: (text: string) => void notes.push(text), watch() {}, steer() {}, end() {} };
  const clock = { ...desk.context(bank).clock, nowMs: () => FIRST_DAY + day * DAY_MS };
  await start(desk, bank, { job, context: { progress, clock } });
  return notes.filter((text) => text.includes("never taken"));
}

describe("a file whose name fits no pattern of the job", () => {
  it("is told for two days, and other files than those of rows are not", async () => {
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    await using desk = await openDesk({ durable: false });
    for (const key of ["a.csv", "b.csv.gz", "README.md", "a.csv.manifest.json", ".c.txt"]) await put(desk, key, ROW, 1);
    await put(desk, "sub/B.CSV", ROW, 2);
    const place = join(desk.folder, "in");
    expect(await notesOf(desk, bank, {}, 2.5)).to.deep.equal([
      `sub/B.CSV in ${place} does not fit the pattern of the job's source, so it is never taken; 1 file more like it`,
    ]);
    expect(await notesOf(desk, bank, {}, 3.5)).to.deep.equal([
      `sub/B.CSV in ${place} does not fit the pattern of the job's source, so it is never taken`,
    ]);
    expect(await notesOf(desk, bank, {}, 4.5)).to.deep.equal([]);
  });

  it("is told once where sources share their place, and not where it fits one of them, or is a done-file or a result", async () => {
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    await using desk = await openDesk({ durable: false });
    const here = (name: string, more: object = {}) => ({ name, folder: join(desk.folder, "in"), ...more });
    const source = [
      here("cards", { pattern: /cards.*[.]txt$/, done: { suffix: ".dat" } }),
      here("loans", { pattern: /loans.*[.]csv$/ }),
    ];
    for (const key of ["cards-1.txt", "cards-1.txt.dat", "loans-1.csv", "20261125-061200-abcdef/1/loans.csv"])
      await put(desk, key, ROW, 1);
    await notesOf(desk, bank, { source });
    expect(await notesOf(desk, bank, { source })).to.deep.equal([]);
    // Which may be another job's.
    await put(desk, "people-1.csv", ROW, 2);
    expect(await notesOf(desk, bank, { source })).to.deep.equal([]);
    await put(desk, "Loans-2.csv.gz", ROW, 2);
    const told = await notesOf(desk, bank, { source });
    expect(told).to.have.length(1);
    expect(told[0]).to.match(
      /^Loans-2[.]csv[.]gz in .* does not fit a pattern of the job's sources, so it is never taken$/,
    );
  });
});
