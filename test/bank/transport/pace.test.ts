/**
 * The pace, in a time that stands still until moved.
 */
import { expect } from "chai";
import { OwnPace } from "../../../src/bank/transport/own-pace.ts";
import { type PaceChange, type PaceSettings, withPace } from "../../../src/bank/transport/pace.ts";
import { type BankReply, type BankRequest, CLOSED } from "../../../src/bank/transport.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { answer, type ScriptedReply, scriptTransport, silence } from "../scripted-transport.ts";

const REQUEST: BankRequest = { call: "read", method: "GET", path: "/" };

function setUp(settings: PaceSettings, ...replies: readonly [ScriptedReply, ...ScriptedReply[]]) {
  const clock = new FakeClock();
  const changes: PaceChange[] = [];
  const closer = new AbortController();
  const sentAtMs: number[] = [];
  const script = scriptTransport(...replies);
  const onPaceChange = (change: PaceChange) => changes.push(change);
  const outside = { clock, random: () => 0, closing: closer.signal, onPaceChange };
  const transport = (request: BankRequest) => {
    sentAtMs.push(clock.monotonicMs());
    return script.send(request);
  };
  const pace = new OwnPace(settings, outside);
  const send = withPace(transport, pace, outside);
  return { clock, changes, closer, sentAtMs, send, pace };
}

