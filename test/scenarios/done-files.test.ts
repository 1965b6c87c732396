/** Done-files: a file without its own is not there yet, one without its file is told, and none is ever an input. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { findDeliveries } from "../../src/schedule/find-deliveries.ts";
import { put, type Start, start, told, touch } from "../run/source.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const CSV = "account_id,product_name\naccount_1001,Gold\n";
const openBank = () => startSandbox({ seed: { accounts: [{ id: "account_1001" }] } });
const jobOf = (desk: Desk, done: { suffix: string; replaces?: string }, more: Partial<JobInput> = {}) => ({
  source: { folder: join(desk.folder, "in"), pattern: /./, done },
  ...more,
});

/** What became of the files, and what was said of done-files. */
async function startTold(desk: Desk, bank: Sandbox, options: Start) {
  const notes: string[] = [];
  const progress = { note: (text: string) => notes.push(text), watch() {}, steer() {}, end() {} };
  const ends = told(await start(desk, bank, { ...options, context: { ...options.context, progress } }));
  return { ends, notes: notes.filter((note) => note.includes("done-file")) };
}

describe("done-files", () => {
  for (const [name, done, doneKey] of [
    ["behind the whole name", { suffix: ".ok" }, "a.csv.ok"],
    ["in place of the ending", { suffix: ".done", replaces: ".csv" }, "a.done"],
  ] as const)
    it(`say that a file is there, named ${name}`, async () => {
      await using bank = await openBank();
      await using desk = await openDesk({ durable: false });
      const job = jobOf(desk, done);
      await put(desk, "a.csv", CSV, 0);
      const before = await startTold(desk, bank, { job });
      expect(before).to.deep.equal({
        ends: [],
        notes: [`a.csv is not there yet: its done-file ${doneKey} has not come`],
      });
      await put(desk, doneKey, "", 0);
      expect(await startTold(desk, bank, { job })).to.deep.equal({ ends: ["a.csv 1 applied"], notes: [] });
      expect(await startTold(desk, bank, { job })).to.deep.equal({ ends: [], notes: [] });
    });

  it("may hold anything, and are no input though the pattern takes them", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    await put(desk, "a.csv", CSV, 0);
    await put(desk, "a.csv.ok", CSV, 0);
    expect((await startTold(desk, bank, { job: jobOf(desk, { suffix: ".ok" }) })).ends).to.deep.equal([
      "a.csv 1 applied",
    ]);
  });

  it("are told where their file is lacking, unless the job has taken it", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = jobOf(desk, { suffix: ".ok" });
    await put(desk, "a.csv.ok", "", 0);
    await put(desk, "b.csv.ok", "", 1);
    expect((await startTold(desk, bank, { job })).notes).to.deep.equal([
      "b.csv.ok is a done-file without its file; 1 file more like it",
    ]);
    await put(desk, "a.csv", CSV, 0);
    expect((await startTold(desk, bank, { job })).ends).to.deep.equal(["a.csv 1 applied"]);
    await rm(join(desk.folder, "in", "a.csv"));
    expect((await startTold(desk, bank, { job })).notes).to.deep.equal(["b.csv.ok is a done-file without its file"]);
  });

  it("say nothing of a file that was written again after them", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = jobOf(desk, { suffix: ".ok" });
    await put(desk, "a.csv.ok", "", 0);
    await put(desk, "a.csv", CSV, 1);
    expect(await startTold(desk, bank, { job })).to.deep.equal({
      ends: [],
      notes: ["a.csv is not there yet: its done-file a.csv.ok is older than the file"],
    });
    await touch(desk, "a.csv.ok", 1);
    expect((await startTold(desk, bank, { job })).ends).to.deep.equal(["a.csv 1 applied"]);
  });

  it("are asked for by --file and --from too, with the command that puts one there", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = jobOf(desk, { suffix: ".ok" });
    const file = await put(desk, "a.csv", CSV, 0);
    for (const options of [{ file }, { from: "a.csv" }, { file, kind: "plan" }] as const) {
      const refused = await start(desk, bank, { job, ...options }).catch((error: unknown) => error);
      expect(refused).to.include({
        code: "file_not_done",
        message: "a.csv may not be complete: its done-file a.csv.ok has not come",
        hint: `wait for it; or, if the file is complete, type: touch ${file}.ok`,
      });
    }
    await writeFile(`${file}.ok`, "");
    expect(told(await start(desk, bank, { job, file }))).to.deep.equal(["a.csv 1 applied"]);
  });

  it("are of their own source alone", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const folder = join(desk.folder, "in");
    const job = {
      source: [
        { name: "a", folder, pattern: /^a/, done: { suffix: ".ok" } },
        { name: "b", folder, pattern: /^b/ },
      ],
    };
    await put(desk, "a.csv", CSV, 0);
    await put(desk, "b.csv", CSV, 0);
    expect((await startTold(desk, bank, { job })).ends).to.deep.equal(["b.csv 1 applied"]);
  });

  it("are the time at which the file came, for what is expected", async () => {
    await using bank = await openBank();
    await using desk = await openDesk({ durable: false });
    const job = jobOf(desk, { suffix: ".ok" }, { expect: { by: "02:00" } });
    await put(desk, "a.csv", CSV, 0);
    const cameAt = async () =>
      (await findDeliveries(desk.context(bank, job), 0)).files.map(({ atMs }) => new Date(atMs));
    expect(await cameAt()).to.deep.equal([]);
    await put(desk, "a.csv.ok", "", 2);
    const done = new Date(Date.UTC(2026, 10, 27, 6));
    expect(await cameAt()).to.deep.equal([done]);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["a.csv 1 applied"]);
    expect(await cameAt(), "taken").to.deep.equal([done]);
    await rm(join(desk.folder, "in", "a.csv"));
    expect(await cameAt(), "moved away").to.deep.equal([done]);
  });
});
