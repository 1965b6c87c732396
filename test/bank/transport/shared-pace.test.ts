/**
 * The pace that several clients share, in a time that stands still until moved: whose calls go when, and what the others learn of a 429.
 */
import { expect } from "chai";
import { type PaceChange, type PaceSettings, withPace } from "../../../src/bank/transport/pace.ts";
import { SharedPace } from "../../../src/bank/transport/shared-pace.ts";
import { type BankRequest, CLOSED } from "../../../src/bank/transport.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { LineOfAll } from "../../support/line-of-all.ts";
import { answer, type ScriptedReply, scriptTransport } from "../scripted-transport.ts";

const REQUEST: BankRequest = { call: "read", method: "GET", path: "/" };

function setUp() {
  const clock = new FakeClock();
  const line = new LineOfAll(clock);
  const closer = new AbortController();
  const sentAtMs: number[] = [];
  /** A client as another process has it. */
  const client = (settings: PaceSettings, ...replies: readonly [ScriptedReply, ...ScriptedReply[]]) => {
    const way = line.way();
    const changes: PaceChange[] = [];
    const script = scriptTransport(...replies);
    const own: number[] = [];
    const transport = (request: BankRequest) => {
      own.push(clock.monotonicMs());
      sentAtMs.push(clock.monotonicMs());
      return script.send(request);
    };
    const onPaceChange = (change: PaceChange) => changes.push(change);
    const outside = { clock, random: () => 0, closing: closer.signal, onPaceChange };
    const pace = new SharedPace(settings, way.shared, { ...outside, onState() {} });
    const send = withPace(transport, pace, outside);
    const sendAll = (calls: number) => Promise.all(Array.from({ length: calls }, () => send(REQUEST)));
    return { way, changes, send, sendAll, sentAtMs: own, pace };
  };
  return { clock, line, closer, client, sentAtMs };
}

/** The most calls in any stretch of that length. */
function most(timesMs: readonly number[], stretchMs: number): number {
  return Math.max(...timesMs.map((from) => timesMs.filter((at) => at >= from && at < from + stretchMs).length));
}

