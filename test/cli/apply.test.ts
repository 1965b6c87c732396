/** `tieout apply` from outside: the command that a plan prints works as it is, and what is refused says in one line what to type. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const CSV = "account_id,product_name\naccount_1,New\naccount_2,New\n";

describe("tieout apply", () => {
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);
  const writeJob = (more = "") =>
    writeFile(
      path("job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "applied", source: { folder: "in" }, results: { folder: "out" }, ${more} });\n`,
    );
  const tieout = (...args: readonly string[]) => runTieout(args, env, folder);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-apply-"));
    bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }, { id: "account_2" }] } });
    env = {
      TIEOUT_LEDGER: path("ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    await mkdir(path("in"));
    await writeFile(path("in/a.csv"), CSV);
    await writeJob();
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it("makes a plan's calls by the command that the plan prints, and is refused with 7 after that", async () => {
    const planned = await tieout("plan", "./job.ts");
    expect(planned.out, planned.err).to.match(/^plan hash [0-9a-f]{64}$/m);
    const [, id = ""] = /^ {2}npx tieout apply (\S+) {3}# makes the calls of this plan: /m.exec(planned.out) ?? [];
    const applied = await tieout("apply", id);
    expect(applied.code, applied.err).to.equal(0);
    expect(applied.out).to.contain("2 applied").and.contain(`applies plan ${id}, hash `);
    const again = await tieout("apply", id);
    expect(again.code).to.equal(7);
    const [, run = ""] = /^run (\S+)/.exec(applied.out) ?? [];
    const says = `tieout: the plan ${id} was applied already, by run ${run}, which ended 0 [plan_applied]; `;
    expect(again.err).to.contain(`${says}to see what became of it, type: npx tieout report ${run}\n`);
    expect(bank.effects).to.have.length(2);
    expect((await tieout("run", "./job.ts")).out, "its file counts as run").to.contain("no new file");
  });

  itWhole("is refused after a setting of the job has changed, with the command that makes the plan anew", async () => {
    const planned = await tieout("plan", "./job.ts");
    const [, id = ""] = /^plan (\S+)/.exec(planned.out) ?? [];
    await writeJob('guards: "off"');
    const refused = await tieout("apply", id);
    expect(refused.code, refused.err).to.equal(7);
    const [, command = ""] = /\[plan_outdated\]; to make a new plan, type: npx tieout (.*)$/m.exec(refused.err) ?? [];
    const anew = await tieout(...command.split(" "));
    expect(anew.code, anew.err).to.equal(0);
    expect(anew.out).to.contain("tieout apply");
    expect(bank.effects).to.deep.equal([]);
  });

  itWhole("takes nothing but a plan", async () => {
    await tieout("run", "./job.ts");
    const { code, err } = await tieout("apply", "last");
    expect(code).to.equal(2);
    expect(err).to.match(/is no plan: only a plan is applied \[usage\]; to make one, type: npx tieout plan \S+job\.ts/);
  });
});
