/** What a command loads: the packages that it needs, and none that take longer to load than the command to run. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";
import { loadedPackages } from "../support/loaded-packages.ts";

/** Winston, with what it brings along. */
const WINSTON = [
  ...["@dabh/diagnostics", "@so-ric/colorspace", "async", "enabled", "fecha", "fn.name", "inherits", "is-stream"],
  ...["kuler", "logform", "one-time", "readable-stream", "safe-stable-stringify", "stack-trace", "triple-beam"],
  ...["util-deprecate", "winston", "winston-transport"],
];
/** Throws in place of winston. */
const WITHOUT_WINSTON = `data:text/javascript,
  import { registerHooks } from "node:module";
  registerHooks({
    resolve(name, context, next) {
      if (name === "winston") throw new TypeError("replaced");
      return next(name, context);
    },
  });`;

const COMMAND = fileURLToPath(new URL("../../bin/tieout.js", import.meta.url));

describe("a command loads only what it needs:", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-loaded-"));
    await writeFile(join(folder, "a.csv"), "account_id,product_name\naccount_1,New\n");
    await using _ = await openSqliteLedger(join(folder, "ledger.sqlite"), { begins: "in its folder" });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const ledger = () => ({ TIEOUT_LEDGER: join(folder, "ledger.sqlite") });
  const packagesOf = (args: readonly string[], env: Readonly<Record<string, string>> = {}, code = 0) =>
    loadedPackages([COMMAND, ...args], folder, { ...ledger(), ...env }, code);

  it("--version needs no package", () => {
    expect(packagesOf(["--version"])).to.deep.equal([]);
  });

  for (const name of ["help", "codes", "runs"])
    it(`${name} needs the command line's`, () => {
      expect(packagesOf([name])).to.deep.equal(["commander"]);
    });

  const OF_VALIDATE = ["commander", "csv-parse", "csv-stringify", "zod"];
  it("validate needs those for CSV, for a job and for the log, and neither a bank's, a bucket's nor a plan's", () => {
    expect(packagesOf(["validate", "a.csv"])).to.deep.equal([...OF_VALIDATE, ...WINSTON].sort());
  });

  it("nor the log's when all that it logs is below the level", () => {
    expect(packagesOf(["validate", "a.csv"], { TIEOUT_LOG_LEVEL: "warn" })).to.deep.equal(OF_VALIDATE);
  });

  it("a parser only for a job that is not valid", async () => {
    const job = (attempts: number) =>
      `export default { name: "x", source: { folder: "." }, results: { folder: "out" }, attempts: ${attempts} };\n`;
    await writeFile(join(folder, "good.mjs"), job(5));
    expect(packagesOf(["plan", "good.mjs"], {}, 2))
      .to.include("zod")
      .and.not.include("acorn");
    await writeFile(join(folder, "bad.mjs"), job(0));
    expect(packagesOf(["plan", "bad.mjs"], {}, 2)).to.include("acorn");
  });

  it("a log that cannot be loaded is reported once, by exit code too", () => {
    const args = ["--import", WITHOUT_WINSTON, COMMAND, "validate", "a.csv", "--output", "json"];
    const env = { PATH: process.env.PATH, ...ledger() };
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
    expect(status, stderr).to.equal(1);
    expect(stderr)
      .to.match(/^tieout: internal error: TypeError at [^\n]+\n$/)
      .and.not.contain("canary");
  });
});