describe("SharedPace", () => {
  it("lets all clients together keep one pace, each its share, and asks for several slots at once", async () => {
    const { clock, client, sentAtMs } = setUp();
    const clients = Array.from({ length: 4 }, () => client({ requestsPerSecond: 200, burst: 1 }, 200));
    const calls = clients.map(({ sendAll }) => sendAll(200));
    await clock.advance(4_100);
    await Promise.all(calls);
    expect(most(sentAtMs, 1_000)).to.be.within(198, 211);
    expect(Math.max(...sentAtMs)).to.be.closeTo(800 * 5, 60);
    for (const { sentAtMs: own } of clients) expect(own.filter((at) => at < 2_000).length).to.be.within(80, 120);
    expect(clients.flatMap(({ way }) => way.asked)).to.have.lengthOf.at.most(50);
  });

  it("takes another pace for this client while calls wait", async () => {
    const { clock, client } = setUp();
    const { pace, sendAll, sentAtMs, changes } = client({ requestsPerSecond: 100, burst: 1 }, 200);
    const calls = sendAll(100);
    await clock.advance(300);
    pace.set({ requestsPerSecond: 10, burst: 1 });
    expect(changes).to.deep.equal([{ reason: "asked", requestsPerSecond: 10, waitMs: 0 }]);
    // What is reserved by then is used up first.
    await clock.advance(500);
    const before = sentAtMs.length;
    await clock.advance(1_000);
    expect(sentAtMs.length - before).to.be.within(9, 11);
    await clock.advance(10_000);
    await calls;
  });

  it("lets a burst of all clients go at once, and no burst for each", async () => {
    const { clock, client, sentAtMs } = setUp();
    const clients = Array.from({ length: 3 }, () => client({ requestsPerSecond: 10, burst: 6 }, 200));
    const calls = clients.map(({ sendAll }) => sendAll(4));
    await clock.advance(10_000);
    await Promise.all(calls);
    expect(sentAtMs.filter((at) => at === 0)).to.have.length(6);
    expect(Math.max(...sentAtMs)).to.be.closeTo(600, 1);
  });

  it("loses a slot that is not used in its time, and never saves it up", async () => {
    const { clock, client, sentAtMs } = setUp();
    const { way, send, sendAll } = client({ requestsPerSecond: 100, burst: 1 }, 200);
    const first = sendAll(10);
    await clock.advance(90);
    await first;
    // As many are reserved as have been coming: this call takes one of several.
    const next = send(REQUEST);
    await clock.advance(10);
    await next;
    const before = way.asked.length;
    await clock.advance(30);
    await send(REQUEST);
    expect(way.asked, "one that is still good").to.have.length(before);
    await clock.advance(200);
    const sent = sentAtMs.length;
    const late = sendAll(3);
    await clock.advance(1);
    expect(way.asked.length).to.be.above(before);
    expect(sentAtMs).to.have.length(sent + 1);
    await clock.advance(100);
    await late;
  });

  it("holds each job to its own pace, however many clients it has, and all jobs to the greatest", async () => {
    const { clock, client } = setUp();
    const slow = [1, 2].map(() => client({ requestsPerSecond: 10, burst: 1 }, 200));
    const calls = slow.map(({ sendAll }) => sendAll(100));
    await clock.advance(10_000);
    expect(slow.flatMap(({ sentAtMs }) => sentAtMs).length).to.be.within(99, 101);
    const fast = client({ requestsPerSecond: 100, burst: 1 }, 200);
    calls.push(fast.sendAll(1_000));
    await clock.advance(10_000);
    const together = [...slow, fast].flatMap(({ sentAtMs }) => sentAtMs).filter((at) => at >= 10_000);
    expect(most(together, 1_000)).to.be.at.most(101);
    await clock.advance(60_000);
    await Promise.all(calls);
  });

  for (const isDeaf of [false, true]) {
    it(`pauses all clients after a 429 of one, which ${isDeaf ? "hear of it with their next reservation" : "are told"}`, async () => {
      const { clock, client, line } = setUp();
      const settings = { requestsPerSecond: 20, burst: 1 };
      const one = client(settings, 200, answer(429, "", 4_000), 200);
      const other = client(settings, 200);
      other.way.isDeaf = isDeaf;
      const calls = [one.sendAll(20), other.sendAll(20)];
      await clock.advance(20_000);
      await Promise.all(calls);
      const at = one.sentAtMs[1] ?? 0;
      const heardMs = at + (isDeaf ? 250 : 0);
      expect(other.sentAtMs.filter((ms) => ms > heardMs && ms < at + 4_000)).to.deep.equal([]);
      expect(other.sentAtMs.some((ms) => ms > at + 4_000)).to.equal(true);
      expect(
        most(
          [...one.sentAtMs, ...other.sentAtMs].filter((ms) => ms >= at + 4_000),
          1_000,
        ),
      ).to.be.at.most(11);
      expect(one.changes[0]).to.deep.equal({ reason: "rate_limited", requestsPerSecond: 10, waitMs: 4_000 });
      expect(other.changes[0]).to.include({ reason: "another_worker", requestsPerSecond: 10 });
      expect(other.changes[0]?.waitMs).to.be.within(3_750, 4_000);
      expect(line.state.epoch).to.equal(1);
    });
  }

  it("drops the slots that another client's refusal has made too many, though nobody is to wait", async () => {
    const { clock, client } = setUp();
    const settings = { requestsPerSecond: 100, burst: 1 };
    const one = client(settings, async () => {
      await clock.sleep(25);
      return answer(429, "", 0);
    });
    const other = client(settings, 200);
    const refused = one.send(REQUEST);
    const calls = other.sendAll(30);
    await clock.advance(1_000);
    await Promise.all([refused, calls]);
    expect(other.sentAtMs.slice(0, 4)).to.deep.equal([10, 20, 310, 330]);
  });

  it("keeps a longer pause that comes with a late reply, whatever it has reserved", async () => {
    const { clock, client } = setUp();
    const { sendAll, sentAtMs, changes } = client(
      { requestsPerSecond: 20, burst: 1 },
      async () => {
        await clock.sleep(3_010);
        return answer(429, "", 10_000);
      },
      answer(429, "", 1_000),
      200,
    );
    const calls = sendAll(60);
    await clock.advance(30_000);
    await calls;
    expect(sentAtMs.filter((at) => at > 2_000 && at < 13_010).every((at) => at <= 3_010)).to.equal(true);
    expect(sentAtMs.some((at) => at > 2_000 && at <= 3_010)).to.equal(true);
    expect(changes.filter(({ reason }) => reason === "rate_limited")).to.have.length(1);
  });

  it("tells of many refusals of one moment once, whoever gets them, and keeps the longest wait", async () => {
    const { clock, client, line, sentAtMs } = setUp();
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = async (_: BankRequest, count: number) => {
      if (count <= 10) await gate;
      return count <= 10 ? answer(429, "", count * 1_000) : answer(200);
    };
    const clients = [1, 2].map(() => client({ requestsPerSecond: 100, burst: 20 }, held));
    const calls = clients.map(({ sendAll }) => sendAll(10));
    await clock.advance(50);
    release();
    await Promise.all(calls);
    expect(line.state).to.include({ epoch: 1, share: 0.5 });
    const next = clients.map(({ send }) => send(REQUEST));
    await clock.advance(20_000);
    await Promise.all(next);
    expect(sentAtMs.slice(20).every((at) => at >= 10_050)).to.equal(true);
    expect(clients.flatMap(({ changes }) => changes.map(({ requestsPerSecond }) => requestsPerSecond))).to.deep.equal([
      50, 50,
    ]);
  });

  it("backs off ever longer, whoever is refused, and slows to one a second at the least", async () => {
    const { clock, client } = setUp();
    const clients = [1, 2].map(() => client({ requestsPerSecond: 4, burst: 1 }, 429));
    const calls = clients.map(({ sendAll }) => sendAll(8));
    await clock.advance(400_000);
    await Promise.all(calls);
    const own = clients.flatMap(({ changes }) => changes.filter(({ reason }) => reason === "rate_limited"));
    expect(
      own
        .map(({ waitMs }) => waitMs)
        .sort((a, b) => a - b)
        .slice(0, 6),
    ).to.deep.equal([500, 1_000, 2_000, 4_000, 8_000, 15_000]);
    expect(Math.min(...own.map(({ requestsPerSecond }) => requestsPerSecond))).to.equal(1);
  });

  it("grows back by a tenth every 10 s for all, and never above what is configured", async () => {
    const { clock, client } = setUp();
    const one = client({ requestsPerSecond: 20, burst: 1 }, 429, 200);
    const other = client({ requestsPerSecond: 20, burst: 1 }, 200);
    const calls = [one.sendAll(1_000), other.sendAll(1_000)];
    await clock.advance(120_000);
    await Promise.all(calls);
    const rises = [12, 14, 16, 18, 20];
    expect(one.changes.map(({ requestsPerSecond }) => requestsPerSecond)).to.deep.equal([10, ...rises]);
    expect(other.changes.map(({ requestsPerSecond }) => requestsPerSecond)).to.deep.equal([10, ...rises]);
    expect(one.changes.slice(1).every(({ reason, waitMs }) => reason === "recovering" && waitMs === 0)).to.equal(true);
  });

  for (const trouble of ["fails", "hangs"] as const) {
    it(`goes on alone with a call a second while the line ${trouble}, and keeps a pause`, async () => {
      const { clock, client } = setUp();
      const { way, sendAll, sentAtMs } = client(
        { requestsPerSecond: 50, burst: 1 },
        200,
        200,
        answer(429, "", 5_000),
        200,
      );
      way.trouble = trouble;
      const calls = sendAll(30);
      await clock.advance(20_000);
      expect(most(sentAtMs, 1_000)).to.equal(1);
      expect(sentAtMs.length).to.be.within(8, 17);
      const [, , third = 0, fourth = 0] = sentAtMs;
      expect(fourth - third).to.be.at.least(5_000);
      way.trouble = "none";
      await clock.advance(3_000);
      await calls;
    });
  }

  it("lets those who wait go unsent when the client closes, for a slot, a pause or the line", async () => {
    const { clock, client, closer, sentAtMs } = setUp();
    const waiting = client({ requestsPerSecond: 1, burst: 1 }, 200);
    const hanging = client({ requestsPerSecond: 1, burst: 1 }, 200);
    hanging.way.trouble = "hangs";
    const calls = [waiting.sendAll(3), hanging.sendAll(2)];
    await clock.advance(10);
    closer.abort();
    expect((await Promise.all(calls)).flat().filter((reply) => reply === CLOSED)).to.have.length(4);
    expect(sentAtMs).to.deep.equal([0]);
    expect(clock.sleeping).to.equal(0);
  });
});
