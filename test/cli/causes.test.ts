/** `tieout causes`, `rerun --cause` and `bundle` from outside: what is printed can be typed, and no cell is in it. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const SCHEMA = new URL("../../docs/schemas/output-1.json", import.meta.url);
const IDS = ["account_Canary1", "account_Canary2", "account_Canary3"];
const CSV = [
  "account_id,product_name,limit",
  ...IDS.map((id, index) => `${id},Canary Zoë,${index === 2 ? "5.0.Canary" : ""}`),
  "",
];

describe("tieout causes", () => {
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);
  const tieout = (...args: readonly string[]) => runTieout([...args], env, folder);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-causes-"));
    bank = await startSandbox({ seed: { accounts: IDS.map((id) => ({ id })) } });
    env = { LEAD_API_URL: bank.url, LEAD_CLIENT_ID: bank.clientId, LEAD_CLIENT_SECRET: bank.clientSecret };
    const settings = 'source: { folder: "in" }, results: { folder: "out" }, attempts: 1';
    const job = `defineJob({ name: "causes", ${settings} })`;
    await writeFile(path("job.ts"), `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default ${job};\n`);
    await writeFile(path("file.csv"), CSV.join("\n"));
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  itWhole("shows what the summary shows; the rows of one are run again, and bundled for the bank, once", async () => {
    bank.failNext("429", 10, ({ method }) => method === "PATCH");
    const ran = await tieout("run", "./job.ts", "--file", "file.csv");
    expect(ran.code, ran.err).to.equal(3);
    const shown = await tieout("causes", "last");
    expect([shown.code, shown.err], shown.out).to.deep.equal([0, ""]);
    const [heading = "", ...rest] = shown.out.split("\n");
    expect(heading).to.match(
      /^run (\S+): 2 causes; a row and its message are shown by: npx tieout explain \1 --row 2$/,
    );
    expect(ran.out).to.contain(rest.join("\n"));
    expect(shown.out).to.match(
      /1\. 2 failed: bank_rate_limited .*\n {5}rows 2, 3; operator: .*\n {5}npx tieout rerun \S+ --cause 1\n/,
    );
    expect(shown.out).to.match(/2\. 1 invalid: money_malformed in limit\n {5}row 4; source data: .*\n$/);
    for (const text of [ran.out, ran.err, shown.out]) expect(text).to.not.match(/canary/i);

    const bundled = await tieout("bundle", "last", "--cause", "1", "--to", "to-bank", "--output", "json");
    expect(bundled.code, bundled.err).to.equal(0);
    const ajv = new Ajv2020({ allowUnionTypes: true }).addSchema(JSON.parse(await readFile(SCHEMA, "utf8")), "output");
    expect(ajv.validate("output#/$defs/bundle", JSON.parse(bundled.out)), ajv.errorsText()).to.equal(true);
    const names = await readdir(path("to-bank"));
    expect(names.sort()).to.deep.equal(["README.txt", "example-1.json", "example-2.json"]);
    for (const name of names) {
      expect((await stat(path(`to-bank/${name}`))).mode & 0o777).to.equal(0o600);
      expect(await readFile(path(`to-bank/${name}`), "utf8")).to.not.match(
        new RegExp(`canary|${bank.clientSecret}`, "i"),
      );
    }
    const again = await tieout("bundle", "last", "--cause", "1", "--to", "to-bank");
    expect([again.code, again.err]).to.deep.equal([2, again.err]);
    expect(again.err).to.match(
      /^tieout: \S+to-bank is there already \[usage\]; give another folder with --to <folder>$/m,
    );

    const rerun = await tieout("rerun", "last", "--cause", "1");
    expect(rerun.out, rerun.err).to.contain("2 rows of file.csv");
  });

  for (const [numbers, says] of [
    ["0", /--cause 0 is no number of a cause/],
    ["1,x", /--cause x is no number of a cause/],
    ["", /--cause is empty/],
  ] as const)
    it(`takes no ${JSON.stringify(numbers)} for a number, before it looks at anything`, async () => {
      const { code, err } = await tieout("rerun", "last", "--cause", numbers);
      expect(code).to.equal(2);
      expect(err).to.match(says).and.contain("[usage]");
    });
});
