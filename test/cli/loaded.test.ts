/** What a command loads: the packages that it needs, and none that take longer to load than the command to run. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";
import { loadedPackages } from "../support/loaded-packages.ts";

const COMMAND = fileURLToPath(new URL("../../bin/tieout.js", import.meta.url));

describe("a command loads only what it needs:", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-loaded-"));
    await writeFile(join(folder, "a.csv"), "account_id,product_name\naccount_1,New\n");
    await using _ = await openSqliteLedger(join(folder, "ledger.sqlite"), { begins: "in its folder" });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const packagesOf = (...args: readonly string[]) =>
    loadedPackages([COMMAND, ...args], folder, { TIEOUT_LEDGER: join(folder, "ledger.sqlite") });

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
