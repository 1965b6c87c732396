/** The first start of a job with a schedule: which files it takes, and which it leaves. */
import { join, resolve } from "node:path";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";
import { put, start, told, touch } from "./source.ts";

const FREEZE = "account_id,status,status_reason\naccount_1001,inactive,frozen\n";
const THAW = "account_id,status,status_reason\naccount_1001,active,\n";
const GOLD = "account_id,product_name\naccount_1001,Gold Snapshot\n";
const SILVER = "account_id,product_name\naccount_1001,Silver Snapshot\n";

const openBank = () => startSandbox({ seed: { accounts: [{ id: "account_1001" }, { id: "account_1002" }] } });
const statusAt = (bank: Sandbox) => bank.accounts.get("account_1001")?.status;

describe("the first start of a job with a schedule", () => {
  const schedule = { cron: "0 2 * * *" };

  it("skips what lay there, also once that is touched, and takes it when it is written with other bytes", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, "a.csv", FREEZE, 0);
    await put(desk, "b.csv", GOLD, 1);
    expect(told(await start(desk, bank, { job: { schedule } }))).to.deep.equal(["b.csv 1 applied"]);
    await touch(desk, "a.csv", 2);
    expect(await start(desk, bank, { job: { schedule } })).to.deep.equal([]);
    await put(desk, "a.csv", SILVER, 3);
    expect(told(await start(desk, bank, { job: { schedule } }))).to.deep.equal(["a.csv 1 applied"]);
    await put(desk, "a.csv", FREEZE, 4);
    expect(told(await start(desk, bank, { job: { schedule } }))).to.deep.equal(["a.csv 1 applied"]);
    expect(statusAt(bank)).to.equal("inactive");
  });

  it("says what it has left out, and the command that takes it does", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, "the first.csv", FREEZE, 0);
    await put(desk, "b.csv", GOLD, 1);
    await put(desk, "c.csv", SILVER, 2);
    const notes: string[] = [];
    const progress = { note: (text: string) => void notes.push(text), watch() {}, steer() {}, end() {} };
    const context = { progress, jobPath: resolve("jobs/core.ts") };
    expect(told(await start(desk, bank, { job: { schedule }, context }))).to.deep.equal(["c.csv 1 applied"]);
    expect(notes.join("\n")).to.contain(
      "only the newest of 3 files is run; to run the others too, type: tieout run core --from 'the first.csv'",
    );
    const [entry] = (await desk.ledger.audit.listLatest(9, null)).filter(({ action }) => action === "first start");
    const left = { place: join(desk.folder, "in"), files: 2, from: "the first.csv", to: "b.csv" };
    expect(JSON.parse(entry?.details ?? "{}")).to.deep.equal(left);
    const from = "the first.csv";
    const ends = await start(desk, bank, { job: { schedule }, context, from });
    expect(told(ends)).to.deep.equal(["the first.csv 1 applied", "b.csv 1 applied", "c.csv already"]);
  });

  it("comes once for each place: a job that has moved skips what lies at the new one", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, "old/a.csv", FREEZE, 0);
    await put(desk, "new/a.csv", FREEZE, 0);
    await put(desk, "new/b.csv", SILVER, 1);
    await put(desk, "new/c.csv", GOLD, 2);
    const at = (folder: string) => ({ schedule, source: { folder: join(desk.folder, "in", folder) } });
    expect(told(await start(desk, bank, { job: at("old") }))).to.deep.equal(["a.csv 1 applied"]);
    expect(told(await start(desk, bank, { job: at("new") }))).to.deep.equal(["c.csv 1 applied"]);
    await put(desk, "new/d.csv", THAW, 3);
    await put(desk, "new/e.csv", SILVER, 4);
    expect(told(await start(desk, bank, { job: at("new") }))).to.deep.equal(["d.csv 1 applied", "e.csv 1 applied"]);
  });

  it("is over with one that found no file, or none that was done yet: what comes later is all taken", async () => {
    await using bank = await openBank();
    for (const done of [undefined, { suffix: ".ok" }]) {
      await using desk = await openDesk();
      const source = { folder: join(desk.folder, "in"), ...(done && { done }) };
      const here = (name: string) => ({ ...source, name, pattern: new RegExp(`^${name}-.*[.]csv$`) });
      await put(desk, done === undefined ? "readme" : "a.csv", FREEZE, 0);
      const job = { schedule, source };
      expect(await start(desk, bank, { job })).to.deep.equal([]);
      await put(desk, "a.csv", FREEZE, 0);
      await put(desk, "b.csv", GOLD, 1);
      for (const key of ["a.csv", "b.csv"]) await put(desk, `${key}.ok`, "", 2);
      const later = told(await start(desk, bank, { job }));
      expect(later.map((end) => end.split(" ")[0])).to.deep.equal(["a.csv", "b.csv"]);
      // Each source has a first start of its own.
      const several = { schedule, source: [here("cards"), here("people")] };
      await put(desk, "cards-1.csv", GOLD, 3);
      await put(desk, "cards-1.csv.ok", "", 3);
      await start(desk, bank, { job: several });
      for (const key of ["cards-2.csv", "cards-3.csv", "people-1.csv", "people-2.csv"]) {
        await put(desk, key, SILVER, 4);
        await put(desk, `${key}.ok`, "", 4);
      }
      const ends = told(await start(desk, bank, { job: several })).map((end) => end.split(" ")[0]);
      expect(ends).to.deep.equal(["cards-2.csv", "cards-3.csv", "people-1.csv", "people-2.csv"]);
    }
  });

  it("is not over with a file that was to be named by hand, and is with one that had to wait for its manifest", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job = { schedule, completeness: { manifest: {} } };
    await put(desk, "a.csv", FREEZE, 0);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["a.csv manifest_missing"]);
    await put(desk, "b.csv", GOLD, 1);
    for (const key of ["a.csv", "b.csv"]) await put(desk, `${key}.manifest.json`, '{"rows":1}', 1);
    expect(told(await start(desk, bank, { job }))).to.deep.equal(["a.csv 1 applied", "b.csv 1 applied"]);

    await using other = await openDesk();
    for (const day of [0, 1, 2]) await put(other, `${day}.csv`, [GOLD, SILVER, GOLD][day] ?? "", day);
    const file = join(other.folder, "in", "0.csv");
    expect(told(await start(other, bank, { job: { schedule }, file }))).to.deep.equal(["0.csv 1 unchanged"]);
    expect(told(await start(other, bank, { job: { schedule } }))).to.deep.equal(["2.csv 1 unchanged"]);
  });
});
