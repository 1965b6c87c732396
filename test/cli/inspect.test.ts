/** The commands that only look, from outside: validate, explain and codes, with what they print and their exit codes. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import { CODES } from "../../src/errors/codes/codes.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const CSV = [
  "account_id,product_name,limit,status,status_reason",
  "account_1,New,,,",
  "account_2,,5.0,,",
  "account_3,A,,,",
  "account_3,B,,,",
  "account_4,,,closed,paid_off",
  "account_5,Same,,,",
  "account_6,x,",
  "",
].join("\n");

describe("tieout, looking", () => {
  let folder: string;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-look-"));
    env = { TIEOUT_LEDGER: path("ledger.sqlite") };
    const settings = `source: { folder: ${JSON.stringify(folder)} }, results: { folder: ${JSON.stringify(path("out"))} }`;
    const job = `defineJob({ name: "look", ${settings}, guards: { close: { max: 0 } } })`;
    await writeFile(path("job.ts"), `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default ${job};\n`);
    await writeFile(path("file.csv"), CSV);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function resultsBelow(place: string) {
    const [run = ""] = await readdir(place);
    const text = await readFile(join(place, run, "1", "results.csv"), "utf8");
    return parse(text, { columns: true }) as Record<string, string>[];
  }

  it("validates a job's newest file without bank and ledger, row by row, contradictions included", async () => {
    const { code, out, err } = await runTieout(["validate", path("job.ts")], env);
    expect(code, err).to.equal(3);
    expect(out).to.contain("4 invalid").and.contain("3 skipped: not_run").and.contain("npx tieout plan ");
    const rows = await resultsBelow(path("out"));
    expect(rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal([
      "skipped not_run",
      "invalid money_malformed",
      "invalid contradiction",
      "invalid contradiction",
      "skipped not_run",
      "skipped not_run",
      "invalid row_ragged",
    ]);
    expect(
      (await readdir(folder)).filter((name) => /ledger|work/.test(name)),
      "nothing is kept",
    ).to.deep.equal([]);
  });

  it("takes no earlier results for the newest file, though its own go elsewhere", async () => {
    await mkdir(path("out/run-0/1"), { recursive: true });
    await writeFile(path("out/run-0/1/results.csv"), "no,header\n");
    const { code, out, err } = await runTieout(["validate", path("job.ts"), "--results", path("judged")], env);
    expect([code, await readdir(path("out"))], err).to.deep.equal([3, ["run-0"]]);
    expect(out).to.contain("7 rows of file.csv").and.contain(path("judged"));
  });

  it("takes a name for that of a job where a folder has it too", async () => {
    await mkdir(path("jobs"));
    await mkdir(path("load"));
    await writeFile(path("load/good.csv"), "account_id,product_name\naccount_1,New\n");
    const places = 'source: { folder: "load" }, results: { folder: "loaded" }';
    const job = new URL("../../src/job.ts", import.meta.url).href;
    await writeFile(
      path("jobs/load.ts"),
      `import { defineJob } from "${job}";\nexport default defineJob({ name: "load", ${places} });\n`,
    );
    const { code, out, err } = await runTieout(["validate", "load"], env, folder);
    expect(code, err).to.equal(0);
    expect(out).to.contain("by load: 1 row of good.csv");
  });

  it("validates a plain file by the default settings, and ends 0 when every row is valid", async () => {
    await writeFile(path("good.csv"), "account_id,product_name\naccount_1,New\n");
    const { code, out, err } = await runTieout(["validate", "good.csv", "--results", "judged"], env, folder);
    expect(code, err).to.equal(0);
    expect(err).to.contain("no job is given");
    expect(out).to.contain("1 skipped: not_run").and.contain(join(folder, "judged"));
    expect(await resultsBelow(path("judged"))).to.have.length(1);
  });

  itWhole("rejects a broken file with one line and exit 7, and a missing one with exit 2", async () => {
    await writeFile(path("bad.csv"), "acount_id,product_name\naccount_1,New\n");
    const bad = await runTieout(["validate", path("job.ts"), "--file", path("bad.csv")], env);
    expect([bad.code, bad.out.trim().split("\n").length]).to.deep.equal([7, 1]);
    expect(bad.out).to.contain("header_column_unknown").and.contain("did you mean");
    const missing = await runTieout(["validate", path("none.csv")], env);
    expect([missing.code, missing.out]).to.deep.equal([2, ""]);
    expect(missing.err).to.contain("source_not_found");
  });

  itWhole("explains rows from their cells to their outcome", async () => {
    const accounts = [1, 2, 3, 4, 5].map((n) => ({ id: `account_${n}`, details: { product_name: "Same" } }));
    await using bank = await startSandbox({ seed: { accounts } });
    const { url: LEAD_API_URL, clientId: LEAD_CLIENT_ID, clientSecret: LEAD_CLIENT_SECRET } = bank;
    const run = await runTieout(["run", path("job.ts")], { ...env, LEAD_API_URL, LEAD_CLIENT_ID, LEAD_CLIENT_SECRET });
    expect(run.code, run.err).to.equal(4);
    const requests = bank.requests.length;
    const explain = async (row: number, ...flags: string[]) =>
      runTieout(["explain", "last", "--row", String(row), ...flags], env);

    const applied = await explain(2);
    expect(applied.code, applied.err).to.equal(0);
    for (const part of [
      "row 2 of run",
      "account_id    account_1",
      "(3 more are empty)",
      '"product_name": "Same"',
      "product_name: Same → New",
      "guard\n  passed",
      "1 patch: applied, HTTP 200 after 1 sent",
      `, the bank's request id ${bank.writes.find(({ path }) => path.endsWith("account_1"))?.requestId}\n`,
      '{"details":{"product_name":"New"}}',
      "outcome\n  applied",
    ])
      expect(applied.out).to.contain(part);

    const invalid = (await explain(3)).out;
    expect(invalid)
      .to.contain("none: the row is invalid")
      .and.contain("money_malformed in limit")
      .and.contain(CODES.money_malformed.todo);
    expect((await explain(4)).out)
      .to.contain("row 4 of run")
      .and.contain("contradiction");
    const held = (await explain(6)).out;
    expect(held)
      .to.contain("guard\n  held: guard close: the plan has 1 close operation")
      .and.contain("close: skipped, not sent");
    expect((await explain(7)).out)
      .to.contain("agreed with every value of the row")
      .and.contain("outcome\n  unchanged");
    expect((await explain(8)).out)
      .to.contain("could not be split into cells")
      .and.contain("row_ragged");

    const none = await runTieout(["report", "2026-no"], env);
    expect([none.code, none.err]).to.deep.equal([
      2,
      "tieout: the ledger has no run 2026-no [run_not_found]; see npx tieout runs\n",
    ]);

    const json = JSON.parse((await explain(2, "--output", "json")).out) as Record<string, unknown>;
    expect(json).to.deep.include({
      event: "explanation",
      row: 2,
      word: "applied",
      values: { account_id: "account_1", product_name: "New" },
    });
    const missing = await explain(99);
    expect([missing.code, missing.out]).to.deep.equal([2, ""]);
    expect(missing.err).to.contain("row_not_found");
    expect(bank.requests, "the bank is not asked").to.have.length(requests);
  });

  itWhole("lists the codes, tells all of one, and helps with a misspelt one", async () => {
    const all = await runTieout(["codes"], env);
    expect(all.out.trim().split("\n")).to.have.length(Object.keys(CODES).length);
    const one = await runTieout(["codes", "limit_above_max"], env);
    expect(one.out).to.contain(CODES.limit_above_max.meaning).and.contain("fixed by: whoever writes the file");
    const { fixedBy, ...guard } = CODES.guard;
    const json = await runTieout(["codes", "guard", "--output", "json"], env);
    expect(JSON.parse(json.out)).to.deep.equal({ format: 1, event: "code", code: "guard", ...guard, mends: fixedBy });
    const misspelt = await runTieout(["codes", "limit_above_maxx"], env);
    expect([misspelt.code, misspelt.out]).to.deep.equal([2, ""]);
    expect(misspelt.err).to.contain("did you mean limit_above_max?");
  });
});
