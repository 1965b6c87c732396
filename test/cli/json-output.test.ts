/**
 * `--output json` of every command, from outside: each message fits its schema, a reader that knows no more than the schema
 * accepts what later releases add, and a command that answers once prints one document and nothing else.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { COMMANDS, HELP } from "../../src/cli/commands/commands.ts";
import { jsonLine } from "../../src/cli/output/json-line.ts";
import { type Printer, printEnd } from "../../src/cli/output/print-end.ts";
import { leaseName } from "../../src/ledger/run.ts";
import type { RunContext } from "../../src/run/context.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { newRun } from "../ledger/builders.ts";
import { describeWhole } from "../support/extent.ts";
import { firstCells, tableLines } from "../support/markdown.ts";
import { openTestLedger, tamperWith } from "../support/test-ledger.ts";
import { type Ended, runTieout, startTieout } from "../support/tieout.ts";
import { addBoth } from "./add-both.ts";
import { REQUIRED_MEMBERS } from "./required-members.ts";

type Message = Record<string, unknown> & { readonly event: string };
interface Shape {
  readonly description: string;
  readonly required: readonly string[];
}

const ROOT = new URL("../../", import.meta.url);
const SCHEMA = JSON.parse(await readFile(new URL("docs/schemas/output-1.json", ROOT), "utf8")) as {
  readonly $defs: Readonly<Record<string, Shape>>;
};
const EVENTS = Object.keys(SCHEMA.$defs);
const JOB_URL = new URL("src/job.ts", ROOT).href;

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
ajv.addSchema(SCHEMA, "output");

/** What is wrong with the message; "" for nothing. */
function judge(message: Message): string {
  const validate = ajv.getSchema(`output#/$defs/${message.event}`);
  if (validate === undefined) return `no schema for ${message.event}`;
  return validate(message) ? "" : `${message.event}: ${ajv.errorsText(validate.errors)}`;
}

/** As a later release may write it: one more member in each object, like those that are there. */
function grown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grown);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, one]) => [name, grown(one)] as const);
  return Object.fromEntries([...members, ...members.slice(0, 1).map(([, one]) => ["new_member", one])]);
}

describe("the schema of the output", () => {
  it("has every member that readers rely on, and no fewer than before", () => {
    const required = Object.entries(SCHEMA.$defs).map(([event, shape]) => [event, shape.required.join(" ")]);
    expect(Object.fromEntries(required)).to.deep.equal(
      Object.fromEntries(
        Object.entries(REQUIRED_MEMBERS).map(([event, names]) => [event, `format event ${names}`.trim()]),
      ),
    );
  });

  it("is the list of messages in docs/json-output.md", async () => {
    const page = await readFile(new URL("docs/json-output.md", ROOT), "utf8");
    const rows = tableLines(page).filter((line) => EVENTS.includes(firstCells([line])[0] ?? ""));
    expect(rows.map((line) => line.split(" | ")[1])).to.deep.equal(
      Object.values(SCHEMA.$defs).map(({ description }) => description),
    );
  });

  it("is kept by help and codes", async () => {
    for (const args of [["help"], ["codes"], ["codes", "guard"]]) {
      const { out } = await runTieout([...args, "--output", "json"], {});
      for (const line of out.trimEnd().split("\n")) expect(judge(JSON.parse(line) as Message)).to.equal("");
    }
  });
});

