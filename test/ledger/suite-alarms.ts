/**
 * What every ledger must do with alarms: one open at a time of each job, kind and subject; and notices of it that are taken by one process at a
 * time until they are delivered.
 */
import { expect } from "chai";
import type { AlarmEvent, NewAlarm, Notice } from "../../src/ledger/alarms.ts";
import { BANK, SANDBOX } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

export function suiteOfAlarms(use: LedgerInUse): void {
  const alarm = (over: Partial<NewAlarm> = {}): NewAlarm => ({
    job: "nightly",
    kind: "failed",
    subject: "",
    code: "bank_unreachable",
    message: "the bank cannot be reached",
    run: null,
    counts: { rows: 3, held: 1 },
    causes: { "held guard": 1 },
    next: "tieout run nightly",
    ...over,
  });
  const NOBODY = { targets: [], afterMs: 0 };
  const raise = (over: Partial<NewAlarm> = {}, atMs = 10, targets: readonly string[] = [], afterMs = 0) =>
    use.ledger.alarms.raise(BANK, alarm(over), { targets, afterMs }, atMs);
  const list = (wanted = {}, after = 0, limit = 100) => use.ledger.alarms.list(wanted, after, limit);
  const take = (nowMs: number, untilMs = nowMs + 100, limit = 10) =>
    use.ledger.alarms.takeNotices(BANK, "nightly", { nowMs, untilMs, limit });
  const shown = (notices: readonly Notice[]) =>
    notices.map(({ alarm: { no }, event, target, atMs, attempts }) => [no, event, target, atMs, attempts]);

  it("raises one of a job, kind and subject, and no other until it is cleared", async () => {
    expect(await raise({ run: "r1" }, 10)).to.equal(true);
    expect(await raise({ run: "r2", message: "again" }, 20)).to.equal(false);
    const other = await use.openOther();
    expect(await other.alarms.raise(BANK, alarm(), NOBODY, 20)).to.equal(false);
    expect(await raise({ subject: "b.csv" }, 20)).to.equal(true);
    expect(await raise({ kind: "held" }, 20)).to.equal(true);
    expect(await raise({ job: "weekly" }, 20)).to.equal(true);
    expect(await use.ledger.alarms.raise(SANDBOX, alarm(), NOBODY, 20)).to.equal(true);
    const first = { ...alarm({ run: "r1" }), no: 1, bank: BANK, sinceMs: 10, clearedAtMs: null };
    await use.reopen();
    expect((await list())[0]).to.deep.equal(first);
    expect(await use.ledger.alarms.clear(BANK, { job: "nightly", kinds: ["failed"], subject: "" }, 30)).to.deep.equal([
      { ...first, clearedAtMs: 30 },
    ]);
    expect(await use.ledger.alarms.clear(BANK, { job: "nightly", kinds: ["failed"], subject: "" }, 31)).to.deep.equal(
      [],
    );
    expect(await raise({ run: "r3" }, 40), "anew").to.equal(true);
    expect(
      (await list({ bank: BANK, job: "nightly", kind: "failed" })).map(({ no, sinceMs }) => [no, sinceMs]),
    ).to.deep.equal([
      [1, 10],
      [2, 20],
      [6, 40],
    ]);
  });

  it("raises once what began at one instant and is over, whichever process looks", async () => {
    const other = await use.openOther();
    const once = { targets: ["hook"], afterMs: 0, once: true };
    expect(await use.ledger.alarms.raise(BANK, alarm({ kind: "late", subject: "d" }), once, 10)).to.equal(true);
    await use.ledger.alarms.clear(BANK, { job: "nightly", kinds: ["late"], subject: "d" }, 20);
    expect(await other.alarms.raise(BANK, alarm({ kind: "late", subject: "d" }), once, 10)).to.equal(false);
    expect(await other.alarms.raise(BANK, alarm({ kind: "late", subject: "d" }), once, 11), "a new one").to.equal(true);
    expect(await list({ kind: "late" })).to.have.length(2);
    const both = await Promise.all(
      [use.ledger, other].map((one) => one.alarms.raise(BANK, alarm({ kind: "gap" }), once, 10)),
    );
    expect(both.filter(Boolean)).to.have.length(1);
  });

  it("is cleared by a person once, with who and why, and told as any other end", async () => {
    await raise({ kind: "missing", subject: "d" }, 10, ["hook"]);
    for (const notice of await take(10)) await use.ledger.alarms.endNotice(notice, { kind: "delivered" }, 11);
    const acknowledged = { by: "clara", reason: "the sender had no file" };
    const cleared = await use.ledger.alarms.acknowledge(1, acknowledged, 20);
    expect(cleared).to.deep.include({ no: 1, kind: "missing", clearedAtMs: 20, acknowledged });
    expect(await use.ledger.alarms.acknowledge(1, acknowledged, 21)).to.equal(undefined);
    expect(await use.ledger.alarms.acknowledge(9, acknowledged, 21)).to.equal(undefined);
    await use.reopen();
    expect((await list())[0]).to.deep.equal(cleared);
    expect(shown(await take(20))).to.deep.equal([[1, "cleared", "hook", 20, 1]]);
  });

  it("lists notices that could not be delivered: tried more than once, or given up lately or of an open alarm", async () => {
    const untold = async (sinceMs = 0) =>
      (await use.ledger.alarms.listUntold(BANK, "nightly", sinceMs, 9)).map(
        ({ alarm: no, event, target, attempts, isGivenUp, why }) => [no, event, target, attempts, isGivenUp, why],
      );
    await raise({}, 10, ["a", "b", "c"]);
    for (const notice of await take(10)) await use.ledger.alarms.putOffNotice(notice, 20, "it answers 500");
    expect(await untold(), "it may be under way").to.deep.equal([]);
    const [a] = await take(20);
    expect(await untold()).to.deep.equal([
      [1, "raised", "a", 2, false, "it answers 500"],
      [1, "raised", "b", 2, false, "it answers 500"],
      [1, "raised", "c", 2, false, "it answers 500"],
    ]);
    if (a !== undefined) await use.ledger.alarms.endNotice(a, { kind: "given up", why: "it answers 410" }, 30);
    const how = "CASE target WHEN 'b' THEN 'delivered' ELSE 'given up' END";
    await use.tamper(`UPDATE notices SET ended = 30, how = ${how} WHERE target <> 'a'`);
    const givenUp = [
      [1, "raised", "a", 2, true, "it answers 410"],
      // By an earlier version.
      [1, "raised", "c", 2, true, null],
    ];
    expect(await untold(31), "its alarm is open").to.deep.equal(givenUp);
    await use.ledger.alarms.clear(BANK, { job: "nightly", kinds: ["failed"] }, 40);
    expect([await untold(30), await untold(31)]).to.deep.equal([givenUp, []]);
    expect(await use.ledger.alarms.listUntold(SANDBOX, "nightly", 0, 9)).to.deep.equal([]);
  });

  it("clears kinds about any subject, and nothing of another job or bank", async () => {
    for (const kind of ["failed", "held", "gap"] as const) await raise({ kind, subject: kind });
    await raise({ job: "weekly" });
    await use.ledger.alarms.raise(SANDBOX, alarm(), NOBODY, 10);
    const cleared = await use.ledger.alarms.clear(BANK, { job: "nightly", kinds: ["failed", "held"] }, 20);
    expect(cleared.map(({ kind, clearedAtMs }) => [kind, clearedAtMs])).to.deep.equal([
      ["failed", 20],
      ["held", 20],
    ]);
    expect(await use.ledger.alarms.countOpen(BANK)).to.deep.equal([
      { job: "nightly", kind: "gap", count: 1 },
      { job: "weekly", kind: "failed", count: 1 },
    ]);
    expect(await use.ledger.alarms.countOpen(SANDBOX)).to.deep.equal([{ job: "nightly", kind: "failed", count: 1 }]);
    expect(
      await use.ledger.alarms.clear({ ...BANK, program: "unknown" }, { job: "nightly", kinds: ["gap"] }, 20),
    ).to.deep.equal([]);
  });

  it("lists by what is wanted, in pages", async () => {
    for (let no = 1; no <= 5; no += 1) await raise({ subject: `file ${no}` }, 10 * no);
    await use.ledger.alarms.clear(BANK, { job: "nightly", kinds: ["failed"], subject: "file 2" }, 45);
    const numbers = async (...args: Parameters<typeof list>) => (await list(...args)).map(({ no }) => no);
    expect(await numbers({}, 1, 2)).to.deep.equal([2, 3]);
    expect(await numbers({ isOpen: true })).to.deep.equal([1, 3, 4, 5]);
    expect(await numbers({ fromMs: 46, toMs: 50 }), "open at some time from then on, raised before").to.deep.equal([
      1, 3, 4,
    ]);
    expect(await numbers({ fromMs: 45, toMs: 50 })).to.deep.equal([1, 2, 3, 4]);
    expect(await numbers({ subject: "file 4" })).to.deep.equal([4]);
    expect(await numbers({ subject: "" })).to.deep.equal([]);
    expect(await numbers({ kind: "held" })).to.deep.equal([]);
    expect(await numbers({ job: "weekly" })).to.deep.equal([]);
    expect(await numbers({ bank: SANDBOX })).to.deep.equal([]);
  });

  it("tells each target once that it was raised, and those that it is cleared", async () => {
    await raise({}, 10, ["mail", "chat", "mail"]);
    await raise({}, 11, ["mail"]);
    await raise({ job: "weekly" }, 12, ["mail"]);
    expect(await take(9), "not before it happened").to.deep.equal([]);
    const taken = await take(20);
    expect(shown(taken)).to.deep.equal([
      [1, "raised", "chat", 10, 1],
      [1, "raised", "mail", 10, 1],
    ]);
    expect(taken[0]?.alarm).to.deep.equal((await list())[0]);
    for (const notice of taken) await use.ledger.alarms.endNotice(notice, { kind: "delivered" }, 30);
    await use.ledger.alarms.clear(BANK, { job: "nightly", kinds: ["failed"] }, 40);
    const cleared = await take(50);
    expect(shown(cleared)).to.deep.equal([
      [1, "cleared", "chat", 40, 1],
      [1, "cleared", "mail", 40, 1],
    ]);
    expect(cleared[0]?.alarm.clearedAtMs).to.equal(40);
    for (const notice of cleared)
      await use.ledger.alarms.endNotice(notice, { kind: "given up", why: "it answers 410" }, 60);
    expect(await take(1_000)).to.deep.equal([]);
  });

  it("gives a notice to one process at a time, and to the next when that one has died", async () => {
    await raise({}, 10, ["mail", "chat"]);
    const other = await use.openOther();
    const both = await Promise.all([
      take(20, 120, 1),
      other.alarms.takeNotices(BANK, "nightly", { nowMs: 20, untilMs: 120, limit: 1 }),
    ]);
    expect(both.flatMap(shown).sort()).to.deep.equal([
      [1, "raised", "chat", 10, 1],
      [1, "raised", "mail", 10, 1],
    ]);
    expect(await take(119)).to.deep.equal([]);
    expect(shown(await take(120))).to.deep.equal([
      [1, "raised", "chat", 10, 2],
      [1, "raised", "mail", 10, 2],
    ]);
  });

  it("puts off what was not delivered, unless another process has taken it meanwhile", async () => {
    await raise({}, 10, ["mail"]);
    const [first] = (await take(20, 30)) as [Notice];
    await use.ledger.alarms.putOffNotice(first, 500, "it answers 500");
    expect(await take(499)).to.deep.equal([]);
    const [second] = (await take(500, 600)) as [Notice];
    await use.ledger.alarms.putOffNotice(first, 510, "it answers 500");
    expect(await take(599), "the first one's turn is over").to.deep.equal([]);
    await use.ledger.alarms.endNotice(second, { kind: "delivered" }, 550);
    await use.ledger.alarms.putOffNotice(second, 560, "it answers 500");
    expect(await take(1_000)).to.deep.equal([]);
  });

  it("tells that it is cleared only behind that it was raised", async () => {
    await raise({}, 10, ["mail"]);
    const [notice] = (await take(20, 100)) as [Notice];
    await use.ledger.alarms.clear(BANK, { job: "nightly", kinds: ["failed"] }, 30);
    const events = async (nowMs: number): Promise<AlarmEvent[]> => (await take(nowMs, nowMs)).map(({ event }) => event);
    expect(await events(40)).to.deep.equal([]);
    expect(await events(100), "raised is taken again").to.deep.equal(["raised"]);
    await use.ledger.alarms.endNotice(notice, { kind: "delivered" }, 101);
    expect(await events(102)).to.deep.equal(["cleared"]);
  });

  it("tells nobody of an alarm that is cleared before anybody was to be told", async () => {
    await raise({}, 10, ["mail"], 100);
    const nextDue = () => use.ledger.alarms.findNextDue(BANK, "nightly");
    expect(await nextDue()).to.equal(110);
    expect(await take(109)).to.deep.equal([]);
    await use.ledger.alarms.clear(BANK, { job: "nightly", kinds: ["failed"] }, 50);
    expect([await take(1_000), await nextDue()]).to.deep.equal([[], null]);
    await raise({}, 2_000, ["mail"], 100);
    expect(await raise({}, 2_020, [], 200), "later is no sooner").to.equal(false);
    expect(await nextDue()).to.equal(2_100);
    expect(await raise({}, 2_030, [], 0)).to.equal(false);
    expect(await nextDue()).to.equal(2_030);
    expect(shown(await take(2_030, 2_500))).to.deep.equal([[2, "raised", "mail", 2_000, 1]]);
    expect(await nextDue(), "by then its process is believed dead").to.equal(2_500);
    await raise({}, 2_040, [], 0);
    expect(await nextDue()).to.equal(2_500);
    await use.ledger.alarms.clear(BANK, { job: "nightly", kinds: ["failed"] }, 2_050);
    expect(shown(await take(2_500)), "somebody may have been told").to.deep.equal([[2, "raised", "mail", 2_000, 2]]);
    expect(await use.ledger.alarms.findNextDue(SANDBOX, "nightly")).to.equal(null);
  });
}
