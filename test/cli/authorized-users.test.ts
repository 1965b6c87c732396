/**
 * The Authorized Users file from outside: what validate, run, explain, verify and undo print of it.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { fileOfUsers, SEED_OF_USERS, usersOf } from "../scenarios/users-of-a-bank.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;

describe("the Authorized Users file on the command line", function () {
  this.timeout(120_000);
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);
  const tieout = (...args: string[]) => runTieout(args, env, folder);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-users-"));
    bank = await startSandbox({ seed: SEED_OF_USERS });
    env = {
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
      TIEOUT_LEDGER: path("ledger.sqlite"),
    };
    await mkdir(path("in"));
    await writeFile(
      path("job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};
export default defineJob({ name: "users", source: { folder: "in" }, results: { folder: "out" } });\n`,
    );
    const rows = fileOfUsers(
      ["cust-p5", "core-1", "active"],
      ["entity_p0", "core-1", "inactive"],
      ["entity_p1", "core-1", "active"],
      ["entity_p1", "core-9", "active"],
    );
    await writeFile(path("in/users.csv"), rows);
  });

  after(async () => {
    await bank.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("is named in the line reading:, and each row ends with its own word", async () => {
    const validated = await tieout("validate", "job.ts");
    expect(validated.err).to.contain(
      "authorized_users layout, pipe, LF line ends, UTF-8, header in row 1, each row adds",
    );
    expect(validated.code).to.equal(0);
    const { out, code } = await tieout("run", "job.ts");
    expect(out).to.contain("2 applied").and.to.contain("1 unchanged").and.to.contain("1 refused");
    expect(out).to.contain("operations: 1 add_relationships applied, 1 remove_relationship applied");
    expect(code).to.equal(3);
    expect(usersOf(bank, 1)).to.deep.equal(["entity_p1", "entity_p5"]);
  });

  it("is explained, verified and taken back by user", async () => {
    const explained = await tieout("explain", "last", "--row", "2");
    expect(explained.out).to.match(/users +\[\{"id":"cust-p5","status":"active"\}\]/);
    const verified = await tieout("verify", "last");
    expect(verified.out).to.contain("1 not verified (skipped), 3 as left (unchanged)");
    const undone = await tieout("undo", "last", "--to", "back");
    expect(undone.out).to.match(/^undo of run \S+: 2 users of 1 account in /);
    expect(await readFile(path("back/undo.csv"), "utf8")).to.match(/^entity_p0,core-1,active,/m);
    const { code } = await tieout("run", "job.ts", "--file", "back/undo.csv");
    expect(code).to.equal(0);
    expect(usersOf(bank, 1)).to.deep.equal(["entity_p0", "entity_p1"]);
  });
});