describe("withPace", () => {
  it("lets a burst go at once and the rest at the pace, first come, first served", async () => {
    const order: string[] = [];
    const { clock, send, sentAtMs } = setUp({ requestsPerSecond: 10, burst: 3 }, (request) => {
      order.push(request.path);
      return answer(200);
    });
    const calls = Promise.all(Array.from({ length: 8 }, (_, index) => send({ ...REQUEST, path: `/${index}` })));
    await clock.advance(10_000);
    await calls;
    expect(sentAtMs).to.deep.equal([0, 0, 0, 100, 200, 300, 400, 500]);
    expect(order).to.deep.equal(["/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7"]);
  });

  it("takes another pace while calls wait, and what the bank has asked for still holds", async () => {
    const { clock, changes, send, sentAtMs, pace } = setUp({ requestsPerSecond: 10, burst: 5 }, 429, 200);
    const calls = [send(REQUEST)];
    await clock.advance(20_000);
    pace.set({ requestsPerSecond: 4, burst: 1 });
    expect(changes.at(-1), "half of it, as before").to.include({ reason: "asked", requestsPerSecond: 2 });
    calls.push(...Array.from({ length: 9 }, () => send(REQUEST)));
    await clock.advance(1_900);
    // It rises with the first good answer, by a tenth of the whole.
    expect(
      sentAtMs.filter((at) => at >= 20_000),
      "nothing is saved up",
    ).to.deep.equal([20_000, 20_417, 20_834, 21_251, 21_668]);
    pace.set({ requestsPerSecond: 20, burst: 1 });
    await clock.advance(1_000);
    await Promise.all(calls);
    expect(sentAtMs).to.have.length(10);
    expect(sentAtMs.at(-1)).to.be.below(22_600);
  });

  it("lets nobody jump the line, not even one who comes as a token falls due", async () => {
    const order: string[] = [];
    const { clock, send } = setUp({ requestsPerSecond: 10, burst: 1 }, (request) => {
      order.push(request.path);
      return answer(200);
    });
    const jump = clock.sleep(100).then(() => send({ ...REQUEST, path: "jumper" }));
    const calls = ["first", "second", "third"].map((path) => send({ ...REQUEST, path }));
    await clock.advance(1_000);
    await Promise.all([jump, ...calls]);
    expect(order).to.deep.equal(["first", "second", "third", "jumper"]);
  });

  it("never exceeds burst plus pace over any stretch, and saves up no more than a burst", async () => {
    const { clock, send, sentAtMs } = setUp({ requestsPerSecond: 7, burst: 4 }, 200);
    const calls: Promise<BankReply>[] = [];
    for (let round = 0; round < 40; round += 1) {
      calls.push(...Array.from({ length: (round * 5) % 7 }, () => send(REQUEST)));
      await clock.advance((round * 37) % 500);
    }
    await clock.advance(60_000);
    await Promise.all(calls);
    expect(sentAtMs).to.have.length(calls.length);
    for (const [first, fromMs] of sentAtMs.entries()) {
      for (const [last, toMs] of sentAtMs.entries()) {
        if (last < first) continue;
        expect(last - first + 1).to.be.at.most(4 + ((toMs - fromMs) * 7) / 1000 + 1e-6);
      }
    }
  });

  for (const [status, reason] of [
    [429, "rate_limited"],
    [503, "unavailable"],
  ] as const) {
    it(`halves the pace after a ${status} and makes all callers wait as long as the bank asks`, async () => {
      const { clock, send, sentAtMs, changes } = setUp(
        { requestsPerSecond: 10, burst: 2 },
        answer(status, "", 4_000),
        200,
      );
      await send(REQUEST);
      const calls = Promise.all([send(REQUEST), send(REQUEST), send(REQUEST)]);
      await clock.advance(20_000);
      await calls;
      // The pause empties the bucket, which then fills at 5 a second.
      expect(sentAtMs).to.deep.equal([0, 4_200, 4_400, 4_600]);
      expect(changes[0]).to.deep.equal({ reason, requestsPerSecond: 5, waitMs: 4_000 });
    });
  }

  it("backs off by itself, ever longer up to half a minute, and slows to one a second at the least", async () => {
    const { clock, send, changes } = setUp({ requestsPerSecond: 16, burst: 1 }, 429);
    const calls = (async () => {
      for (let count = 0; count < 8; count += 1) await send(REQUEST);
    })();
    await clock.advance(200_000);
    await calls;
    expect(changes.map(({ waitMs }) => waitMs)).to.deep.equal([
      500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000,
    ]);
    expect(changes.map(({ requestsPerSecond }) => requestsPerSecond)).to.deep.equal([8, 4, 2, 1, 1, 1, 1, 1]);
  });

  it("begins its back-off anew once the bank has taken a call", async () => {
    const { clock, send, changes } = setUp({ requestsPerSecond: 16, burst: 1 }, 429, 429, 200, 429);
    const calls = (async () => {
      for (let count = 0; count < 4; count += 1) await send(REQUEST);
    })();
    await clock.advance(60_000);
    await calls;
    expect(changes.map(({ waitMs }) => waitMs)).to.deep.equal([500, 1_000, 500]);
  });

  it("counts many refusals of one moment as one, and keeps the longest wait", async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { clock, send, changes, sentAtMs } = setUp({ requestsPerSecond: 100, burst: 10 }, async (_, count) => {
      if (count <= 10) await gate;
      return count <= 10 ? answer(429, "", count * 1_000) : answer(200);
    });
    const refused = Promise.all(Array.from({ length: 10 }, () => send(REQUEST)));
    await clock.advance(50);
    release();
    await refused;
    const next = send(REQUEST);
    await clock.advance(20_000);
    await next;
    expect(changes.map(({ requestsPerSecond }) => requestsPerSecond)).to.deep.equal([50]);
    expect(sentAtMs.at(-1)).to.equal(50 + 10_000 + 20);
  });

  it("makes callers wait that were already in line", async () => {
    let refuse = (_: BankReply) => {};
    const { clock, send, sentAtMs } = setUp(
      { requestsPerSecond: 1, burst: 1 },
      () =>
        new Promise((resolve) => {
          refuse = resolve;
        }),
      200,
    );
    const calls = [send(REQUEST), send(REQUEST)];
    await clock.advance(900);
    refuse(answer(429, "", 5_000));
    await clock.advance(60_000);
    await Promise.all(calls);
    expect(sentAtMs).to.deep.equal([0, 6_900]);
  });

  it("grows back slowly, and never above what is configured", async () => {
    const { clock, send, changes } = setUp({ requestsPerSecond: 20, burst: 1 }, 429, 429, 200);
    const calls = (async () => {
      for (let count = 0; count < 2_500; count += 1) await send(REQUEST);
    })();
    await clock.advance(300_000);
    await calls;
    const [, lowest, ...rises] = changes;
    expect(lowest?.requestsPerSecond).to.equal(5);
    expect(rises.map(({ requestsPerSecond }) => requestsPerSecond)).to.deep.equal([7, 9, 11, 13, 15, 17, 19, 20]);
    expect(rises.every(({ reason, waitMs }) => reason === "recovering" && waitMs === 0)).to.equal(true);
  });

  it("takes no lesson from other answers", async () => {
    const { clock, send, changes, sentAtMs } = setUp(
      { requestsPerSecond: 10, burst: 1 },
      500,
      401,
      silence(true),
      409,
      200,
    );
    const calls = Promise.all(Array.from({ length: 5 }, () => send(REQUEST)));
    await clock.advance(1_000);
    await calls;
    expect(changes).to.deep.equal([]);
    expect(sentAtMs).to.deep.equal([0, 100, 200, 300, 400]);
  });

  it("lets those who wait go unsent when the client closes", async () => {
    const { clock, send, closer, sentAtMs } = setUp({ requestsPerSecond: 1, burst: 1 }, answer(429, "", 300_000), 200);
    await send(REQUEST);
    const waiting = Promise.all([send(REQUEST), send(REQUEST)]);
    await clock.advance(1_000);
    closer.abort();
    expect(await waiting).to.deep.equal([CLOSED, CLOSED]);
    expect(await send(REQUEST)).to.equal(CLOSED);
    expect(sentAtMs).to.deep.equal([0]);
    expect(clock.sleeping).to.equal(0);
  });
});
