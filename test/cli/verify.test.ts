/**
 * `tieout verify` from outside: it finds what is no longer as a run left it, and changes nothing.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;

describe("tieout verify", function () {
  this.timeout(60_000);
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);
  const tieout = (...args: string[]) => runTieout(args, env, folder);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-verify-"));
    bank = await startSandbox({ seed: { accounts: ["a", "b", "c", "d"].map((id) => ({ id: `account_${id}` })) } });
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

  async function night(name: string, ...lines: readonly string[]): Promise<string> {
    await writeFile(path(`in/${name}.csv`), ["account_id,product_name", ...lines, ""].join("\n"));
    return /^run (\S+)/m.exec((await tieout("run", "./job.ts")).out)?.[1] ?? "";
  }
  async function verified(run: string) {
    const rows = parse(await readFile(path(`${run}-verified.csv`), "utf8"), { columns: true }) as Record<
      string,
      string
    >[];
    return rows.map((row) =>
      ["account_id", "result", "result_code", "result_column", "result_changes"].map((name) => row[name]).join(" "),
    );
  }

  itWhole("says what is as left, changed since and by which run, or missing, and sends nothing but reads", async () => {
    const run = await night("1", ...["a", "b", "c", "d", "x"].map((id) => `account_${id},New`));
    const before = bank.requests.length;
    const first = await tieout("verify", run);
    expect(first.code, first.err).to.equal(0);
    expect(first.out).to.match(
      /^verified run \S+: 5 rows; 1 not verified \(skipped\), 4 as left \(unchanged\)\nbalanced: 5 rows in, 5 out/,
    );
    expect(bank.requests.slice(before).filter(({ method }) => method !== "GET" && method !== "POST")).to.deep.equal([]);
    const posts = bank.requests.slice(before).filter(({ method }) => method === "POST");
    expect(posts.every(({ path: at }) => at.includes("token"))).to.equal(true);
    const account = bank.accounts.get("account_b");
    if (account?.details !== undefined) account.details = { ...account.details, product_name: "By hand" };
    bank.accounts.delete("account_c");
    const later = await night("2", "account_d,Later");
    const second = await tieout("verify", run.slice(0, -2), "--to", ".");
    expect(second.code, second.err).to.equal(3);
    expect(await verified(run)).to.deep.equal([
      "account_a unchanged   ",
      "account_b refused changed_since product_name product_name: By hand → New",
      "account_c refused missing  ",
      "account_d refused changed_since product_name product_name: Later → New",
      "account_x skipped not_verified  ",
    ]);
    const text = await readFile(path(`${run}-verified.csv`), "utf8");
    expect(text)
      .to.contain(`run ${later} has changed it since`)
      .and.contain("no run of this ledger has changed it since");
    const json = JSON.parse((await tieout("verify", run, "--output", "json")).out) as object;
    expect(json).to.deep.include({ event: "verified_run", run, rows: 5 });
    // The ledger is as it was: the run's own results are the same.
    expect((await tieout("runs")).out).to.contain(`${run}  run  nightly  1.csv  ended 3`);
  });

  itWhole("says in one line what it cannot verify", async () => {
    const first = await night("1", "account_a,New");
    await tieout("plan", "./job.ts", "--file", "in/1.csv");
    const refusals: readonly (readonly [readonly string[], RegExp])[] = [
      [["verify", "last"], /has sent nothing that could be verified \[usage\]/],
      [
        ["verify", first.slice(0, -2), "--to", "in/1.csv"],
        /-verified\.csv cannot be written in \S+ \(E\w+\) \[results_unwritable\]; make room, or name another folder with --to$/,
      ],
      [
        ["results", first, "--final", "--to", "in/1.csv"],
        /-final\.csv cannot be written in \S+ \(E\w+\) \[results_unwritable\]; make room, or name another/,
      ],
      [["verify", "never"], /the ledger has no run never \[run_not_found\]/],
    ];
    for (const [args, line] of refusals) {
      const ended = await tieout(...args);
      expect(ended.code).to.equal(2);
      expect(ended.err.trimEnd().split("\n").at(-1)).to.match(line);
    }
  });
});
