/** `tieout rerun --accept` from outside: the command that the summary prints works as it is, and what is not meant is refused. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const CSV = [
  "client_account_id,capabilities,account_holders,product_name",
  "A-1,deposit,entity_ann,Everyday",
  "a-1,deposit,entity_ann,Everyday",
  "",
].join("\n");

describe("tieout rerun --accept", () => {
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-rerun-"));
    bank = await startSandbox({ seed: { entities: [{ id: "entity_ann" }] } });
    env = {
      TIEOUT_LEDGER: path("ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    const settings = `source: { folder: ${JSON.stringify(path("in"))} }, results: { folder: ${JSON.stringify(path("out"))} }`;
    const job = `defineJob({ name: "near", ${settings} })`;
    await writeFile(path("job.ts"), `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default ${job};\n`);
    await writeFile(path("file.csv"), CSV);
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  itWhole("releases what the summary's next line names, and summary and explain show who accepted what", async () => {
    const held = await runTieout(["run", path("job.ts"), "--file", path("file.csv")], env);
    expect(held.code, held.err).to.equal(4);
    const [, command = ""] = /^ {2}npx tieout (rerun .*?) {3}#/m.exec(held.out) ?? [];
    expect(command).to.match(/^rerun \S+ --only held --accept key_near_known --reason "…"$/);
    const args = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");
    const released = await runTieout(args, env);
    expect(released.code, released.err).to.equal(0);
    expect(released.out).to.contain("2 applied").and.contain("accepted: key_near_known (…)");
    expect(bank.accounts.size).to.equal(2);
    const explained = await runTieout(["explain", "last", "--row", "2"], env);
    expect(explained.out).to.match(/accepted\n {2}key_near_known: …/);
    const origin = await runTieout(["explain", args[1] ?? "", "--row", "2"], env);
    expect(origin.out).to.contain(`tieout rerun ${args[1]} --only held --accept key_near_known --reason "…"`);
  });

  const refused: readonly [string, readonly string[], RegExp][] = [
    [
      "a code that nobody can accept",
      ["--accept", "guard", "--reason", "x"],
      /does not take "guard".*it takes key_near_known/,
    ],
    ["no code at all", ["--accept", "", "--reason", "x"], /--accept is empty/],
    ["no reason", ["--accept", "key_near_known"], /--accept is given without --reason/],
    ["a blank reason", ["--accept", "key_near_known", "--reason", " "], /--reason is empty/],
    [
      "other words",
      ["--only", "invalid", "--accept", "key_near_known", "--reason", "x"],
      /releases only held rows.*--only held --accept key_near_known/,
    ],
    ["a reason for nothing", ["--reason", "x"], /--reason is given without --accept/],
  ];
  for (const [what, flags, says] of refused) {
    it(`refuses ${what}, before it looks at anything`, async () => {
      const { code, err } = await runTieout(["rerun", "last", ...flags], env);
      expect(code).to.equal(2);
      expect(err).to.match(says).and.contain("[usage]");
    });
  }
});
