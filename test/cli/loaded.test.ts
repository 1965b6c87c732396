/** What a command loads: the packages that it needs, and none that take longer to load than the command to run. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";

const COMMAND = fileURLToPath(new URL("../../bin/tieout.js", import.meta.url));
const NOTE_LOADED = new URL("note-loaded.ts", import.meta.url).href;

describe("a command loads only what it needs:", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-loaded-"));
    await writeFile(join(folder, "a.csv"), "account_id,product_name\naccount_1,New\n");
    await using _ = await openSqliteLedger(join(folder, "ledger.sqlite"), { begins: "in its folder" });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** The npm packages of which a command that succeeds loads anything. */
  function packagesOf(...args: readonly string[]): readonly string[] {
    const { status, stderr, output } = spawnSync(process.execPath, ["--import", NOTE_LOADED, COMMAND, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, TIEOUT_LEDGER: join(folder, "ledger.sqlite") },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      encoding: "utf8",
    });
    expect(status, stderr).to.equal(0);
    expect(output[3]).to.contain(COMMAND);
    const places = (output[3] ?? "").matchAll(/\/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//g);
    return [...new Set([...places].map(([, name = ""]) => name))].sort();
  }

  it("--version needs no package", () => {
    expect(packagesOf("--version")).to.deep.equal([]);
  });

  for (const name of ["help", "codes", "runs"])
    it(`${name} needs the command line's`, () => {
      expect(packagesOf(name)).to.deep.equal(["commander"]);
    });

  it("validate needs those for CSV and for a job, and neither a bank's, a bucket's nor a plan's", () => {
    expect(packagesOf("validate", "a.csv")).to.deep.equal(["commander", "csv-parse", "csv-stringify", "zod"]);
  });
});
