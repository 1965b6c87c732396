/** The command from outside: against a sandbox in another process, with its exit codes, its one clear line, its signals. */
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { type Lease, leaseName } from "../../src/ledger/run.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { openTestLedger } from "../support/test-ledger.ts";
import { runTieout, startTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const SEED = {
  entities: [{ id: "entity_ann" }],
  accounts: Array.from({ length: 40 }, (_, i) => ({
    id: `account_${i}`,
    relationships: { account_holder: ["entity_ann"] },
  })),
};
const PATCHES = ["account_id,product_name", ...SEED.accounts.map(({ id }) => `${id},New`), ""].join("\n");

describe("tieout", () => {
  let folder: string;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-cli-"));
    env = { TIEOUT_LEDGER: join(folder, "ledger.sqlite"), LEAD_CLIENT_ID: "us", LEAD_CLIENT_SECRET: "s3cret-canary" };
    const settings = `source: { folder: ${JSON.stringify(folder)} }, results: { folder: ${JSON.stringify(join(folder, "out"))} }`;
    const source = `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "cli", ${settings}, concurrency: { reads: 4, writes: 1 } });\n`;
    await writeFile(join(folder, "job.ts"), source);
    await writeFile(join(folder, "file.csv"), PATCHES);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const at = (bank: { url: string; clientId: string; clientSecret: string }) => ({
    ...env,
    LEAD_API_URL: bank.url,
    LEAD_CLIENT_ID: bank.clientId,
    LEAD_CLIENT_SECRET: bank.clientSecret,
  });
  const job = () => join(folder, "job.ts");
  /** Of the job, which nobody is to be at work on. */
  const changeLease = async (bank: Sandbox, change: (leases: Ledger["leases"], lease: Lease) => Promise<void>) => {
    await using ledger = await openTestLedger(env.TIEOUT_LEDGER ?? "");
    const lease = await ledger.leases.find(leaseName({ apiUrl: bank.url, program: bank.clientId }, "cli"));
    if (lease === undefined) throw new Error("the job has no lease");
    await change(ledger.leases, lease);
  };

  it("plans, runs, knows the file, lists the run and makes its files again, against a sandbox of its own process", async () => {
    await writeFile(join(folder, "seed.json"), JSON.stringify(SEED));
    using sandbox = startTieout(["sandbox", "--output", "json", "--seed", join(folder, "seed.json")], env);
    const [line] = (await once(sandbox.child.stdout as NodeJS.ReadableStream, "data")) as [string];
    const bank = { ...env, LEAD_API_URL: (JSON.parse(line) as { url: string }).url };
    const plan = await runTieout(["plan", job(), "--output", "json"], bank);
    expect(plan.code, plan.err).to.equal(0);
    expect(plan.out).to.contain('"patch=planned":40');
    const run = await runTieout(["run", job()], bank);
    expect(run.code, run.err).to.equal(0);
    expect(run.out).to.contain("40 applied").and.contain("results.csv");
    const again = await runTieout(["run", job()], bank);
    expect([again.code, again.out]).to.deep.equal([0, "job cli: no new file\n"]);
    const known = await runTieout(["run", job(), "--file", join(folder, "file.csv")], bank);
    expect(known.out).to.match(/already run as run \S+, which ended 0/);
    const runs = await runTieout(["runs"], env);
    expect(runs.out.trim().split("\n")).to.have.length(2);
    const report = await runTieout(["report", "last"], bank);
    expect(report.code, report.err).to.equal(0);
    expect(report.out).to.match(/\/2\/results\.csv/);
    for (const { out, err } of [plan, run, again, known, runs, report])
      expect(out + err).not.to.contain("s3cret-canary");
    sandbox.child.kill("SIGTERM");
    expect((await sandbox.ended).code).to.equal(0);
  });

  itWhole("makes a limited run's files again without ending the run", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await runTieout(["run", job(), "--limit", "3"], at(bank));
    const report = await runTieout(["report", "last"], at(bank));
    expect(report.out).to.contain("37 skipped: limit_reached").and.contain("tieout resume");
    const resumed = await runTieout(["resume"], at(bank));
    expect(resumed.out, resumed.err).to.contain("40 applied");
    expect(bank.effects).to.have.length(40);
  });

  itWhole("takes no file whose results are there while its ledger is gone, unless it is told to", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    expect((await runTieout(["run", job()], at(bank))).code).to.equal(0);
    const lost = { ...at(bank), TIEOUT_LEDGER: join(folder, "empty.sqlite") };
    const refused = await runTieout(["run", job()], lost);
    expect(refused.code, refused.out).to.equal(2);
    expect(refused.err).to.match(/tieout: .* which is not in the ledger \[ledger_missing\]; .*--without-ledger\n$/);
    const told = await runTieout(["run", job(), "--without-ledger"], lost);
    expect(told.code, told.err).to.equal(0);
    expect(told.out).to.contain("40 unchanged");
    expect(bank.effects).to.have.length(40);
  });

  it("stops on SIGTERM with exit 6, publishes what it has, and the next start finishes, each effect once", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED), latencyMs: 30 });
    using run = startTieout(["run", job()], at(bank));
    while (bank.effects.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    run.child.kill("SIGTERM");
    const stopped = await run.ended;
    expect(stopped.code, stopped.err).to.equal(6);
    expect(stopped.out).to.contain("tieout resume");
    const rest = await runTieout(["run", job()], at(bank));
    expect(rest.code, rest.err).to.equal(0);
    expect(rest.out).to.contain("40 applied");
    expect(bank.effects).to.have.length(40);
  });

  itWhole(
    "takes up at the beginning of a schedule what an earlier process has left, and leaves new files to their time",
    async () => {
      await using bank = await startSandbox({ seed: structuredClone(SEED), latencyMs: 30 });
      const source = await readFile(job(), "utf8");
      await writeFile(
        job(),
        source.replace('name: "cli"', 'name: "cli", schedule: { cron: "0 0 1 1 *", zone: "UTC" }'),
      );
      using run = startTieout(["run", job(), "--file", join(folder, "file.csv")], at(bank));
      while (bank.effects.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
      run.child.kill("SIGTERM");
      expect((await run.ended).code).to.equal(6);
      await writeFile(join(folder, "new.csv"), "account_id,product_name\naccount_1,Newer\n");
      using schedule = startTieout(["schedule", job()], at(bank));
      let told = "";
      schedule.child.stdout?.on("data", (text: string) => {
        told += text;
      });
      while (!told.includes("40 applied")) {
        if (schedule.child.exitCode !== null) throw new Error((await schedule.ended).err);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      schedule.child.kill("SIGTERM");
      const { code, err } = await schedule.ended;
      expect(code, err).to.equal(0);
      expect(bank.effects).to.have.length(40);
    },
  );

  itWhole("makes up at the beginning of a schedule for the slot that no process was there for", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    const source = await readFile(job(), "utf8");
    const now = new Date();
    const cron = `${now.getUTCMinutes()} ${now.getUTCHours()} * * *`;
    await writeFile(job(), source.replace('name: "cli"', `name: "cli", schedule: { cron: "${cron}", zone: "UTC" }`));
    await runTieout(["run", job()], at(bank));
    await changeLease(bank, async (leases, { name, sinceMs }) => {
      const claim = await leases.claim(name, "an hour before", 1, sinceMs - 3_600_000);
      await leases.release(claim.lease);
    });
    await writeFile(join(folder, "new.csv"), "account_id,product_name\naccount_1,Newer\n");
    using schedule = startTieout(["schedule", job()], at(bank));
    while (bank.effects.length <= SEED.accounts.length) {
      if (schedule.child.exitCode !== null) throw new Error((await schedule.ended).err);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    schedule.child.kill("SIGTERM");
    expect((await schedule.ended).code).to.equal(0);
    expect(bank.effects).to.have.length(SEED.accounts.length + 1);
  });

  itWhole("goes on when its output is lost, and says so once", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    for (const form of ["text", "json"]) {
      const intoFull = ["sh", "-c", 'exec "$@" > /dev/full', "sh"];
      const again = form === "json" ? ["--again", "--reason", "once more"] : [];
      using run = startTieout(["run", job(), "--output", form, ...again], at(bank), folder, intoFull);
      const { code, err } = await run.ended;
      expect(code, err).to.equal(2);
      expect(err.match(/^tieout: .*$/gm)).to.deep.equal([
        "tieout: standard output cannot be written (ENOSPC) [output_unwritable]; free space on the disk that it is written to; the command continues, and results and ledger are complete",
      ]);
    }
    expect(bank.effects).to.have.length(40);
    expect((await runTieout(["runs"], env)).out).to.match(/ended 0.* 40 unchanged\n.* ended 0.* 40 applied\n/);
  });

  itWhole("ends 2 without the file that the job expects, which a schedule waits for", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    const source = await readFile(job(), "utf8");
    await writeFile(
      job(),
      source.replace(
        'name: "cli"',
        'name: "cli", expect: { by: "00:00" }, schedule: { cron: "* * * * * *", zone: "UTC" }',
      ),
    );
    await rm(join(folder, "file.csv"));
    const none = await runTieout(["run", job()], at(bank));
    expect([none.code, none.out]).to.deep.equal([2, "job cli: no new file\n"]);
    expect(none.err).to.match(
      /^tieout: job cli expects a file of \d{4}-\d\d-\d\d, and there is no new one \[file_expected\]; .*\n$/m,
    );
    using schedule = startTieout(["schedule", job()], at(bank));
    let log = "";
    schedule.child.stderr?.on("data", (text: string) => {
      log += text;
    });
    const until = async (isSo: () => boolean) => {
      while (!isSo()) {
        if (schedule.child.exitCode !== null) throw new Error((await schedule.ended).err);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await until(() => log.includes("file_expected") && log.includes("is started again after a wait"));
    await writeFile(join(folder, "file.csv"), PATCHES);
    await until(() => bank.effects.length === SEED.accounts.length && log.includes("the run has ended"));
    schedule.child.kill("SIGTERM");
    expect((await schedule.ended).code).to.equal(0);
  });

  itWhole("survives kill -9: what was in flight goes out again under its key, each effect once", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED), latencyMs: 30 });
    using run = startTieout(["run", job()], at(bank));
    while (bank.effects.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    run.child.kill("SIGKILL");
    await run.ended;
    const left = async () => (await readdir(folder)).filter((name) => name.startsWith(".tieout-work-"));
    expect(await left(), "the dead leave their working copies").to.have.length(1);
    const busy = await runTieout(["run", job()], at(bank));
    expect(busy.code, "the lease of the dead lives a minute").to.equal(5);
    expect(await left(), "and the next start removes them").to.deep.equal([]);
    expect(busy.err).to.match(/is in progress: .* pid \d+ \w{4} has run it since/);
    await changeLease(bank, (leases, lease) => leases.release(lease));
    const rest = await runTieout(["run", job()], at(bank));
    expect(rest.code, rest.err).to.equal(0);
    expect(rest.out).to.contain("40 applied");
    expect(bank.effects).to.have.length(40);
  });

  itWhole("retries a 429, a 500 and a cut answer, and makes nothing twice", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    const isPatch = ({ method }: { method: string }) => method === "PATCH";
    for (const fault of ["429", "500", "500_after", "reset", "reset_after", "cut_after", "409"] as const)
      bank.failNext(fault, 1, isPatch);
    const run = await runTieout(["run", job()], at(bank));
    expect(run.code, run.err).to.equal(0);
    expect(run.out).to.contain("40 applied");
    expect(bank.effects).to.have.length(40);
  });

  for (const [what, args, change, expected] of [
    [
      "an unknown command",
      ["frobnicate"],
      {},
      [2, /^tieout: unknown command 'frobnicate' \[usage\]; see npx tieout --help\n$/],
    ],
    [
      "a misspelt flag",
      ["run", "JOB", "--limt", "3"],
      {},
      [2, /^tieout: unknown option '--limt' \(Did you mean --limit\?\) \[usage\]; see npx tieout run --help\n$/],
    ],
    ["an unknown job", ["run", "nope"], {}, [2, /there is no job nope/]],
    ["a missing bank", ["run", "JOB"], { LEAD_API_URL: "" }, [2, /LEAD_API_URL is not set/]],
    ["a bank without TLS", ["run", "JOB"], { LEAD_API_URL: "http://bank.example" }, [2, /must begin with https/]],
    ["wrong credentials", ["run", "JOB"], { LEAD_CLIENT_SECRET: "wrong-s3cret" }, [2, /bank_credentials_refused/]],
    ["a missing file", ["run", "JOB", "--file", "/nowhere/x.csv"], {}, [2, /nowhere/]],
    ["a reason that is missing", ["run", "JOB", "--again"], {}, [2, /--again is given without --reason/]],
    ["a limit that is no number", ["run", "JOB", "--limit", "ten"], {}, [2, /is not a whole number from 1/]],
    ["a ledger that is not there", ["report", "2026"], {}, [2, /there is no ledger at \S+ \[no_ledger\]/]],
  ] as const) {
    itWhole(`says in one line what to do about ${what}`, async () => {
      await using bank = await startSandbox({ seed: structuredClone(SEED) });
      const ended = await runTieout(
        args.map((arg) => (arg === "JOB" ? job() : arg)),
        { ...at(bank), ...change },
      );
      const [code, line] = expected;
      expect(ended.code, ended.err).to.equal(code);
      expect(ended.err + ended.out).to.match(line);
      expect(ended.err).not.to.match(/\n {4}at |s3cret/);
      expect(bank.effects).to.have.length(0);
    });
  }

  for (const [what, csv, line] of [
    ["no key column", "product_name\nX\n", /header_key_missing/],
    ["an unknown column", "account_id,produkt_name\n", /header_column_unknown.*product_name/],
    ["a duplicate column", "account_id,status,status\n", /header_column_duplicate/],
    ["no bytes", "", /file_empty/],
    ["an unclosed quote", 'account_id,product_name\naccount_1,"X\n', /file_not_csv.*row 2/],
  ] as const) {
    itWhole(`rejects a file with ${what}, exit 7, nothing sent`, async () => {
      await using bank = await startSandbox({ seed: structuredClone(SEED) });
      await writeFile(join(folder, "file.csv"), csv);
      const ended = await runTieout(["run", job()], at(bank));
      expect(ended.code, ended.err).to.equal(7);
      expect(ended.out.trim()).to.match(line).and.not.contain("\n");
      expect(bank.effects).to.have.length(0);
    });
  }
});