describeWhole("the output of every command as JSON", function () {
  this.timeout(180_000);
  const seen = new Map<string, Message>();
  const ran = new Set<string>();
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-json-"));
    await mkdir(join(folder, "in"));
    const accounts = [1, 2, 3, 4].map((n) => ({ id: `account_${n}` }));
    bank = await startSandbox({ seed: { accounts }, latencyMs: 10 });
    env = {
      TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    const places = 'source: { folder: "in" }, results: { folder: "out" }, concurrency: { reads: 1, writes: 1 }';
    const asJob = (settings: string) =>
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ ${settings}, ${places} });\n`;
    for (const name of ["job.ts", "moved.ts"]) await write(name, asJob('name: "job"'));
    await write("nightly.ts", asJob('name: "nightly", schedule: { cron: "0 2 * * *" }'));
    await write("faults.json", '[{ "fault": "429", "count": 1 }]');
  });
  after(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const csvOf = (product: string, ids = [1, 2, 3]) =>
    ["account_id,product_name", ...ids.map((n) => `account_${n},${product}`), ""].join("\n");
  const openLedger = () => openTestLedger(env.TIEOUT_LEDGER ?? "");

  /** Judges all that a command has printed, and gives it back. */
  function take(line: string, { code, out, err }: Ended): Message[] {
    const entry = [...COMMANDS, HELP].find(({ usage }) => `${line} `.startsWith(`${usage.replace(/ [<[].*/, "")} `));
    const messages = out.split("\n").filter((text) => text !== "");
    const parsed = messages.map((text) => JSON.parse(text) as Message);
    expect(parsed.map(judge).filter((wrong) => wrong !== "")).to.deep.equal([]);
    expect(entry?.exits, `${line} ended ${code}: ${err}`).to.include(code);
    if (entry?.answers === "once") expect(parsed, `${line}: ${out}`).to.have.length(1);
    for (const message of parsed) seen.set(message.event, message);
    ran.add(entry?.usage ?? line);
    return parsed;
  }

  async function tieout(line: string): Promise<Message[]> {
    return take(line, await runTieout([...line.split(" "), "--output", "json"], env, folder));
  }
  const eventsOf = async (line: string) => (await tieout(line)).map(({ event }) => event);
  const lastOf = async (line: string) => (await tieout(line)).at(-1);

  it("fits its schema while a run is stopped, resumed, reported, explained and run again", async () => {
    expect(await eventsOf("run ./job.ts")).to.deep.equal(["note", "none"]);
    expect(await eventsOf("runs")).to.deep.equal(["none"]);
    await write("in/a.csv", csvOf("New"));
    const limited = await tieout("run ./job.ts --limit 1");
    expect(limited.map(({ event }) => event)).to.include.members(["note", "progress", "summary"]);
    const run = String(limited.at(-1)?.run);
    expect(await eventsOf("run ./job.ts")).to.include("run_waits");
    expect(await lastOf("resume")).to.include({ event: "summary", rows: 3 });
    expect(await eventsOf("resume")).to.deep.equal(["nothing"]);
    expect(await eventsOf(`resume ${run}`)).to.deep.equal(["ended"]);
    expect(await eventsOf(`abandon ${run} --reason why`)).to.deep.equal(["ended"]);
    expect(await eventsOf(`report ${run}`)).to.deep.equal(["summary"]);
    expect(await eventsOf(`explain ${run} --row 2`)).to.deep.equal(["explanation"]);
    expect(await eventsOf("history account_1 --limit 1")).to.deep.equal(["history"]);
    expect(await eventsOf(`causes ${run}`)).to.deep.equal(["none"]);
    expect(await lastOf(`undo ${run}`)).to.include({ event: "undo", run, accounts: 3 });
    expect(await eventsOf(`rerun ${run} --only applied`)).to.deep.equal(["summary"]);
    expect(await eventsOf("history account_1 --limit 1")).to.deep.equal(["history", "more"]);
    expect(await eventsOf(`diff ${run} last --limit 1`)).to.deep.equal(["diff", "differing", "more"]);
    expect(await lastOf("results last --final")).to.include({ event: "final", run });
    expect(await eventsOf("verify last")).to.deep.equal(["verified_run"]);
    expect(await eventsOf("evidence shown --from 2020-01-01 --to 2999-12-31")).to.deep.equal(["evidence"]);
    expect(await eventsOf("runs")).to.deep.equal(["run", "run"]);
    expect(await eventsOf("audit --limit 2 --verify")).to.deep.equal(["entry", "entry", "verified"]);
  });

  it("fits its schema for files that are known, rejected, planned, judged or rehearsed", async () => {
    await write("copy.csv", csvOf("New"));
    await write("other.csv", csvOf("Other"));
    await write("bad.csv", "acount_id\nx\n");
    expect(await lastOf("run ./job.ts --file in/a.csv")).to.include({ event: "already" });
    expect(await lastOf("run ./job.ts --file copy.csv")).to.include({ event: "already_run" });
    expect(await lastOf("run ./job.ts --file bad.csv")).to.include({ event: "rejected" });
    expect(await lastOf("plan ./job.ts --file other.csv")).to.include({ event: "summary", kind: "plan" });
    expect(await eventsOf("causes last"), "what a plan leaves to its run").to.deep.equal(["none"]);
    expect(await lastOf("apply last"))
      .to.include({ event: "summary", kind: "run" })
      .and.include.keys("planOf", "planHash");
    const text = await readFile(join(folder, "job.ts"), "utf8");
    await write(
      "guarded.ts",
      text.replace('"job"', '"guarded"').replace("concurrency", "guards: { patch: { max: 1 } }, concurrency"),
    );
    await write("guarded.csv", csvOf("Guarded"));
    expect(await lastOf("run ./guarded.ts --file guarded.csv")).to.include({ event: "summary", exit: 4 });
    expect(await lastOf("causes last")).to.include({ event: "cause", count: 3 });
    expect(await lastOf("alarms")).to.include({ event: "alarm", job: "guarded", kind: "held", cleared: null });
    expect(await eventsOf("open --limit 1")).to.deep.equal(["open", "open_row"]);
    expect(await eventsOf("accept last --row 2 --until 2999-01-31 --reason why")).to.deep.equal(["accepted"]);
    expect(await lastOf("approve last --guard patch --max 3 --reason why")).to.include({ event: "summary" });
    expect(await lastOf("validate other.csv --results out")).to.include({ event: "summary", job: null });
    const rehearsal = await tieout("rehearse ./job.ts --file other.csv --faults faults.json");
    expect(rehearsal.slice(-2)).to.containSubset([{ event: "summary", rehearsal: true }, { event: "rehearsal" }]);
  });

  it("fits its schema when what is left of a run is given up, or of a start that was stopped", async () => {
    await write("in/b.csv", csvOf("B"));
    await tieout("run ./job.ts --limit 1");
    expect(await eventsOf("abandon last --reason why")).to.deep.equal(["summary"]);
    {
      await using ledger = await openLedger();
      const job = { job: "job", jobPath: join(folder, "job.ts") };
      const { bank: at } = await ledger.runs.open(
        { apiUrl: bank.url, program: bank.clientId },
        newRun("9999-unread", job),
      );
      const { lease } = await ledger.leases.claim(leaseName(at, "job"), "host pid 1", 600_000, ledger.nowMs());
      using follow = startTieout(["follow", "9999", "--output", "json"], env, folder);
      await new Promise((resolve) => follow.child.stdout?.once("data", resolve));
      follow.child.kill("SIGTERM");
      expect(take("follow", await follow.ended).map(({ event }) => event)).to.deep.equal(["work", "unended"]);
      await ledger.leases.release(lease);
    }
    expect(await eventsOf("abandon 9999-unread --reason why")).to.deep.equal(["abandoned"]);
    // No signal from outside can be timed to come between two files.
    const said: object[] = [];
    const printer = { alert() {}, say: (event: object) => void said.push(event) } as Partial<Printer> as Printer;
    const context = { job: { name: "job" }, jobPath: "job.ts" } as Partial<RunContext> as RunContext;
    printEnd(printer, context, { kind: "left", of: "run", files: 2 });
    take("run", { code: 6, signal: null, out: said.map(jsonLine).join(""), err: "" });
  });

  it("fits its schema for alarms that a person clears, for a trial, and for what is pruned", async () => {
    const text = await readFile(join(folder, "job.ts"), "utf8");
    const as = (name: string, more: string) =>
      write(`${name}.ts`, text.replace('"job"', `"${name}"`).replace("concurrency", `${more}, concurrency`));
    await as("told", 'notify: [{ command: ["true"] }]');
    expect(await lastOf("alarms ./told.ts --try")).to.include({ event: "trial", told: true, why: null });
    await as("kept", 'retention: { cells: "30d" }');
    const no = await addBoth(openLedger, { apiUrl: bank.url, program: bank.clientId }, join(folder, "kept.ts"));
    expect(await lastOf(`alarms --clear ${no} --reason why`)).to.include({ event: "alarm_cleared", no, isNew: true });
    expect(await lastOf("alarms gone --all")).to.deep.nested.include({ no, "acknowledged.reason": "why" });
    expect(await eventsOf("prune ./kept.ts --dry-run")).to.deep.equal(["pruned", "prune"]);
    expect(await eventsOf("prune ./kept.ts --reason why")).to.deep.equal(["pruned", "prune"]);
    expect(await eventsOf("prune ./kept.ts --reason why")).to.deep.equal(["prune"]);
  });

  it("fits its schema for what looks after names, the sandbox, and lists", async () => {
    expect(await eventsOf("schedule nightly.ts --list --count 2")).to.deep.equal(["next_starts"]);
    expect(await eventsOf("schedule nightly.ts --pause --reason holiday")).to.deep.equal(["schedule_paused"]);
    expect(await eventsOf("schedule nightly.ts --resume --reason back")).to.deep.equal(["schedule_resumed"]);
    expect(await eventsOf("move ./moved.ts")).to.deep.equal(["moved"]);
    expect(await eventsOf(`ledger name-bank ${bank.clientId} prepaid`)).to.deep.equal(["named"]);
    {
      await using ledger = await openLedger();
      await ledger.banks.keep({ apiUrl: bank.url, program: "mistyped" }, { id: "them", isNamed: true });
    }
    expect(await eventsOf("ledger name-bank them prepaid")).to.deep.equal(["given_over"]);
    const empty = { TIEOUT_LEDGER: join(folder, "empty.sqlite") };
    await (await openTestLedger(empty.TIEOUT_LEDGER))[Symbol.asyncDispose]();
    const upkeep = async (line: string) =>
      take(line, await runTieout([...line.split(" "), "--output", "json"], empty, folder)).map(({ event }) => event);
    expect(await upkeep("ledger vacuum")).to.deep.equal(["vacuumed"]);
    await tamperWith(empty.TIEOUT_LEDGER, "INSERT INTO facts (run, id) VALUES (1, 'entity_1')");
    expect(await upkeep("ledger check")).to.deep.equal(["problem", "checked"]);
    expect(await eventsOf("ledger check")).to.deep.equal(["checked"]);
    expect(await eventsOf("ledger backup backup.sqlite")).to.deep.equal(["backup"]);
    expect(await eventsOf("ledger copy ledger.sqlite copied.sqlite")).to.deep.equal(["copied"]);
    expect(await eventsOf("help")).to.deep.equal(["help"]);
    expect(await eventsOf("codes guard")).to.deep.equal(["code"]);
    expect(await eventsOf("init own")).to.deep.equal(["initialized"]);
    expect(new Set(await eventsOf("doctor ./job.ts"))).to.deep.equal(new Set(["finding", "examined"]));
    using sandbox = startTieout(["sandbox", "--output", "json", "--faults", "faults.json"], {}, folder);
    await new Promise((resolve) => sandbox.child.stdout?.once("data", resolve));
    sandbox.child.kill("SIGTERM");
    expect(take("sandbox", await sandbox.ended).map(({ event }) => event)).to.deep.equal(["listening", "faults"]);
  });

  it("was seen of every message, and of every command but those that need PostgreSQL, a run in progress or calls that failed", () => {
    // As test/cli/expect.test.ts, test/cli/detach.test.ts, test/cli/ctl.test.ts, test/cli/history.test.ts, test/cli/snapshots.test.ts and test/cli/causes.test.ts see them.
    const elsewhere = [
      "file_out_of_turn",
      "files_to_catch_up",
      "detached",
      "start",
      "worker",
      "control",
      "near",
      "absence",
      "bundle",
    ];
    expect([...seen.keys(), ...elsewhere]).to.have.members(EVENTS);
    expect([...COMMANDS, HELP].map(({ usage }) => usage).filter((usage) => !ran.has(usage))).to.deep.equal([
      "ctl <run> <order> [settings...]",
      "workers",
      "bundle <run>",
      "worker [jobs...]",
    ]);
  });

  it("is accepted by a reader that knows no more than the schema, whatever later releases add", () => {
    expect([...seen.values()].map((message) => judge(grown(message) as Message)).join("")).to.equal("");
  });

  it("is refused without any member that readers rely on", () => {
    for (const [event, message] of seen)
      for (const name of SCHEMA.$defs[event]?.required.filter((one) => one !== "event") ?? []) {
        const { [name]: _, ...rest } = message;
        expect(judge(rest as Message), `${event} without ${name}`).to.contain(`must have required property '${name}'`);
      }
  });
});
