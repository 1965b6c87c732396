/**
 * The outputs that docs/ shows are what the command prints today: the pages' own commands are run, on the sandbox that
 * they start. Run ids, folders and times are left out of the comparison.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { startSandbox } from "../src/sandbox/start-sandbox.ts";
import { parseSeed } from "../src/sandbox/state/parse-seed.ts";
import { linesOf, shown } from "./support/doc-pages.ts";
import { describeWhole } from "./support/extent.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

describeWhole("the outputs that docs/ shows", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-docs-"));
    for (const name of ["jobs", "samples"]) await symlink(join(ROOT, name), join(folder, name));
    const seed = parseSeed(await readFile(join(ROOT, "samples/seed.json"), "utf8"), "seed.json");
    sandbox = await startSandbox({ seed });
    const { url, clientId, clientSecret } = sandbox;
    env = { PATH: process.env.PATH, LEAD_API_URL: url, LEAD_CLIENT_ID: clientId, LEAD_CLIENT_SECRET: clientSecret };
  });
  afterEach(async () => {
    await sandbox[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function tieout(...args: readonly string[]): Promise<string> {
    const child = spawn(process.execPath, [join(ROOT, "bin/tieout.js"), ...args], { cwd: folder, env });
    child.stderr.resume();
    return text(child.stdout);
  }

  it("are those of a plan, of a first run, of the list of runs and of a row that is explained", async () => {
    const [, firstRun] = await shown("getting-started.md");
    const [runs, explained = []] = await shown("repairing.md");
    const [page = []] = await shown("migration-weekend.md");
    const plan = linesOf(await tieout("plan", "migration-load", "--file", "samples/accounts.csv"));
    expect(plan.slice(0, page.length)).to.deep.equal(page);
    const run = await tieout("run", "migration-load", "--file", "samples/accounts.csv");
    expect(linesOf(run)).to.deep.equal(firstRun);
    expect(linesOf(await tieout("runs"))).to.deep.equal(runs);
    const [, id = ""] = run.split(" ");
    expect(linesOf(await tieout("explain", id, "--row", "10"))).to.include.members(explained);
  });

  it("are those of a rehearsal, the faults apart", async () => {
    const [rehearsed = []] = await shown("faults-and-rehearsal.md");
    const flags = ["--file", "samples/accounts.csv", "--faults", "samples/faults.json"];
    expect(linesOf(await tieout("rehearse", "migration-load", ...flags)).at(-1)).to.equal(rehearsed.at(-1));
  });
});
