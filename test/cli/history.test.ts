/**
 * One account and one code over several runs, from outside: `explain`, `history` and `runs`, with what they print and their exit codes.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;

describe("tieout, looking through runs", function () {
  this.timeout(120_000);
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);
  const tieout = (...args: string[]) => runTieout(args, env, folder);
  const jsonOf = async (...args: string[]) =>
    (await tieout(...args, "--output", "json")).out
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-history-"));
    const accounts = [1, 2, 3, 4, 5].map((n) => ({
      id: `account_${n}`,
      client_account_id: `Core-00${n}`,
      details: { product_name: "Old" },
    }));
    bank = await startSandbox({ seed: { accounts } });
    const { url: LEAD_API_URL, clientId: LEAD_CLIENT_ID, clientSecret: LEAD_CLIENT_SECRET } = bank;
    env = { TIEOUT_LEDGER: path("ledger.sqlite"), LEAD_API_URL, LEAD_CLIENT_ID, LEAD_CLIENT_SECRET };
    const places = `source: { folder: "in" }, results: { folder: "out" }`;
    const job = `defineJob({ name: "look", ${places} })`;
    await writeFile(path("job.ts"), `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default ${job};\n`);
    await writeFile(path("one.csv"), "client_account_id,product_name\nCore-001,First\nCore-002,First\n");
    const bad = [1, 2, 3, 4, 5].map((n) => `account_${n},Second,1.5`);
    await writeFile(path("two.csv"), ["account_id,product_name,limit", ...bad, "account_1,Third,", ""].join("\n"));
    expect((await tieout("run", "./job.ts", "--file", "one.csv")).code).to.equal(0);
    expect((await tieout("run", "./job.ts", "--file", "two.csv")).code).to.equal(3);
  });
  after(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it("shows all runs' rows of an account by either id, latest first, with calls and request ids", async () => {
    const byAccount = await jsonOf("history", "account_1");
    expect(byAccount.map(({ row, word }) => `${row} ${word}`)).to.deep.equal(["2 invalid", "7 applied", "2 applied"]);
    expect(await jsonOf("history", "Core-001")).to.deep.equal(byAccount);
    const ids = bank.writes.flatMap(({ path: of, requestId }) => (of.endsWith("account_1") ? [requestId] : []));
    const kept = byAccount.flatMap(({ operations }) =>
      (operations as { requestId: string }[]).map((one) => one.requestId),
    );
    expect(kept).to.deep.equal(ids.toReversed());
    const { out } = await tieout("history", "account_1", "--limit", "2");
    expect(out).to.contain("product_name: First → Third").and.contain(`request id ${ids[1]}`);
    expect(out).to.match(/and more: raise --limit 2, or give --since\n$/);
  });

  it("suggests ids that are nearly the same, and shows no id in the line that it ends with", async () => {
    const { code, out, err } = await tieout("history", "core-001");
    expect([code, out]).to.deep.equal([
      2,
      'the ledger knows "Core-001", which differs only in letter case, blanks, width or leading zeros\n',
    ]);
    expect(err)
      .to.match(/^tieout: .*no row about that account.*\[row_not_found\]/)
      .and.not.contain("ore-");
    const near = await jsonOf("explain", "last", "--account", "core-002");
    expect(near).to.deep.equal([{ format: 1, event: "near", ids: ["Core-002"] }]);
  });

  it("explains the rows of an account, and the first ones with a code, and counts the others", async () => {
    const one = await jsonOf("explain", "last", "--account", "Core-001");
    expect(one.map(({ event, row, word }) => [event, row, word])).to.deep.equal([
      ["explanation", 2, "invalid"],
      ["explanation", 7, "applied"],
    ]);
    const some = await jsonOf("explain", "last", "--code", "money_malformed");
    expect(some.map(({ event, row, rows }) => [event, row ?? rows].slice(0, event === "more" ? 1 : 2))).to.deep.equal([
      ["explanation", 2],
      ["explanation", 3],
      ["explanation", 4],
      ["more"],
    ]);
    expect((await tieout("explain", "last", "--code", "money_malformed")).out).to.match(/\nand 2 more rows\n$/);
  });

  for (const [args, code] of [
    [["explain", "last"], "usage"],
    [["explain", "last", "--row", "2", "--code", "guard"], "usage"],
    [["explain", "last", "--code", "guarde"], "did you mean guard"],
    [["explain", "last", "--code", "guard"], "row_not_found"],
    [["explain", "last", "--row", "99"], "row_not_found"],
    [["explain", "last", "--account", "account_9"], "row_not_found"],
    [["history", "account_9"], "row_not_found"],
    [["history", "account_1", "--since", "2999-01-01"], "row_not_found"],
    [["history", "account_1", "--since", "yesterday"], "usage"],
    [["runs", "--since", "2026-02-30"], "usage"],
  ] as const)
    it(`ends ${args.join(" ")} with one line: ${code}`, async () => {
      const ended = await tieout(...args);
      expect([ended.code, ended.out]).to.deep.equal([2, ""]);
      expect(ended.err)
        .to.match(/^tieout: [^\n]+; [^\n]+\n$/)
        .and.contain(code);
    });

  it("shows in what two runs differ: by row for one file, else by account", async () => {
    const [latest = "", first = ""] = (await jsonOf("runs")).map(({ id }) => String(id));
    const [counts, ...rows] = await jsonOf("diff", first, latest, "--limit", "1");
    expect(counts).to.deep.include({ by: "account", alike: 0, differing: 2, onlyFirst: 0, onlySecond: 3 });
    expect(rows).to.containSubset([
      { event: "differing", first: { row: 2, word: "applied" }, second: { row: 2, word: "invalid", operations: [] } },
      { event: "more", rows: 1 },
    ]);
    expect((await tieout("rerun", latest, "--only", "applied")).code).to.equal(0);
    const again = await tieout("diff", latest, "last");
    expect(again.code, again.err).to.equal(0);
    expect(again.out).to.match(
      /^compared by row: 0 alike, 1 differ, 5 only in \S+, 0 only in \S+\nrow 7, account_1: applied → unchanged\n/,
    );
    expect(again.out).to.contain("\n  first: product_name: First → Third; patch\n");
    expect((await tieout("diff", latest, latest)).err).to.match(/^tieout: both are run .*\[usage\]/);
  });

  it("lists the runs of a job, since then, and those that failed", async () => {
    const list = async (...flags: string[]) => (await jsonOf("runs", ...flags)).map(({ exit, event }) => exit ?? event);
    expect(await list()).to.deep.equal([0, 3, 0]);
    expect(await list("--failed")).to.deep.equal([3]);
    expect(await list("--job", "look", "--since", "1h", "--limit", "1")).to.deep.equal([0]);
    expect(await list("--since", "2999-01-01")).to.deep.equal(["none"]);
    expect((await tieout("runs", "--since", "2999-01-01")).out).to.equal("no such runs\n");
    const other = await tieout("runs", "--job", "other");
    expect([other.code, other.err]).to.deep.equal([
      2,
      "tieout: the ledger has no run of a job other [run_not_found]; see npx tieout runs, which names the job of each run\n",
    ]);
  });

  it("says of two runs that they are of two banks", async () => {
    const [, before = ""] = /^(\S+)/.exec((await tieout("runs", "--limit", "1")).out) ?? [];
    await using other = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    const { url: LEAD_API_URL, clientId: LEAD_CLIENT_ID, clientSecret: LEAD_CLIENT_SECRET } = other;
    const job = `defineJob({ name: "elsewhere", source: { folder: "in" }, results: { folder: "out" } })`;
    await writeFile(
      path("other.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default ${job};\n`,
    );
    await writeFile(path("other.csv"), "account_id,product_name\naccount_1,First\n");
    const there = { ...env, LEAD_API_URL, LEAD_CLIENT_ID, LEAD_CLIENT_SECRET };
    const { out } = await runTieout(["run", "./other.ts", "--file", "other.csv"], there, folder);
    const [, after = ""] = /^run (\S+)/m.exec(out) ?? [];
    const diff = await tieout("diff", before, after);
    expect(diff.out, diff.err).to.contain(
      `\nthe runs are of two banks, ${bank.url} (program ${bank.clientId}) and ${other.url} (`,
    );
    expect((await tieout("diff", "last", before)).out).to.contain("the runs are of two banks");
  });
});
