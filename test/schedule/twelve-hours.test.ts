/**
 * From a deadline to the file that is missing, by the watch of a schedule over a real folder and each real ledger. Only the clock is not real.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { openLooking } from "../../src/cli/commands/watch-expected.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";
import { followExpected } from "../../src/schedule/follow-expected.ts";
import { describeOnPostgres, POSTGRES } from "../ledger/postgres/use-postgres.ts";
import { type LedgerImplementation, useLedger } from "../ledger/use-ledger.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const BANK = { url: "http://bank.test", clientId: "client", clientSecret: "secret" };
const NAME = { apiUrl: BANK.url, program: BANK.clientId };
const at = (time: string) => Date.parse(`2026-11-30T${time}Z`);
const short = (ms: number) => new Date(ms).toISOString().slice(11, 19);

const SQLITE: LedgerImplementation = {
  name: "SQLite",
  open: (folder) => openSqliteLedger(join(folder, "ledger.sqlite"), { durable: false }),
};

/** The watch of one process. */
class Watch {
  readonly clock: FakeClock;
  readonly #stopper = new AbortController();
  readonly #ended: Promise<void>;
  #looking = 0;

  constructor(desk: Desk, ledger: Ledger, clock: FakeClock) {
    this.clock = clock;
    const look = openLooking();
    const job = { expect: { by: "02:30" }, notify: [{ slack: "CHAT" }] };
    const context = { ...desk.context(BANK, job), ledger, clock };
    const lookNow = async () => {
      this.#looking += 1;
      return await look(context).finally(() => {
        this.#looking -= 1;
      });
    };
    this.#ended = followExpected(lookNow, { clock, signal: this.#stopper.signal });
  }

  /** Once it waits again. */
  async idle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#looking > 0);
  }

  async stop(): Promise<void> {
    await this.idle();
    this.#stopper.abort();
    await this.#ended;
  }
}

function twelveHours(implementation: LedgerImplementation): void {
  const use = useLedger(implementation);
  let desk: Desk;
  let clock: FakeClock;
  beforeEach(async () => {
    desk = await openDesk({ durable: false });
    await mkdir(join(desk.folder, "in"));
    clock = new FakeClock(at("02:00:00"));
  });
  afterEach(() => desk[Symbol.asyncDispose]());

  const until = async (time: string, ...watches: readonly Watch[]) => {
    for (;;) {
      for (const watch of watches) await watch.idle();
      const leftMs = at(time) - clock.nowMs();
      if (leftMs <= 0) return;
      await clock.advance(Math.min(clock.nextInMs ?? leftMs, leftMs));
    }
  };
  const alarms = async () =>
    (await use.ledger.alarms.list({ bank: NAME }, 0, 9)).map(
      ({ kind, subject, sinceMs, clearedAtMs }) =>
        `${kind} ${subject} ${short(sinceMs)} to ${clearedAtMs === null ? "now" : short(clearedAtMs)}`,
    );
  /** That an alarm is over waits for its beginning to be told. */
  const told = async (): Promise<readonly string[]> => {
    const take = { nowMs: clock.nowMs(), untilMs: Number.MAX_SAFE_INTEGER, limit: 9 };
    const notices = await use.ledger.alarms.takeNotices(NAME, "desk", take);
    for (const notice of notices) await use.ledger.alarms.endNotice(notice, { kind: "delivered" }, clock.nowMs());
    return notices.length === 0
      ? []
      : [...notices.map(({ event, alarm }) => `${event} ${alarm.kind}`), ...(await told())];
  };

  it("a file is late at its deadline to the second, and missing twelve hours later, told once by two processes", async () => {
    const watches = [new Watch(desk, use.ledger, clock), new Watch(desk, await use.openOther(), clock)];
    await until("02:29:59", ...watches);
    expect(await alarms()).to.deep.equal([]);
    await until("02:30:00", ...watches);
    expect(await alarms()).to.deep.equal(["late 2026-11-30 02:30:00 to now"]);
    expect(await told()).to.deep.equal(["raised late"]);
    await until("14:29:59", ...watches);
    expect(await alarms()).to.deep.equal(["late 2026-11-30 02:30:00 to now"]);
    expect(await told()).to.deep.equal([]);
    await until("14:30:00", ...watches);
    const both = ["late 2026-11-30 02:30:00 to 14:30:00", "missing 2026-11-30 14:30:00 to now"];
    expect(await alarms()).to.deep.equal(both);
    expect((await told()).toSorted()).to.deep.equal(["cleared late", "raised missing"]);
    await until("23:59:59", ...watches);
    expect(await alarms()).to.deep.equal(both);
    expect(await told()).to.deep.equal([]);
    for (const watch of watches) await watch.stop();
  });

  it("is missing as of the same second where no process was there in between", async () => {
    const first = new Watch(desk, use.ledger, clock);
    await until("08:00:00", first);
    await first.stop();
    await until("16:10:00");
    const second = new Watch(desk, await use.openOther(), clock);
    await second.idle();
    expect(await alarms()).to.deep.equal([
      "late 2026-11-30 02:30:00 to 14:30:00",
      "missing 2026-11-30 14:30:00 to now",
    ]);
    expect((await told()).toSorted()).to.deep.equal(["cleared late", "raised late", "raised missing"]);
    await second.stop();
  });
}

describe("twelve hours after a deadline", function () {
  this.timeout(60_000);
  describe("in SQLite", () => twelveHours(SQLITE));
  describeOnPostgres("in PostgreSQL", () => twelveHours(POSTGRES));
});
