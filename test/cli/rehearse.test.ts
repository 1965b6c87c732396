/**
 * `tieout rehearse` from outside: the bank gets nothing but GETs and the request for a token, the words are those of the
 * real run that follows, and nothing is left but the results.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { trafficOf } from "../../src/sandbox/state/journal.ts";
import { parseSeed } from "../../src/sandbox/state/parse-seed.ts";
import { itWhole } from "../support/extent.ts";
import { readResults } from "../support/scenario.ts";
import { type Ended, runTieout, startTieout } from "../support/tieout.ts";

const ROOT = new URL("../..", import.meta.url);
const sample = (name: string) => fileURLToPath(new URL(`samples/${name}`, ROOT));

describe("tieout rehearse", function () {
  // Each case starts processes, one after another.
  this.timeout(90_000);
  let folder: string;
  const path = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-rehearse-"));
    await mkdir(join(folder, "in"));
    await mkdir(join(folder, "kept"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A bank with the samples' accounts, and a job that reads and writes in the folder. */
  async function openBank(options: SandboxOptions = {}): Promise<Sandbox> {
    return startSandbox({ seed: parseSeed(await readFile(sample("seed.json"), "utf8"), "seed.json"), ...options });
  }

  async function writeJob(settings: object = {}): Promise<void> {
    const job = {
      name: "rehearsed",
      source: { folder: path("in") },
      results: { folder: path("out") },
      defaults: { capabilities: ["deposit"] },
      requestsPerSecond: 10_000,
      burst: 10_000,
      removeRelationships: true,
      ...settings,
    };
    const jobUrl = new URL("src/job.ts", ROOT).href;
    const text = `import { defineJob } from ${JSON.stringify(jobUrl)};\nexport default defineJob(${JSON.stringify(job)});\n`;
    await writeFile(path("job.ts"), text);
  }

  const envOf = (bank: Sandbox) => ({
    TIEOUT_LEDGER: path("kept/ledger.sqlite"),
    LEAD_API_URL: bank.url,
    LEAD_CLIENT_ID: bank.clientId,
    LEAD_CLIENT_SECRET: bank.clientSecret,
  });
  const rehearse = (bank: Sandbox, ...flags: string[]) =>
    runTieout(["rehearse", path("job.ts"), "--results", path("rehearsed"), ...flags], envOf(bank));

  /** Row, word, operations and codes of the only run below the folder. */
  async function wordsBelow(results: string): Promise<string[][]> {
    const [run = "", ...more] = await readdir(path(results));
    expect(more).to.deep.equal([]);
    const rows = await readResults(join(path(results), run, "1"));
    return rows.map((row) =>
      ["result_row", "result", "result_operations", "result_code"].map((name) => row[name] ?? ""),
    );
  }

  function expectOnlyRead(bank: Sandbox): void {
    expect(bank.effects).to.deep.equal([]);
    const traffic = bank.requests.map(({ method, path: at }) => `${method} ${trafficOf(method, at)}`);
    expect(new Set(traffic)).to.deep.equal(new Set(["POST token", "GET read"]));
  }

  function expectNothingTold(ended: Ended, bank: Sandbox): void {
    for (const secret of [bank.clientSecret, "Everyday Checking", "core-2001"])
      expect(ended.out + ended.err).to.not.contain(secret);
  }

  for (const [what, name, settings, flags] of [
    ["accounts.csv at a bank that behaves", "accounts.csv", {}, []],
    ["accounts.csv with prechecks and faults", "accounts.csv", { precheck: true }, ["--faults", sample("faults.json")]],
    ["bank-layout.csv", "bank-layout.csv", {}, []],
    ["bank-layout.csv and its first rows only", "bank-layout.csv", {}, ["--limit", "12"]],
  ] as const) {
    itWhole(`says of ${what} what the real run says afterwards, and only reads the bank`, async () => {
      await writeJob(settings);
      await using bank = await openBank();
      const given = ["--file", sample(name), ...flags];
      const rehearsed = await rehearse(bank, ...given);
      expect(rehearsed.code, rehearsed.err).to.be.oneOf(flags.includes("--limit" as never) ? [6] : [3, 4]);
      expectOnlyRead(bank);
      expectNothingTold(rehearsed, bank);
      const operations = Number(/(\d+) operations planned/.exec(rehearsed.out)?.[1]);
      expect(operations).to.be.greaterThan(5);
      expect(rehearsed.out).to.match(
        /\nexactly once: (\d+) operations applied by the results, \1 effects at the stand-in; 0 duplicates, 0 missing\n$/,
      );
      expect(await readdir(folder)).to.have.members(["in", "job.ts", "kept", "rehearsed"]);
      expect(await readdir(path("kept"))).to.deep.equal([]);

      const isFaulty = flags.some((flag) => flag === "--faults");
      const struck = /faults that struck: (.*)\n/.exec(rehearsed.out)?.[1] ?? "";
      expect(struck).to.match(
        isFaulty ? /^5 of 429, \d+ of 500_after, \d+ of timeout_after, 1 of token_expired, / : /^$/,
      );
      expect(struck).to.not.match(/\b0 of/);

      const runFlags = isFaulty ? given.slice(0, 2) : given;
      const run = await runTieout(["run", path("job.ts"), ...runFlags], envOf(bank));
      expect(rehearsed.code, run.err).to.equal(run.code);
      expect(await wordsBelow("rehearsed")).to.deep.equal(await wordsBelow("out"));
      expect(bank.effects.length).to.be.greaterThan(0);
    });
  }

  itWhole("takes all files of the source in their order, each upon what the one before has made", async () => {
    await writeJob();
    await writeFile(path("in/1.csv"), "client_account_id,account_holders,product_name\nnew-1,entity_ana,Savings\n");
    await writeFile(path("in/2.csv"), "client_account_id,status,status_reason\nnew-1,inactive,frozen\n");
    await utimes(path("in/1.csv"), 1_000, 1_000);
    await using bank = await openBank();
    const rehearsed = await rehearse(bank);
    expect(rehearsed.code, rehearsed.out + rehearsed.err).to.equal(0);
    expect(rehearsed.out).to.match(/1 row of 1\.csv\n {2}1 applied\noperations: 1 create applied\n/);
    expect(rehearsed.out).to.match(/1 row of 2\.csv\n {2}1 applied\noperations: 1 deactivate applied\n/);
    expect(rehearsed.out).to.contain("exactly once: 2 operations applied by the results, 2 effects");
    expectOnlyRead(bank);
  });

  itWhole("marks what it leaves as a rehearsal, and names the steps that follow from one", async () => {
    await writeJob();
    await writeFile(path("in/file.csv"), "account_id,product_name\naccount_1001,New\naccount_1002,\n,X\n");
    await using bank = await openBank();
    const { out, err, code } = await rehearse(bank);
    expect(code, err).to.equal(3);
    expect(out).to.match(/^rehearsal \S+ by rehearsed: 3 rows of file\.csv\n/);
    expect(out).to.match(/\n {2}npx tieout rehearse \S+ --file \S+file\.csv {3}# again, after correcting the 1 /);
    expect(out).to.match(/\n {2}npx tieout run \S+ --file \S+file\.csv {3}# sends it to the bank\n/);
    expect(out).to.not.match(/rerun|resume/);
    expect(err).to.contain("callTimeoutMs 3000 instead of 30000, settleAfterMs 3000 instead of 900000");
    const [run = ""] = await readdir(path("rehearsed"));
    const summary = JSON.parse(await readFile(path(`rehearsed/${run}/1/summary.json`), "utf8"));
    expect(summary).to.include({ kind: "run", rehearsal: true });
    expect(summary.bank.apiUrl).to.not.equal(bank.url);
  });

  itWhole("puts the results beside the ledger when no folder is given, never at the job's own place", async () => {
    await writeJob();
    await writeFile(path("in/file.csv"), "account_id,product_name\naccount_1001,New\n");
    await using bank = await openBank();
    const { out, err } = await runTieout(["rehearse", path("job.ts")], envOf(bank));
    expect(out, err).to.contain(`results: ${path("kept/rehearsals")}/`);
    expect(existsSync(path("out"))).to.equal(false);
  });

  itWhole("takes the newest file of a bucket, and writes nothing to it", async () => {
    await using s3 = await startS3Server({ buckets: ["files"] });
    const place = { source: { bucket: "files", prefix: "" }, results: { bucket: "files", prefix: "results/" } };
    await writeJob({ ...place, schedule: { cron: "0 2 * * *" } });
    s3.put("files", "results/run-0/1/results.csv", "account_id,product_name\naccount_1002,Old\n");
    s3.put("files", "a.csv", "account_id,product_name\naccount_1002,Old\n");
    s3.put("files", "b.csv", "account_id,product_name\naccount_1001,New\n");
    const before = [...s3.objects("files").keys()];
    await using bank = await openBank();
    const env = { ...envOf(bank), ...s3.env, HOME: folder };
    const { code, out, err } = await runTieout(["rehearse", path("job.ts")], env);
    expect(code, err).to.equal(0);
    expect(out)
      .to.match(/^rehearsal \S+ by rehearsed: 1 row of b\.csv\n/)
      .and.contain(`results: ${path("kept/rehearsals")}/`)
      .and.contain("--file s3://files/b.csv   # sends it to the bank");
    expect([...s3.objects("files").keys()]).to.deep.equal(before);
    expectOnlyRead(bank);
  });

  itWhole(
    "shows a bank that keeps requests on their way for longer than the job waits to change an account twice",
    async () => {
      const faults = [
        { fault: "late", ms: 3_600_000, count: 1, match: { method: "PATCH" } },
        { fault: "404", after: 1, count: 1, match: { method: "PATCH" } },
      ];
      await writeFile(path("faults.json"), JSON.stringify(faults));
      await writeFile(path("in/file.csv"), "account_id,product_name\naccount_1001,New\n");
      await using bank = await openBank();
      await writeJob({ callTimeoutMs: 300, settleAfterMs: 200 });
      const hasty = await rehearse(bank, "--faults", path("faults.json"));
      expect(hasty.code, hasty.err).to.equal(1);
      expect(hasty.out).to.contain("faults that struck: 1 of 404, 1 of late\nNOT exactly once: 1 operation applied");
      expect(hasty.out).to.contain("2 effects at the stand-in; 1 duplicate, 0 missing\n");

      await writeJob({ callTimeoutMs: 300 });
      await writeFile(path("faults.json"), JSON.stringify(faults).replace("3600000", "1000"));
      const patient = await rehearse(bank, "--faults", path("faults.json"));
      expect(patient.code, patient.out + patient.err).to.equal(0);
      expect(patient.err).to.contain("settleAfterMs 4000 instead of 900000");
      expect(patient.out).to.contain("faults that struck: 1 of 404, 1 of late\nexactly once: 1 operation applied");
      expectOnlyRead(bank);
    },
  );

  itWhole("goes on where the client may not read entities, and says what it assumes", async () => {
    await writeJob();
    await using bank = await openBank({ scopes: ["account/read", "account/read_write"] });
    const rehearsed = await rehearse(bank, "--file", sample("accounts.csv"));
    expect(rehearsed.err).to.match(/"\d+ entities and applications could not be read, and are assumed to be valid"/);
    expectOnlyRead(bank);
    const run = await runTieout(["run", path("job.ts"), "--file", sample("accounts.csv")], envOf(bank));
    expect(rehearsed.code, run.err).to.equal(run.code);
    expect(await wordsBelow("rehearsed")).to.deep.equal(await wordsBelow("out"));
  });

  for (const [what, flags, change, code, line] of [
    ["no bank", [], { LEAD_API_URL: "" }, 2, /^tieout: LEAD_API_URL is not set \[env_missing\]; set LEAD_API_URL to /],
    ["a missing file", ["--file", "none.csv"], {}, 2, /tieout: there is no file none\.csv \[source_not_found\]; /],
    [
      "missing faults",
      ["--faults", "none.json"],
      {},
      2,
      /^tieout: there is no file none\.json \[usage\]; see samples\/faults/,
    ],
    [
      "a misspelt fault",
      ["--faults", "FAULTS"],
      {},
      2,
      /^tieout: \S+: fault 1: fault is "sloww" \[usage\]; did you mean "slow"\?\n$/,
    ],
    [
      "wrong credentials",
      [],
      { LEAD_CLIENT_SECRET: "wr0ng" },
      2,
      /\ntieout: the bank could not be read completely, so nothing was rehearsed: .* \[bank_credentials_refused\]; /,
    ],
  ] as const) {
    itWhole(`says in one line what to do about ${what}`, async () => {
      await writeJob();
      await writeFile(path("faults.json"), '[{ "fault": "sloww", "ms": 1 }]');
      await writeFile(path("in/file.csv"), "account_id,product_name\naccount_1001,New\n");
      await using bank = await openBank();
      const args = flags.map((flag) => (flag === "FAULTS" ? path("faults.json") : flag));
      const ended = await runTieout(["rehearse", path("job.ts"), ...args], { ...envOf(bank), ...change });
      expect([ended.code, ended.out], ended.err).to.deep.equal([code, ""]);
      expect(ended.err)
        .to.match(line)
        .and.not.match(/\n {4}at |wr0ng/);
      expect(bank.effects).to.deep.equal([]);
    });
  }

  itWhole("ends with 6 when it is told to stop, and leaves nothing behind", async () => {
    await writeJob();
    await writeFile(path("faults.json"), '[{ "fault": "timeout_before", "match": { "traffic": "write" } }]');
    await using bank = await openBank();
    const args = ["rehearse", path("job.ts"), "--file", sample("accounts.csv"), "--faults", path("faults.json")];
    using started = startTieout(args, envOf(bank));
    started.child.stderr?.on("data", (text: string) => {
      if (/"message":"run /.test(text)) started.child.kill("SIGTERM");
    });
    const ended = await started.ended;
    expect(ended.code, ended.err).to.equal(6);
    expect(ended.out).to.match(/not finished: .*\n(.*\n)*exactly once: /);
    expect(await readdir(path("kept"))).to.deep.equal(["rehearsals"]);
    expectOnlyRead(bank);
  });
});
