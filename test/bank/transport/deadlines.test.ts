/**
 * Deadlines: each call ends at its own time, never before, and one timer is enough for all.
 */
import { mock } from "node:test";
import { expect } from "chai";
import { Deadlines } from "../../../src/bank/transport/deadlines.ts";

const TIMEOUT_MS = 1_000;

/** Deadlines on a clock that is moved by hand, the timers with it; `expired` has names and moments. */
function setUp() {
  let nowMs = 0;
  const expired: string[] = [];
  const deadlines = new Deadlines(TIMEOUT_MS, () => nowMs);
  const begin = (name: string) => {
    const due = { expire: () => void expired.push(`${name} ${nowMs}`) };
    deadlines.add(due);
    return due;
  };
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= 1) {
      nowMs += 1;
      mock.timers.tick(1);
    }
  };
  /** The thread was busy: time has passed, and no timer could go off. */
  const hold = (ms: number) => {
    nowMs += ms;
  };
  return { deadlines, begin, pass, hold, expired };
}

describe("deadlines", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());

  it("end each call at its own time, whatever began before it", () => {
    const { begin, pass, expired } = setUp();
    begin("a");
    pass(1);
    begin("b");
    pass(500);
    begin("c");
    pass(498);
    expect(expired).to.deep.equal([]);
    pass(2_000);
    expect(expired).to.deep.equal(["a 1000", "b 1001", "c 1501"]);
  });

  it("leave alone what has ended, and keep the time of what began after it", () => {
    const { deadlines, begin, pass, expired } = setUp();
    const first = begin("first");
    pass(900);
    begin("second");
    deadlines.remove(first);
    pass(999);
    expect(expired).to.deep.equal([]);
    pass(1);
    expect(expired).to.deep.equal(["second 1900"]);
  });

  it("begin anew after all have ended", () => {
    const { deadlines, begin, pass, expired } = setUp();
    deadlines.remove(begin("a"));
    pass(5 * TIMEOUT_MS);
    begin("b");
    pass(TIMEOUT_MS - 1);
    expect(expired).to.deep.equal([]);
    pass(1);
    expect(expired).to.deep.equal(["b 6000"]);
  });

  it("end all that are due after the thread was busy, and none that is not", () => {
    const { begin, pass, hold, expired } = setUp();
    begin("a");
    begin("b");
    hold(300);
    begin("c");
    hold(900);
    pass(TIMEOUT_MS);
    expect(expired).to.deep.equal(["a 2200", "b 2200", "c 2200"]);
  });

  it("take a call that begins as another one ends", () => {
    const { deadlines, begin, pass, expired } = setUp();
    deadlines.add({ expire: () => void begin("next") });
    pass(2 * TIMEOUT_MS - 1);
    expect(expired).to.deep.equal([]);
    pass(1);
    expect(expired).to.deep.equal(["next 2000"]);
  });

  it("set one timer for a thousand calls", () => {
    let set = 0;
    const { deadlines, begin } = setUp();
    const { setTimeout: mocked } = globalThis;
    globalThis.setTimeout = ((...given: Parameters<typeof mocked>) => {
      set += 1;
      return mocked(...given);
    }) as typeof mocked;
    for (let n = 0; n < 1_000; n += 1) deadlines.remove(begin(String(n)));
    globalThis.setTimeout = mocked;
    expect(set).to.equal(1);
  });
});
