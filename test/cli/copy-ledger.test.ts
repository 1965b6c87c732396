/** tieout ledger copy: what it prints, what it refuses in one line, and a run that begins in one ledger and ends in the other. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { ledgerFor, openTestLedger } from "../support/test-ledger.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const ACCOUNTS = [1, 2, 3].map((n) => `account_${n}`);

describe("tieout ledger copy", () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  const copy = (from: string, to: string) => runTieout(["ledger", "copy", from, to], {}, folder);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-copy-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("prints each table with its rows and digest, and what to set", async () => {
    await (await openTestLedger(at("ledger.sqlite")))[Symbol.asyncDispose]();
    const { code, out, err } = await copy(ledgerFor(at("ledger.sqlite")), "new.sqlite");
    expect([code, err]).to.deep.equal([0, ""]);
    expect(out).to.match(
      /^table +rows +sha256\nabsent_accounts +0 +e3b0c44298fc\naccepted +0 +e3b0c44298fc\naccounts +0 +e3b0c44298fc\n/,
    );
    const [to, end] = [at("new.sqlite"), out.trimEnd().split("\n").slice(-2)];
    // The copying itself is an entry of the audit trail, which has a head.
    expect(end[0])
      .to.match(/^\d+ tables and 2 rows are the same in /)
      .and.to.satisfy((line: string) => line.endsWith(to));
    expect(end[1])
      .to.match(/ is only read from now on; set TIEOUT_LEDGER to /)
      .and.to.satisfy((line: string) => line.endsWith(to));
  });

  const refused: readonly (readonly [what: string, from: string, to: string, line: RegExp])[] = [
    ["a ledger that is not there", "none.sqlite", "new.sqlite", /there is no ledger at \S+none\.sqlite \[no_ledger\]/],
    ["a ledger onto itself", "a.sqlite", "./a.sqlite", /cannot be copied to itself \[usage\]/],
    [
      "a URL of another program",
      "a.sqlite",
      "mysql://us:canary@host/x",
      /the place to copy to is a URL, and not one of PostgreSQL/,
    ],
    ["a URL without a database", "postgres://us:canary@host", "a.sqlite", /the ledger to copy names no database/],
    ["a folder", "a.sqlite", "folder/", /the place to copy to is a folder/],
  ];
  for (const [what, from, to, line] of refused)
    it(`refuses ${what} in one line, and makes nothing`, async () => {
      const { code, out, err } = await copy(from, to);
      expect([code, out]).to.deep.equal([2, ""]);
      expect(err)
        .to.match(line)
        .and.match(/^tieout: [^\n]*\n$/)
        .and.not.contain("canary");
      expect(await readdir(folder)).to.deep.equal([]);
    });

  itWhole("moves an unfinished run, which is resumed in the new ledger and refused in the old one", async () => {
    await using bank = await startSandbox({ seed: { accounts: ACCOUNTS.map((id) => ({ id })) } });
    await mkdir(at("in"));
    await writeFile(at("in/a.csv"), `account_id,product_name\n${ACCOUNTS.map((id) => `${id},New\n`).join("")}`);
    await writeFile(
      at("job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "job", source: { folder: "in" }, results: { folder: "out" } });\n`,
    );
    const env = { LEAD_API_URL: bank.url, LEAD_CLIENT_ID: bank.clientId, LEAD_CLIENT_SECRET: bank.clientSecret };
    const tieout = (ledger: string, ...args: readonly string[]) =>
      runTieout(args, { ...env, TIEOUT_LEDGER: ledger }, folder);
    const [old, moved] = [at("old.sqlite"), at("moved.sqlite")];
    expect((await tieout(old, "run", "./job.ts", "--limit", "1")).code).to.equal(6);
    expect((await copy(ledgerFor(old), ledgerFor(moved))).code).to.equal(0);
    for (const args of [
      ["run", "./job.ts"],
      ["resume"],

      ["abandon", "last", "--reason", "why"],
    ]) {
      const { code, err } = await tieout(old, ...args);
      expect(code, args.join(" ")).to.equal(2);
      expect(err).to.match(
        /tieout: this ledger was moved to \S+, and nothing more is written here \[ledger_moved\]; set TIEOUT_LEDGER to /,
      );
    }
    expect((await tieout(old, "runs")).out).to.contain("waits for a person");
    expect((await tieout(old, "explain", "last", "--row", "2")).code).to.equal(0);
    expect(bank.effects).to.have.length(1);
    const resumed = await tieout(moved, "resume");
    expect(resumed.code, resumed.err).to.equal(0);
    expect(bank.effects).to.have.length(3);
    expect((await tieout(moved, "run", "./job.ts")).code).to.equal(0);
    expect(bank.writes).to.have.length(3);
  });
});
