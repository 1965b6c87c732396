/**
 * Every command that the product tells people to type, typed: the lines under `next:` and those in the last line of a
 * command that cannot go on. Each is handed to a shell as it was printed, and does what is said behind its #.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { type Ended, runTieout, withTestLedger } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const PROGRAM = new URL("../../bin/tieout.js", import.meta.url).pathname;
const SEED = {
  entities: [{ id: "entity_ann" }],
  accounts: [1, 2, 3, 4].map((n) => ({
    id: `account_${n}`,
    client_account_id: `c${n}`,
    relationships: { account_holder: ["entity_ann"] },
  })),
};
const PATCHES = "account_id,product_name\naccount_1,New\naccount_2,New\naccount_3,New\n";

/** The commands that a text has, each with what is said of it; a command ends with its line, its #, a semicolon or bracket. */
function commandsIn({ out, err }: Ended): { command: string; says: string }[] {
  const lines = [...out.split("\n"), ...err.split("\n").filter((line) => line.startsWith("tieout: "))];
  return lines.flatMap((line) => {
    const at = line.indexOf(`${PROGRAM} `);
    if (at < 0) return [];
    const [command = "", says = ""] = line.slice(at).split("   # ");
    return [{ command: command.replace(/[;,)].*$/, ""), says }];
  });
}

