/**
 * `tieout open` and `tieout accept` from outside: what is still open over several runs of a job, and how a person takes rows off the list.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { type Ended, runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;

describe("tieout open", function () {
  this.timeout(60_000);
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);
  const tieout = (...args: string[]) => runTieout(args, env, folder);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-open-"));
    bank = await startSandbox({ seed: { accounts: ["a", "b", "c"].map((id) => ({ id: `account_${id}` })) } });
    env = {
      TIEOUT_LEDGER: path("ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    await mkdir(path("in"));
    const job = `defineJob({ name: "nightly", source: { folder: "in" }, results: { folder: "out" } })`;
    await writeFile(path("job.ts"), `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default ${job};\n`);
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** A night's file: what each account's product is to be; one that is not there is refused, and a limit of `?` invalid. */
  async function night(name: string, ...lines: readonly string[]): Promise<Ended & { readonly run: string }> {
    await writeFile(path(`in/${name}.csv`), ["account_id,product_name,limit", ...lines, ""].join("\n"));
    const ended = await tieout("run", "./job.ts");
    return { ...ended, run: /^run (\S+)/m.exec(ended.out)?.[1] ?? ended.err };
  }
  const open = async (...flags: string[]) => (await tieout("open", ...flags)).out.trimEnd().split("\n");

  itWhole("lists what is short of agreement until it comes right, by whatever way", async () => {
    const first = await night("1", "account_a,New,", "account_x,New,", "account_b,New,?");
    expect(first.code, first.err).to.equal(3);
    expect(first.out).to.match(new RegExp(`^oldest open row: 0 days, run ${first.run}, row [34]$`, "m"));
    const [sums, ages, ...rows] = await open();
    expect(sums).to.equal("2 rows open, the oldest for 0 days");
    expect(ages).to.match(/^ {2}today: 2 source data$/);
    expect(rows.map((row) => row.replace(/, since .*/, ""))).to.deep.equal([
      `${first.run} row 3  account_x  refused: account_not_found (parameters_invalid in account_id)  source data  0 days`,
      `${first.run} row 4  account_b  invalid: money_malformed (limit)  source data  0 days`,
    ]);
    const json = (await tieout("open", "--output", "json", "--limit", "1")).out.trimEnd().split("\n");
    expect(json.map((line) => JSON.parse(line) as unknown)).to.containSubset([
      { event: "open", rows: 2, accepted: 0, oldest: 0, ages: [{ age: "today", owners: { "source data": 2 } }] },
      { event: "open_row", run: first.run, row: 3, word: "refused", code: "account_not_found", account: "account_x" },
    ]);
    // A repaired file makes one of them right; the next night has the other account again.
    const failed = (await readFile(path(`out/${first.run}/1/failed.csv`), "utf8")).replace(",?,", ",,");
    await writeFile(path("repaired.csv"), failed);
    const repaired = await tieout("run", "./job.ts", "--file", "repaired.csv");
    expect(repaired.code, repaired.err).to.equal(3);
    const [left, , row] = await open();
    expect(left).to.equal("1 row open, the oldest for 0 days");
    expect(row).to.match(new RegExp(`^${first.run} row 3 .* last tried in run \\S+ row 2$`));
    const second = await night("2", "account_x,New,", "account_a,New,");
    expect((await open()).slice(2).join()).to.match(new RegExp(`^${second.run} row 2 `));
    await night("3", "account_a,New,");
    expect((await open("--job", "nightly"))[0]).to.equal("1 row open, the oldest for 0 days");
    const another = await tieout("open", "--job", "another");
    expect([another.code, another.out]).to.deep.equal([2, ""]);
    expect(another.err).to.contain("the ledger has no run of a job another [run_not_found]");
  });

  itWhole("names the column as the file and the causes do, where the bank has another name for it", async () => {
    await writeFile(
      path("in/1.csv"),
      "client_account_id,account_holders,product_name,capabilities\nc-1,entity_none,New,deposit\n",
    );
    const { out, code } = await tieout("run", "./job.ts");
    expect(code, out).to.equal(3);
    const [, cause = ""] = /1\. 1 (refused: \S+ \(.* in account_holders\))/.exec(out) ?? [];
    expect((await open()).at(-1))
      .to.contain(`  c-1  ${cause}  `)
      .and.contain("account_holders");
  });

  itWhole(
    "accepts rows for a while, audited, of re-runs too, and says in one line what cannot be accepted",
    async () => {
      const first = await night("1", "account_a,New,", "account_x,New,", "account_y,New,", "account_z,New,");
      const until = ["--until", "2999-01-31", "--reason", "the bank merges these"];
      const accepted = await tieout("accept", first.run, "--row", "3-4", ...until);
      expect(accepted.out).to.equal(`2 rows of run ${first.run} are accepted to the end of 2999-01-31 (UTC)\n`);
      expect((await open())[0]).to.equal("1 row open, the oldest for 0 days; 2 more are accepted for now");
      expect((await tieout("accept", first.run, "--row", "3", ...until)).code).to.equal(0);
      await tieout("rerun", first.run, "--only", "refused");
      const again = await tieout("accept", "last", "--row", "5", ...until);
      expect(again.out).to.match(new RegExp(`^row 5 of run ${first.run}, which rows of \\S+ came from`));
      expect(await open()).to.deep.equal(["no row is open; 3 more are accepted for now"]);
      const trail = (await tieout("audit", "--run", first.run)).out.trimEnd().split("\n").slice(-3);
      expect(trail[0]).to.match(/accept {2}nightly .* rows=3-4 {2}until=2999-01-31 {2}"the bank merges these"$/);
      const refused: readonly (readonly [string, string, string, RegExp])[] = [
        [
          first.run,
          "2",
          "2999-01-31",
          /row 2 of run \S+ is not open: it is applied; nothing was accepted \[row_not_open\]/,
        ],
        [first.run, "3-9", "2999-01-31", /has no row 6; nothing was accepted \[row_not_found\]/],
        [first.run, "0", "2999-01-31", /--row 0 is no list of row numbers \[usage\]/],
        [first.run, "3", "2020-01-31", /--until 2020-01-31 has passed \[usage\]/],
        [first.run, "3", "2999-02-31", /--until "2999-02-31" is no day \[usage\]/],
        [first.run, "1-100000", "2999-01-31", /--row names 100,000 rows \[usage\]/],
        ["rehearsal", "3", "2999-01-31", /the ledger has no run rehearsal \[run_not_found\]/],
      ];
      for (const [run, row, day, line] of refused) {
        const ended = await tieout("accept", run, "--row", row, "--until", day, "--reason", "why");
        expect(ended.code).to.equal(2);
        expect(ended.err.trimEnd().split("\n")).to.have.lengthOf(1);
        expect(ended.err).to.match(line);
      }
      await tieout("plan", "./job.ts", "--file", "in/1.csv");
      expect((await tieout("accept", "last", "--row", "3", ...until)).err).to.match(
        /is a plan, whose rows are never open/,
      );
      expect((await open())[0]).to.contain("3 more are accepted");
    },
  );

  itWhole("gives one line for each row with its last word and the runs that led there, balanced", async () => {
    const lines = ["account_a,New,", "account_x,New,", "account_b,New,?", "account_c,New,?"];
    const { run } = await night("1", ...lines);
    const read = async (folderName: string) => {
      const [header, ...rows] = parse(await readFile(path(`${folderName}/${run}-final.csv`), "utf8")) as string[][];
      const at = (name: string, row: readonly string[]) => row[header?.indexOf(name) ?? -1];
      return rows.map((row) =>
        ["account_id", "result_row", "result", "result_runs"].map((name) => at(name, row)).join(" "),
      );
    };
    expect((await tieout("results", run, "--final")).code).to.equal(3);
    expect(await read(".")).to.deep.equal([
      `account_a 2 applied ${run}`,
      `account_x 3 refused ${run}`,
      `account_b 4 invalid ${run}`,
      `account_c 5 invalid ${run}`,
    ]);
    // The first repair fixes one row, a re-run none, and the second repair, of what the first left, the rest.
    const firstFailed = (await readFile(path(`out/${run}/1/failed.csv`), "utf8")).replace(
      "account_b,New,?",
      "account_b,New,",
    );
    await writeFile(path("r1.csv"), firstFailed);
    const one = /^run (\S+)/m.exec((await tieout("run", "./job.ts", "--file", "r1.csv")).out)?.[1] ?? "";
    expect((await tieout("runs")).out).to.match(new RegExp(`^${one} .*; its rows are those of ${run}$`, "m"));
    await tieout("rerun", run, "--only", "refused");
    const again = JSON.parse((await tieout("runs", "--limit", "1", "--output", "json")).out) as { id: string };
    const secondFailed = (await readFile(path(`out/${one}/1/failed.csv`), "utf8"))
      .split("\r\n")
      .filter((line) => !line.startsWith("account_x"))
      .join("\r\n")
      .replace("account_c,New,?", "account_c,New,");
    await writeFile(path("r2.csv"), secondFailed);
    const two = /^run (\S+)/m.exec((await tieout("run", "./job.ts", "--file", "r2.csv")).out)?.[1] ?? "";
    const final = await tieout("results", again.id, "--final", "--to", "final");
    expect(final.code, final.err).to.equal(3);
    expect(final.out.trimEnd().split("\n")).to.deep.equal([
      `the rows of run ${again.id} came from run ${run}; these are the results of that one`,
      `run ${run}: 4 rows; 1 refused, 3 applied; 1 row open`,
      `runs that led there: ${run}, ${one}, ${again.id}, ${two}`,
      /^balanced: 4 rows in, 4 out; the same accounts in and out/.exec(final.out.split("\n")[3] ?? "")?.input,
      `results: ${path(`final/${run}-final.csv`)}`,
    ]);
    expect(await read("final")).to.deep.equal([
      `account_a 2 applied ${run}`,
      `account_x 3 refused ${run}; ${one}; ${again.id}`,
      `account_b 4 applied ${run}; ${one}`,
      `account_c 5 applied ${run}; ${one}; ${two}`,
    ]);
    expect((await tieout("runs")).out).to.match(new RegExp(`^${run} .*; 1 row open$`, "m"));
    // Once the bank has the account, the last row comes right, and so does the run.
    const like = bank.accounts.get("account_a");
    if (like !== undefined) bank.accounts.set("account_x", { ...like, id: "account_x" });
    await tieout("rerun", again.id, "--only", "refused");
    const all = await tieout("results", run, "--final");
    expect(all.code, all.err).to.equal(0);
    const done = JSON.parse((await tieout("runs", "--limit", "1", "--output", "json")).out) as { id: string };
    expect((await tieout("runs")).out).to.match(new RegExp(`^${run} .*; done by run ${done.id}$`, "m"));
  });

  it("calls a run done by no other while a row of it is wrong that a later file has overtaken", async () => {
    const { run } = await night("1", "account_x,New,", "account_b,New,?");
    const failed = await readFile(path(`out/${run}/1/failed.csv`), "utf8");
    await writeFile(path("r1.csv"), failed.replace("account_b,New,?", "account_b,New,"));
    await tieout("run", "./job.ts", "--file", "r1.csv");
    const later = await night("2", "account_x,Newer,");
    const { out } = await tieout("runs");
    expect(out).to.match(new RegExp(`^${later.run} .*; 1 row open$`, "m"));
    expect(out).to.match(new RegExp(`^${run} .*; no row open$`, "m"));
  });

  itWhole("never has the words of a run that has not ended for its last ones", async () => {
    await writeFile(path("in/1.csv"), "account_id,product_name\naccount_a,New\naccount_b,New\n");
    const { code, out } = await tieout("run", "./job.ts", "--limit", "1");
    expect(code, out).to.equal(6);
    const final = await tieout("results", "last", "--final");
    expect(final.code, final.err).to.equal(6);
    expect(final.out).to.match(
      /^not finished: run (\S+) has not ended, so these words may change; to continue it, type: npx tieout resume \1$/m,
    );
    const rerun = await tieout("rerun", "last", "--only", "skipped");
    expect([rerun.code, rerun.err.trimEnd().split("\n").at(-1)], rerun.err).to.deep.equal([
      6,
      /^tieout: run \S+ has not ended, and no row that it has ended is skipped \[nothing_to_rerun\]; to continue it, type: npx tieout resume \S+$/.exec(
        rerun.err.trimEnd().split("\n").at(-1) ?? "",
      )?.[0],
    ]);
    const undo = await tieout("undo", "last", "--to", "undone");
    expect(undo.out).to.match(/^not finished: run \S+ has not ended, so what is to undo may change; /m);
    const json = async (...args: string[]) =>
      JSON.parse((await tieout(...args, "--output", "json")).out) as { readonly finished: boolean };
    expect((await json("verify", "last")).finished).to.equal(false);
    await tieout("resume", "last");
    expect((await json("verify", "last")).finished).to.equal(true);
    const whole = await tieout("results", "last", "--final");
    expect([whole.code, whole.out.includes("not finished")], whole.err).to.deep.equal([0, false]);
  });
});
