/** `tieout doctor` as it is typed: its lines, its exit codes, each part whatever another is like, and nothing changed by it. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { IS_POSTGRES } from "../support/test-ledger.ts";
import { runTieout } from "../support/tieout.ts";

const job = (name: string, places: string, rest = "") =>
  `import { defineJob } from ${JSON.stringify(new URL("../../src/job.ts", import.meta.url).pathname)};
export default defineJob({ name: "${name}", ${places}, ${rest} });
`;
const FOLDERS = 'source: { folder: "in" }, results: { folder: "out" }';
const SCHEDULE = 'schedule: { cron: "30 2 * * 1-5", zone: "America/Chicago" }';

describe("tieout doctor", function () {
  this.timeout(30_000);
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;

  before(async () => {
    bank = await startSandbox();
  });
  after(() => bank.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tieout-doctor-"));
    env = { LEAD_API_URL: bank.url, LEAD_CLIENT_ID: bank.clientId, LEAD_CLIENT_SECRET: bank.clientSecret };
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    mkdirSync(join(folder, "jobs"));
    mkdirSync(join(folder, "in"));
    writeFileSync(join(folder, "in/a.csv"), "account_id,product_name\naccount_1,CnryCell\n");
    writeFileSync(join(folder, "jobs/nightly.ts"), job("nightly", FOLDERS, SCHEDULE));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Every file with its time and its bytes. */
  const tree = () =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .sort()
      .map((name) => {
        const stats = statSync(join(folder, name));
        return [name, stats.isFile() ? `${stats.mtimeMs} ${readFileSync(join(folder, name), "latin1")}` : "folder"];
      });
  const partsOf = (out: string) => out.split("\n").filter((line) => /^[a-z]/.test(line));

  it("shows every part, ends with 0 when nothing is bad, and changes nothing", async () => {
    const before = tree();
    const { code, out, err } = await runTieout(["doctor"], env, folder);
    expect(code, out + err).to.equal(0);
    expect(err).to.equal("");
    expect(partsOf(out)).to.deep.equal([
      ...["environment", "ledger", "bank", "job of nightly", "source of nightly", "results of nightly"],
      "schedule of nightly",
    ]);
    expect(out).to.match(/^ {2}good {2}the newest, a\.csv \(\d+ bytes, .* UTC\), can be read$/m);
    expect(out).to.match(
      /^ {2}good {2}30 2 \* \* 1-5 in America\/Chicago starts at (\w{3} \d{4}-\d\d-\d\d 02:30:00 -0[56]:00(, )?){5}$/m,
    );
    expect(out).to.match(/\n\n\d+ good, \d+ poor, 0 bad\n$/);
    expect(tree()).to.deep.equal(before);
    expect(bank.writes).to.deep.equal([]);
  });

  it("says how to try whether those who are told are reached, as it can be typed", async () => {
    writeFileSync(join(folder, "jobs/nightly.ts"), job("nightly", FOLDERS, 'notify: [{ command: ["true"] }]'));
    for (const [args, word] of [
      [["doctor"], "nightly"],
      [["doctor", "jobs/nightly.ts"], "jobs/nightly.ts"],
    ] as const) {
      const { out } = await runTieout([...args], env, folder);
      expect(out).to.match(
        new RegExp(`^ {2}good {2}nobody was told anything; .*tieout.* alarms ${word} --try tells each of them`, "m"),
      );
      expect((await runTieout(["alarms", word, "--try"], env, folder)).out).to.equal("command true: told\n");
    }
  });

  (IS_POSTGRES ? it.skip : it)("leaves a ledger with a run as it is, its lease and all", async () => {
    await runTieout(["plan", "nightly"], env, folder);
    expect(existsSync(join(folder, ".tieout/ledger.sqlite"))).to.equal(true);
    const before = tree();
    const { code, out } = await runTieout(["doctor", "nightly"], env, folder);
    expect(code, out).to.equal(0);
    expect(out).to.match(/good {2}the ledger .* has .*, version \d+$/m);
    expect(tree()).to.deep.equal(before);
  });

  it("ends with 2 when something is bad, goes on after it, and has a next step for it that can be typed", async () => {
    writeFileSync(join(folder, "jobs/broken.ts"), job("broken", FOLDERS, 'attempts: "many"'));
    writeFileSync(
      join(folder, "jobs/absent.ts"),
      job("absent", 'source: { folder: "none" }, results: { folder: "in/a.csv" }'),
    );
    const { code, out } = await runTieout(["doctor"], { ...env, LEAD_CLIENT_SECRET: '"CnrySecret77"' }, folder);
    expect(code).to.equal(2);
    expect(out).to.match(/ {2}bad {3}LEAD_CLIENT_SECRET has quotes around its value\n {8}next: set it without them/);
    expect(out).to.match(/ {2}poor {2}the bank was not asked\n {8}next: .* type npx tieout doctor again/);
    expect(out).to.match(/job of broken\n {2}bad {3}.*jobs\/broken\.ts:\d+: attempts: /);
    expect(out).to.match(/source of absent\n {2}bad {3}Folder .* does not exist\n/);
    expect(out).to.match(/results of absent\n {2}bad {3}.*is no folder\n/);
    expect(out).to.match(/schedule of nightly\n {2}good/);
    expect(out).not.to.contain("Cnry");
  });

  it("without a job looks at environment, ledger and bank alone", async () => {
    rmSync(join(folder, "jobs"), { recursive: true });
    const { code, out } = await runTieout(["doctor"], env, folder);
    expect(code, out).to.equal(0);
    expect(partsOf(out).slice(0, 3)).to.deep.equal(["environment", "ledger", "bank"]);
    const missing = await runTieout(["doctor", "nope"], env, folder);
    expect(missing.code).to.equal(2);
    expect(missing.out).to.match(/bad {3}there is no job nope/);
  });

  it("looks at a bucket without an object in it being written", async () => {
    await using s3 = await startS3Server({ buckets: ["files"] });
    const bucket = 'source: { bucket: "files", prefix: "in/" }, results: { bucket: "files", prefix: "out/" }';
    writeFileSync(join(folder, "jobs/nightly.ts"), job("nightly", bucket));
    s3.put("files", "in/a.csv", "x");
    const { code, out } = await runTieout(["doctor", "nightly", "--output", "json"], { ...env, ...s3.env }, folder);
    expect(code, out).to.equal(0);
    const messages = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(messages.at(-1)).to.deep.include({ event: "examined", poor: 0, bad: 0 });
    expect(messages.filter(({ part }) => part === "results")).to.deep.equal([
      {
        format: 1,
        event: "finding",
        part: "results",
        job: "nightly",
        word: "good",
        text: "s3://files/out/ can be written: a trial was refused only for the wrong checksum that it named",
        next: null,
      },
    ]);
    expect([...s3.objects("files").keys()]).to.deep.equal(["in/a.csv"]);
  });
});