describe("what to type next", function () {
  this.timeout(120_000);
  let folder: string;
  let bank: Sandbox;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-next-"));
    for (const name of ["jobs", "in", "my jobs"]) await mkdir(join(folder, name));
    bank = await startSandbox({ seed: structuredClone(SEED) });
  });
  afterEach(async () => {
    await bank.close();
    await rm(folder, { recursive: true, force: true });
  });

  const env = () => ({
    LEAD_API_URL: bank.url,
    LEAD_CLIENT_ID: bank.clientId,
    LEAD_CLIENT_SECRET: bank.clientSecret,
  });
  const writeJob = (more = "", path = "jobs/nightly.ts", name = "nightly") =>
    writeFile(
      join(folder, path),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "${name}", source: { folder: "in" }, results: { folder: "out" }, ${more} });\n`,
    );
  const put = (text: string, name = "a.csv") => writeFile(join(folder, "in", name), text);
  const tieout = (...args: string[]) => runTieout(args, { ...env(), npm_command: "" }, folder);

  /** As an operator types it. */
  const type = (command: string): Promise<Ended> =>
    new Promise((resolve) => {
      const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
      execFile(
        "bash",
        ["--norc", "-c", command],
        { env: withTestLedger({ ...env(), PATH }, folder), cwd: folder },
        (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), signal: null, out, err }),
      );
    });

  /** Types what was printed, which is said to be these; gives back what came of each. */
  async function typeAll(printed: Ended, expected: readonly RegExp[]): Promise<Ended[]> {
    const commands = commandsIn(printed);
    expect(commands, printed.out + printed.err).to.have.length(expected.length);
    const ends: Ended[] = [];
    for (const [index, { command, says }] of commands.entries()) {
      expect(`${command.replace(PROGRAM, "tieout")}   # ${says}`).to.match(expected[index] ?? /never/);
      const end = await type(command);
      expect(end.err, command).not.to.match(/\[(usage|job_not_found|source_not_found|run_not_found|internal)\]/);
      ends.push(end);
    }
    return ends;
  }

  const repair = async (printed: Ended, from: string, to: string) => {
    const [, failed = ""] = /--file (\S+failed\.csv)/.exec(printed.out) ?? [];
    await writeFile(failed, (await readFile(failed, "utf8")).replaceAll(from, to));
  };

  it("after rows to repair: the same job on failed.csv, whatever its own files are like; or the rows as they are", async () => {
    const more = [
      'delimiter: "|", encoding: "windows-1252", header: 2, lineEnds: "lf"',
      'completeness: { trailer: { marker: "END" } }',
      "limits: { columns: 3 }",
    ].join(", ");
    await writeJob(more);
    const rows = "account_1|Neu|closd\naccount_2|Caf\xe9|closd\naccount_3|Neu|\n";
    await writeFile(
      join(folder, "in/a.csv"),
      Buffer.from(`day\naccount_id|product_name|status\n${rows}END|3\n`, "latin1"),
    );
    const ran = await tieout("run", "nightly");
    expect(ran.code, ran.err).to.equal(3);
    await repair(ran, "closd", "");
    const [repaired, again] = await typeAll(ran, [
      /^tieout run nightly --file \/\S+failed\.csv {3}# after correcting the 2 rows in it$/,
      /^tieout rerun \S+ {3}# or as they are, once the cause is fixed at the bank or in the job$/,
    ]);
    expect(repaired?.code, repaired?.err).to.equal(0);
    expect(repaired?.out).to.contain("2 applied");
    expect(bank.accounts.get("account_2")?.details?.product_name).to.equal("Café");
    expect(again?.code, again?.err).to.equal(3);
  });

  itWhole("after rows that a guard holds, and a plan that shows them", async () => {
    await writeJob("guards: { patch: { max: 1 } }");
    await put(PATCHES);
    const plan = await tieout("plan", "nightly");
    expect(plan.code, plan.err).to.equal(4);
    const [, applied] = await typeAll(plan, [
      /^tieout approve \S+ --guard patch --max 3 --reason "…" {3}# releases the 3 accounts that it holds; say why$/,
      /^tieout apply \S+ {3}# makes the calls of this plan: sends the changes of 0 rows; holds 3 rows until they are approved$/,
    ]);
    expect(applied?.code, applied?.err).to.equal(0);
    expect(applied?.out).to.contain("3 applied");
    await put(PATCHES.replaceAll("New", "Newer"), "b.csv");
    const ran = await tieout("run", "nightly");
    expect(ran.code, ran.err).to.equal(4);
    const [approved] = await typeAll(ran, [
      /^tieout approve \S+ --guard patch --max 3 --reason "…" {3}# releases the 3 accounts that it holds; say why$/,
    ]);
    expect(approved?.code, approved?.err).to.equal(0);
    const [resumed] = await typeAll(approved as Ended, [
      /^tieout resume \S+ {3}# continues with what is left$/,
      /^tieout abandon \S+ --reason "…" {3}#/,
    ]);
    expect(resumed?.code, resumed?.err).to.equal(0);
    expect(resumed?.out).to.contain("3 applied");
  });

  itWhole("after a row that a person may accept", async () => {
    await writeJob('defaults: { capabilities: ["deposit"] }, creates: "trusted"');
    await put("client_account_id,account_holders,product_name\nN1,entity_ann,Card\n");
    await tieout("run", "nightly");
    await put("client_account_id,account_holders,product_name\nn1,entity_ann,Card\n", "b.csv");
    const ran = await tieout("run", "nightly");
    expect(ran.code, ran.out).to.equal(4);
    const [released] = await typeAll(ran, [
      /^tieout rerun \S+ --cause 1 --accept \w+ --reason "…" {3}# $/,
      /^tieout rerun \S+ --only held --accept \w+ --reason "…" {3}# /,
    ]);
    expect(released?.code, released?.err).to.equal(0);
  });

  itWhole("after rows that are unknown", async () => {
    await writeJob(
      'defaults: { capabilities: ["deposit"] }, creates: "trusted", lookup: false, attempts: 1, settleAfterMs: 0',
    );
    await put("client_account_id,account_holders,product_name\nnew,entity_ann,Card\n");
    bank.failNext("reset_after", 1, ({ method, path }) => method === "POST" && path.startsWith("/v0/"));
    const ran = await tieout("run", "nightly");
    expect(ran.out, ran.err).to.contain("1 unknown");
    const [settled] = await typeAll(ran, [/^tieout resume \S+ {3}# settles the 1 unknown$/]);
    expect(settled?.code, settled?.err).to.equal(0);
    expect(bank.effects).to.have.length(1);
  });

  itWhole("after a run that was stopped, in another folder's job", async () => {
    await writeJob("", "my jobs/it's.ts", "other");
    await put(PATCHES);
    const ran = await tieout("run", "my jobs/it's.ts", "--limit", "1");
    const [resumed] = await typeAll(ran, [
      /^tieout resume \S+ {3}# continues with what is left$/,
      /^tieout abandon \S+ --reason "…" {3}# or gives it up; give the reason$/,
    ]);
    expect(resumed?.code, resumed?.err).to.equal(0);
    expect(resumed?.out).to.contain("3 applied");
    await put(PATCHES.replaceAll("New", "Newer"), "b.csv");
    await tieout("run", "my jobs/it's.ts", "--limit", "1");
    const waits = await tieout("run", "my jobs/it's.ts");
    expect(waits.code, waits.err).to.equal(6);
    const [, giveUp = ""] = /to give it up: (.*)/.exec(waits.out) ?? [];
    const abandoned = await type(giveUp);
    expect(abandoned.code, abandoned.err).to.equal(0);
    expect(abandoned.out).to.contain("2 skipped: abandoned");
    const known = await tieout("run", "my jobs/it's.ts", "--file", "in/a.csv");
    const [again] = await typeAll(known, [
      /^tieout run '\/\S+\/my jobs\/it'\\''s\.ts' --file \/\S+a\.csv --again --reason "…"/,
    ]);
    expect(again?.code, again?.err).to.equal(0);
    expect(again?.out).to.contain("2 unchanged");
  });

  itWhole(
    "after a plan: its calls; of a file that was run, the run again; without the bank, the plan again",
    async () => {
      await writeJob();
      await put(PATCHES);
      const plan = await tieout("plan", "nightly");
      const [ran] = await typeAll(plan, [
        /^tieout apply \S+ {3}# makes the calls of this plan: sends the changes of 3 rows$/,
      ]);
      expect(ran?.out, ran?.err).to.contain("3 applied");
      const agreeing = await tieout("plan", "nightly", "--file", "in/a.csv");
      expect(agreeing.out, "nothing is to be sent").to.contain("3 unchanged").and.not.contain("next:");
      Object.assign(bank.accounts.get("account_1")?.details ?? {}, { product_name: "Other" });
      const twice = await tieout("plan", "nightly", "--file", "in/a.csv");
      const [again] = await typeAll(twice, [
        /^tieout run nightly --file \/\S+a\.csv --again --reason "…" {3}# run \S+ has had the same bytes; say why again\. It sends the changes of 1 row$/,
      ]);
      expect(again?.out, again?.err).to.contain("1 applied").and.contain("2 unchanged");
      await put(PATCHES.replace("New", "Newer"), "b.csv");
      bank.failNext("403", Number.POSITIVE_INFINITY, ({ path }) => path.startsWith("/v0/"));
      const stopped = await tieout("plan", "nightly");
      expect(stopped.code, stopped.out).to.equal(2);
      bank.clearFaults();
      const [planned] = await typeAll(stopped, [
        /^tieout plan nightly --file \/\S+b\.csv {3}# again, once this is done: /,
      ]);
      expect(planned?.code, planned?.err).to.equal(0);
    },
  );

  itWhole("after a file was judged by itself, with a job and without", async () => {
    await writeJob();
    await put(PATCHES.replace("account_2,", ","));
    const [planned] = await typeAll(await tieout("validate", "nightly"), [
      /^tieout plan nightly --file \/\S+a\.csv {3}# /,
    ]);
    expect(planned?.code, planned?.err).to.equal(3);
    const [again, help] = await typeAll(await tieout("validate", "in/a.csv"), [
      /^tieout validate \/\S+a\.csv {3}# again, after correcting the 1 row$/,
      /^tieout plan --help {3}# /,
    ]);
    expect([again?.code, help?.code]).to.deep.equal([3, 0]);
  });

  itWhole("after a rehearsal", async () => {
    await writeJob();
    await put(PATCHES.replace("account_2,", ","));
    const [again, ran] = await typeAll(await tieout("rehearse", "nightly"), [
      /^tieout rehearse nightly --file \/\S+a\.csv {3}# again, after correcting the 1 row to repair$/,
      /^tieout run nightly --file \/\S+a\.csv {3}# sends it to the bank$/,
    ]);
    expect(again?.code, again?.err).to.equal(3);
    expect(ran?.out, ran?.err).to.contain("2 applied");
  });

  itWhole("in the line of a command that cannot go on", async () => {
    await writeJob('expect: { by: "00:00" }');
    const expected = await tieout("run", "nightly");
    await put(PATCHES);
    const [ran] = await typeAll(expected, [/^tieout run nightly {3}# $/]);
    expect(ran?.out, ran?.err).to.contain("3 applied");

    const [runs] = await typeAll(await tieout("report", "1999"), [/^tieout runs {3}# $/]);
    expect(runs?.out).to.contain("nightly");

    await put(PATCHES.replaceAll("New", "Newer"), "b.csv");
    const plan = await tieout("plan", "nightly");
    const [, id = ""] = /^plan (\S+)/.exec(plan.out) ?? [];
    const [sent] = await typeAll(await tieout("resume", id), [/^tieout apply \S+ {3}# $/]);
    expect(sent?.out, sent?.err).to.contain("3 applied");

    const [help] = await typeAll(await tieout("run", "nightly", "--limt", "3"), [/^tieout run --help {3}# $/]);
    expect(help?.out).to.contain("--limit");

    await rm(join(folder, "out"), { recursive: true });
    await writeFile(join(folder, "out"), "in the way");
    await put(PATCHES.replaceAll("New", "Newest"), "c.csv");
    const unwritable = await tieout("run", "nightly");
    expect(unwritable.code, unwritable.err).to.equal(2);
    await rm(join(folder, "out"));
    const [resumed] = await typeAll(unwritable, [/^tieout resume \S+ {3}# $/]);
    expect(resumed?.out, resumed?.err).to.contain("3 applied");
  });
});
