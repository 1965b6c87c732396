/**
 * The alarms of a job, by how its starts end: raised once, cleared once, and told to whom the job names. Real runs over the sandbox.
 */
import { expect } from "chai";
import { clearAlarms, raiseAlarm } from "../../src/alarm/raise-alarm.ts";
import { clearOfRun, settleAlarms, settleError, TRIED_FOR_MS } from "../../src/alarm/settle-alarms.ts";
import { openLooking } from "../../src/cli/commands/watch-expected.ts";
import { keepAlarms } from "../../src/cli/keep-alarms.ts";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { JobInput } from "../../src/job.ts";
import type { RunContext } from "../../src/run/context.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import type { FileEnd } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { put, start } from "../run/source.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const csv = (...rows: readonly string[]) => ["account_id,product_name", ...rows, ""].join("\n");
const GUARDED: Partial<JobInput> = { guards: { patch: { max: 1 } }, notify: [{ slack: "CHAT_URL" }] };

describe("the alarms of a job", () => {
  let bank: Sandbox;
  let desk: Desk;
  let day = 0;
  beforeEach(async () => {
    bank = await startSandbox({ seed: { accounts: [1, 2, 3].map((n) => ({ id: `account_${n}` })) } });
    desk = await openDesk({ durable: false });
    day = 0;
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank[Symbol.asyncDispose]();
  });

  /** A whole start on one more file. */
  async function night(
    text: string,
    job: Partial<JobInput> = {},
  ): Promise<{ context: RunContext; ends: readonly FileEnd[] }> {
    day += 1;
    await put(desk, `${day}.csv`, text, day);
    const ends = await start(desk, bank, { job });
    const context = desk.context(bank, job);
    await settleAlarms(context, ends, { isStart: true });
    return { context, ends };
  }
  const open = async () =>
    (await desk.ledger.alarms.list({ isOpen: true }, 0, 10)).map(({ kind, code, subject }) =>
      `${kind} ${code} ${subject}`.trim(),
    );
  const all = async () =>
    (await desk.ledger.alarms.list({}, 0, 10)).map(
      ({ kind, clearedAtMs }) => `${kind} ${clearedAtMs === null ? "open" : "cleared"}`,
    );

  it("of one source are not over with a night in which only another went well", async () => {
    const here = (name: string) => ({ name, folder: `${desk.folder}/in`, pattern: new RegExp(`^${name}`) });
    const job = { source: [here("cards"), here("loans")], onRejected: "continue" as const };
    const two = async (cards: string | null, loans: string | null) => {
      day += 1;
      if (cards !== null) await put(desk, `cards-${day}.csv`, cards, day);
      if (loans !== null) await put(desk, `loans-${day}.csv`, loans, day);
      const ends = await start(desk, bank, { job });
      await settleAlarms(desk.context(bank, job), ends, { isStart: true });
      return ends;
    };
    await two("", csv("account_2,A"));
    expect(await open()).to.deep.equal(["rejected file_empty source cards"]);
    await two(null, csv("account_2,B"));
    expect(await open()).to.deep.equal(["rejected file_empty source cards"]);
    await two(csv("account_1,B"), csv("account_9,B"));
    expect(await open()).to.deep.equal(["repair account_not_found source loans"]);
    const ends = await two(csv("account_1,C"), null);
    expect(ends).to.have.length(1);
    expect(await open()).to.deep.equal(["repair account_not_found source loans"]);
    const [, loans] = await desk.ledger.runs.list(10);
    if (loans === undefined) throw new Error("no run");
    await clearOfRun(desk.context(bank, job), loans.id);
    expect(await open()).to.deep.equal([]);
  });

  it("is held once while rows are held, says how many and what to type, and is over with the next night that goes well", async () => {
    const { ends } = await night(csv("account_1,A", "account_2,A"), GUARDED);
    const [held] = await desk.ledger.alarms.list({}, 0, 10);
    const [end] = ends;
    const run = end?.kind === "reported" ? end.run.id : "";
    expect(held).to.deep.include({
      kind: "held",
      code: "guard",
      subject: "",
      run,
      counts: { rows: 2, held: 2 },
      causes: { "held guard": 2 },
    });
    expect(held?.message).to.equal(`run ${run} of 1.csv holds 2 rows for a person's decision`);
    expect(held?.next).to.match(/^tieout approve run-\d+ --guard patch /);
    await night(csv("account_1,B", "account_2,B"), GUARDED);
    expect(await all()).to.deep.equal(["held open"]);
    await night(csv("account_3,A"), GUARDED);
    expect(await all()).to.deep.equal(["held cleared"]);
    const notices = await desk.ledger.alarms.takeNotices(desk.context(bank).bankName, "desk", {
      nowMs: desk.clock.nowMs(),
      untilMs: Number.MAX_SAFE_INTEGER,
      limit: 9,
    });
    expect(notices.map(({ event, target }) => `${event} ${target}`)).to.deep.equal(["raised slack CHAT_URL"]);
  });

  it("is repair, told once, while nights end with rows to correct, and is over with the first that has none", async () => {
    const job: Partial<JobInput> = { notify: [{ slack: "CHAT_URL" }] };
    const { ends } = await night(
      "account_id,product_name,status\naccount_1,A,\naccount_2,A,nonsense\naccount_9,A,\n",
      job,
    );
    const [end] = ends;
    const run = end?.kind === "reported" ? end.run.id : "";
    const [repair] = await desk.ledger.alarms.list({}, 0, 10);
    expect(repair).to.deep.include({
      kind: "repair",
      subject: "",
      run,
      counts: { rows: 3, applied: 1, invalid: 1, refused: 1 },
      message: `run ${run} of 1.csv ended with 2 rows to correct: 1 invalid, 1 refused`,
      next: `tieout causes ${run}`,
    });
    expect(Object.keys(repair?.causes ?? {})).to.have.length(2);
    expect(JSON.stringify(repair)).not.to.contain("nonsense");
    await night(csv("account_9,B"), job);
    expect(await all(), "no second one").to.deep.equal(["repair open"]);
    const { bankName } = desk.context(bank);
    const due = { nowMs: desk.clock.nowMs(), untilMs: Number.MAX_SAFE_INTEGER, limit: 9 };
    const notices = await desk.ledger.alarms.takeNotices(bankName, "desk", due);
    expect(notices.map(({ event, alarm }) => `${event} ${alarm.kind}`)).to.deep.equal(["raised repair"]);
    await night(csv("account_3,A"), job);
    expect(await all()).to.deep.equal(["repair cleared"]);
  });

  it("is rejected for a file that was not taken, without a word of its cells, and leaves what a run had raised", async () => {
    await night(csv("account_1,A", "account_2,A"), GUARDED);
    await night("acount_id\nCanary\n", GUARDED);
    expect(await open()).to.deep.equal(["held guard", "rejected header_column_unknown"]);
    const rejected = (await desk.ledger.alarms.list({ kind: "rejected" }, 0, 1))[0];
    expect(rejected?.message).to.match(/^2\.csv was rejected: /);
    expect(JSON.stringify(rejected)).not.to.contain("Canary");
    await night(csv("account_3,A"), GUARDED);
    expect(await open()).to.deep.equal([]);
  });

  it("is failed when a run stops before its end, told at once or once a schedule has tried for half an hour", async () => {
    for (const isTriedAgain of [true, false]) {
      const job: Partial<JobInput> = { notify: [{ slack: "CHAT_URL" }, { command: ["page"], kinds: ["held"] }] };
      await settleAlarms(desk.context(bank, job), [stoppedEnd()], { isTriedAgain });
      const due = await desk.ledger.alarms.findNextDue(desk.context(bank).bankName, "desk");
      expect((due ?? 0) - desk.clock.nowMs()).to.equal(isTriedAgain ? TRIED_FOR_MS : 0);
    }
    expect(await all()).to.deep.equal(["failed open"]);
  });

  it("says what comes before the run is resumed, where only a person can mend the cause", async () => {
    const next = "tieout resume run-9   # continues with what is left";
    await settleAlarms(desk.context(bank), [stoppedEnd({ exit: 2, code: "bank_credentials_refused", next: [next] })]);
    const [failed] = await desk.ledger.alarms.list({}, 0, 1);
    expect(failed?.next).to.match(/^tieout resume run-9 {3}# once this is done: Check LEAD_CLIENT_ID and /);
  });

  /** A run that the bank has broken off. */
  function stoppedEnd({ exit = 6, code = "bank_unreachable", next = [] as readonly string[] } = {}): FileEnd {
    const summary = {
      kind: "run",
      run: "run-9",
      file: { key: "9.csv" },
      exit,
      rows: 1,
      words: { skipped: 1 },
      causes: [],
      next,
      stopped: { code, message: "Canary" },
    };
    return { kind: "reported", run: { kind: "run", rerunOf: null, byName: false }, summary } as unknown as FileEnd;
  }

  it("is failed for a start that cannot work, and over with the next start that can, though it has no file", async () => {
    const context = desk.context(bank);
    const error = new FatalError("source_unreachable", "the bucket cannot be listed", { hint: "look" });
    await settleError(context, error);
    await settleError(context, new FatalError("lease_held", "at work", { hint: "wait" }));
    expect(await open()).to.deep.equal(["failed source_unreachable start"]);
    await settleAlarms(context, []);
    expect(await open(), "work on a run is no start").to.have.length(1);
    await settleAlarms(context, [], { isStart: true });
    expect(await open()).to.deep.equal([]);
    await settleError({ ...context, isRehearsal: true }, error);
    expect(await all()).to.deep.equal(["failed cleared"]);
  });

  it("is failed for a start that an internal error ends, which is not quoted", async () => {
    const context = desk.context(bank);
    const options = { kind: "run", file: null, from: null, limit: null, again: null } as const;
    const broken = new TypeError("Canary");
    const error = await keepAlarms(context, options, () => Promise.reject(broken)).catch((thrown: unknown) => thrown);
    expect(error).to.equal(broken);
    expect(await open()).to.deep.equal(["failed internal start"]);
    expect(JSON.stringify(await desk.ledger.alarms.list({}, 0, 1))).not.to.contain("Canary");
  });

  it("is failed for files that wait, with the command that takes them, unless an alarm says which one is missing", async () => {
    const context = desk.context(bank);
    const waits: FileEnd = { kind: "out_of_turn", awaits: "41", keys: ["a 42.csv", "a 43.csv"] };
    await raiseAlarm(context, { kind: "gap", subject: "41", code: "file_gap", message: "41", next: "look" });
    await settleAlarms(context, [waits], { isStart: true });
    expect(await open()).to.deep.equal(["gap file_gap 41"]);
    await clearAlarms(context, ["gap"]);
    await settleAlarms(context, [waits], { isStart: true });
    expect(await open()).to.deep.equal(["failed file_out_of_turn"]);
    const [alarm] = await desk.ledger.alarms.list({ isOpen: true }, 0, 1);
    expect(alarm?.message).to.match(/^a 42\.csv waits for number 41, /);
    expect(alarm?.next).to.match(/^tieout run \S+ --from 'a 42\.csv'$/);
    await night(csv("account_1,A"));
    expect(await open()).to.deep.equal([]);
    await settleAlarms(context, [{ kind: "to_catch_up", keys: ["1.csv", "2.csv"] }], { isStart: true });
    expect((await desk.ledger.alarms.list({ isOpen: true }, 0, 1))[0]?.next).to.match(/^tieout run \S+ --from 1\.csv$/);
  });

  it("is failed while nobody can see whether the expected file has come, and over once that is seen", async () => {
    await put(desk, "1.csv", csv("account_1,A"), 1);
    const look = openLooking();
    const context = desk.context(bank, { expect: { by: "00:00" } });
    await look(context);
    expect(await open()).to.deep.equal([]);
    for (const [error, code] of [
      [new FatalError("source_unreachable", "the bucket cannot be listed", { hint: "look" }), "source_unreachable"],
      [new TypeError("Canary"), "internal"],
    ] as const) {
      const broken: RunContext = { ...context, openStore: () => Promise.reject(error) };
      expect(await look(broken), "soon again").to.equal(desk.clock.nowMs() + 300_000);
      expect(await open()).to.deep.equal([`failed ${code} start`]);
      await look(broken);
      await look(context);
      expect(await open()).to.deep.equal([]);
    }
    expect(await all()).to.have.length(2);
  });

  it("of a file that will not come is not raised again once a person has cleared it", async () => {
    await put(desk, "1.csv", csv("account_1,A"), 1);
    const look = openLooking();
    const context = desk.context(bank, { expect: { by: "00:00" } });
    await look(context);
    await desk.clock.sleep(2 * 86_400_000);
    await look(context);
    const missing = await desk.ledger.alarms.list({ kind: "missing", isOpen: true }, 0, 9);
    expect(missing).not.to.deep.equal([]);
    for (const { no } of missing)
      await desk.ledger.alarms.acknowledge(no, { by: "clara", reason: "none today" }, desk.clock.nowMs());
    await look(context);
    expect(await desk.ledger.alarms.list({ kind: "missing", isOpen: true }, 0, 9)).to.deep.equal([]);
  });

  for (const [what, more, left] of [
    ["is over after a re-run of all rows that were open", [], []],
    [
      "is over after a re-run of all held rows, and that of another row stays until a person gives it up",
      ["account_9,A"],
      ["repair account_not_found"],
    ],
  ] as const)
    it(what, async () => {
      const { ends, context } = await night(csv("account_1,A", "account_2,A", ...more), GUARDED);
      const [end] = ends;
      if (end?.kind !== "reported") throw new Error("not run");
      const { ledger } = desk;
      const run = await ledger.runs.find(end.run.id);
      if (run === undefined) throw new Error("not there");
      const again = await rerunRows(desk.context(bank), run, ["held"], null, []);
      expect(again).to.containSubset({ kind: "reported", summary: { words: { applied: 2 } } });
      await settleAlarms(context, [again]);
      expect(await open()).to.deep.equal(left);
      await clearOfRun(context, run.id);
      expect(await open()).to.deep.equal([]);
    });

  it("costs a run nothing where the ledger cannot keep it", async () => {
    const context = desk.context(bank);
    const warned: string[] = [];
    const failing = {
      ...context,
      ledger: {
        ...context.ledger,
        alarms: {
          ...context.ledger.alarms,
          raise: () => Promise.reject(new FatalError("ledger_failed", "no", { hint: "" })),
        },
      },
      log: { ...context.log, warn: (message: string) => void warned.push(message) },
    };
    expect(await raiseAlarm(failing, { kind: "failed", code: "internal", message: "x", next: "y" })).to.equal(false);
    expect(warned).to.deep.equal(["the ledger cannot keep the job's alarms now"]);
  });
});
