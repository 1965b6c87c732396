/**
 * The breaker, in a time that stands still until moved: when it opens, who probes, what closes it, and whose attempts count.
 */
import { expect } from "chai";
import { Breaker, type BreakerChange } from "../../../src/bank/transport/breaker.ts";
import { withReadRetries } from "../../../src/bank/transport/read-retries.ts";
import { type BankReply, type BankRequest, CLOSED } from "../../../src/bank/transport.ts";
import { FakeClock, settle } from "../../support/fake-clock.ts";
import { answer, type ScriptedReply, scriptTransport, silence } from "../scripted-transport.ts";

const REQUEST: BankRequest = { call: "read", method: "GET", path: "/" };

function setUp(...replies: readonly [ScriptedReply, ...ScriptedReply[]]) {
  const clock = new FakeClock();
  const closer = new AbortController();
  const changes: BreakerChange[] = [];
  const script = scriptTransport(...replies);
  const outside = { clock, random: () => 1, closing: closer.signal };
  const breaker = new Breaker({ ...outside, onBreakerChange: (change) => changes.push(change) });
  const guarded = breaker.guard(breaker.gate(script.send));
  return { clock, closer, changes, requests: script.requests, breaker, send: script.send, guarded, outside };
}

/** So many calls, one after another. */
async function callTimes(send: (request: BankRequest) => Promise<BankReply>, times: number): Promise<BankReply[]> {
  const replies: BankReply[] = [];
  for (let n = 0; n < times; n++) replies.push(await send(REQUEST));
  return replies;
}

const isOutage = (reply: BankReply | undefined) => reply?.kind !== "not_sent" && reply?.outage === true;

describe("Breaker", () => {
  it("opens at the 20th failure in a row, be it silence or 5xx, which alone is the outage's", async () => {
    const { guarded, changes } = setUp((_, count) => (count % 2 ? answer(503) : silence(true)));
    const replies = await callTimes(guarded, 20);
    expect(replies.map(isOutage)).to.deep.equal([...Array(19).fill(false), true]);
    expect(changes).to.deep.equal([{ state: "open", probeInMs: 1_000 }]);
  });

  it("takes a web page for a failure, but where the bank may lack the route", async () => {
    const page = answer(200, "<!doctype html><title>Back soon</title>");
    const lacking = setUp(page);
    for (let n = 0; n < 60; n++) await lacking.guarded({ ...REQUEST, route: () => "unknown" });
    expect(lacking.changes).to.deep.equal([]);
    const { guarded, changes } = setUp(page);
    const replies = await callTimes(guarded, 20);
    expect(replies.map(isOutage)).to.deep.equal([...Array(19).fill(false), true]);
    expect(changes).to.have.length(1);
  });

  it("opens when half of the last 50 failed", async () => {
    const { guarded, changes } = setUp((_, count) => answer(count % 2 ? 200 : 500));
    await callTimes(guarded, 49);
    expect(changes).to.deep.equal([]);
    await guarded(REQUEST);
    expect(changes).to.have.length(1);
  });

  it("takes no 4xx for a failure", async () => {
    const { guarded, changes } = setUp((_, count) => answer([400, 401, 403, 404, 409, 422, 429][count % 7] ?? 400));
    await callTimes(guarded, 200);
    expect(changes).to.deep.equal([]);
  });

  it("takes whatever gives no token for a failure, and a definite no for an answer", async () => {
    const token: BankRequest = { call: "read", method: "POST", path: "/v1/oauth/token", body: "{}" };
    const without = [answer(429), answer(200, {}), answer(200, { access_token: "a b" }), answer(200, { token: "t" })];
    for (const reply of without) {
      const { guarded, changes, clock, requests } = setUp((_, count) =>
        count < 25 ? reply : answer(200, { access_token: "t" }),
      );
      for (let n = 1; n < 20; n++) expect(isOutage(await guarded(token))).to.equal(false);
      expect(isOutage(await guarded(token))).to.equal(true);
      expect(changes).to.deep.equal([{ state: "open", probeInMs: 1_000, lacksToken: true }]);
      const read = guarded(REQUEST);
      const probes = Array.from({ length: 5 }, () => guarded(token));
      await clock.advance(3_600_000);
      await Promise.all([read, ...probes]);
      expect(requests.length, "the read goes first, and closes it").to.equal(26);
    }
    const no = setUp((_, count) => answer([400, 401, 403, 404][count % 4] ?? 400));
    for (let n = 0; n < 60; n++) await no.guarded(token);
    expect(no.changes).to.deep.equal([]);
  });

  it("keeps all calls waiting but one probe, ever more seldom, until one succeeds", async () => {
    let isUp = false;
    const { guarded, clock, changes, requests } = setUp(() => answer(isUp ? 200 : 500));
    await callTimes(guarded, 20);
    const waiting = Array.from({ length: 5 }, () => guarded(REQUEST));
    await clock.advance(999);
    expect(requests).to.have.length(20);
    await clock.advance(1);
    expect(requests, "one probe").to.have.length(21);
    await clock.advance(2_000);
    expect(requests).to.have.length(22);
    await clock.advance(3_999);
    expect(requests).to.have.length(22);
    isUp = true;
    await clock.advance(1);
    const replies = await Promise.all(waiting);
    expect(replies.filter(isOutage)).to.have.length(2);
    expect(requests).to.have.length(25);
    expect(changes.map(({ state, probeInMs }) => `${state} ${probeInMs}`)).to.deep.equal([
      "open 1000",
      "open 2000",
      "open 4000",
      "closed 0",
    ]);
  });

  it("turns back what had passed before it opened, and sends it once it has closed", async () => {
    let isUp = false;
    const { breaker, send, clock, requests } = setUp(() => answer(isUp ? 200 : 500));
    // Between guard and gate a call may wait for pace and caps: here until the clock moves.
    const guarded = breaker.guard(async (request) => {
      await clock.sleep(100);
      return breaker.gate(send)(request);
    });
    const replies = Array.from({ length: 100 }, () => guarded(REQUEST));
    await clock.advance(100);
    expect(requests).to.have.length(20);
    await clock.advance(1_099);
    expect(requests, "the probe waits for its turn too").to.have.length(20);
    await clock.advance(1);
    expect(requests).to.have.length(21);
    isUp = true;
    await clock.advance(60_000);
    expect((await Promise.all(replies)).filter((reply) => isOutage(reply) || reply === CLOSED)).to.have.length(2);
    expect(requests).to.have.length(100);
  });

  it("takes the probe's word alone: what was in flight when it opened neither closes it nor lengthens the wait", async () => {
    const ends: ((reply: BankReply) => void)[] = [];
    const { guarded, changes } = setUp(() => new Promise<BankReply>((resolve) => ends.push(resolve)));
    const replies = Array.from({ length: 24 }, () => guarded(REQUEST));
    await settle();
    for (const end of ends.splice(0, 20)) end(answer(500));
    await Promise.all(replies.slice(0, 20));
    for (const [index, status] of [500, 200, 500, 200].entries()) ends[index]?.(answer(status));
    expect((await Promise.all(replies)).slice(20).map(isOutage)).to.deep.equal([true, false, true, false]);
    expect(changes).to.deep.equal([{ state: "open", probeInMs: 1_000 }]);
  });

  it("probes at most every 30 s, however long the outage, and with jitter", async () => {
    const { guarded, clock, changes } = setUp(answer(500));
    await callTimes(guarded, 20);
    const waiting = Array.from({ length: 12 }, () => guarded(REQUEST));
    await clock.advance(600_000);
    await Promise.all(waiting);
    const waits = changes.map(({ probeInMs }) => probeInMs);
    expect(waits).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, ...Array(8).fill(30_000)]);
    const early = new Breaker({
      clock,
      random: () => 0,
      closing: new AbortController().signal,
      onBreakerChange: (change) => changes.push(change),
    });
    await callTimes(early.guard(early.gate(async () => answer(500))), 20);
    expect(changes.at(-1)).to.deep.equal({ state: "open", probeInMs: 500 });
  });

  it("begins anew once it has closed", async () => {
    let isUp = false;
    const { guarded, clock, changes } = setUp(() => answer(isUp ? 200 : 500));
    await callTimes(guarded, 20);
    isUp = true;
    const probe = guarded(REQUEST);
    await clock.advance(1_000);
    await probe;
    isUp = false;
    expect((await callTimes(guarded, 19)).some(isOutage)).to.equal(false);
    expect(isOutage(await guarded(REQUEST))).to.equal(true);
    expect(changes.map(({ state }) => state)).to.deep.equal(["open", "closed", "open"]);
  });

  it("lets another call probe when the probe never went out", async () => {
    let isLost = false;
    const { breaker, send, clock, requests } = setUp(answer(500));
    const guarded = breaker.guard((request) => (isLost ? Promise.resolve(CLOSED) : breaker.gate(send)(request)));
    await callTimes(guarded, 20);
    isLost = true;
    const lost = guarded(REQUEST);
    await clock.advance(1_000);
    expect(await lost).to.equal(CLOSED);
    isLost = false;
    await guarded(REQUEST);
    expect(requests).to.have.length(21);
  });

  it("sets one timer for each probe, however many calls wait, and probes in the order they came", async () => {
    const { clock, outside } = setUp(answer(500));
    const sleeps: number[] = [];
    const counting = {
      nowMs: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      sleep: (ms: number, signal?: AbortSignal) => {
        sleeps.push(ms);
        return clock.sleep(ms, signal);
      },
    };
    const paths: string[] = [];
    const breaker = new Breaker({ ...outside, clock: counting });
    const guarded = breaker.guard(
      breaker.gate(async ({ path }) => {
        paths.push(path);
        return answer(500);
      }),
    );
    await callTimes(guarded, 20);
    for (let n = 1; n <= 1_000; n++) void guarded({ ...REQUEST, path: `/${n}` });
    await clock.advance(15_000);
    expect(paths.slice(20)).to.deep.equal(["/1", "/2", "/3", "/4"]);
    expect(sleeps).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000]);
  });

  it("ends those who wait when the client stops, and sends nothing more", async () => {
    const { guarded, closer, clock, requests } = setUp(answer(500));
    await callTimes(guarded, 20);
    const waiting = [guarded(REQUEST), guarded(REQUEST), guarded(REQUEST)];
    await clock.advance(10);
    closer.abort();
    expect(await Promise.all(waiting)).to.deep.equal([CLOSED, CLOSED, CLOSED]);
    expect(await guarded(REQUEST)).to.equal(CLOSED);
    expect(requests).to.have.length(20);
  });

  it("costs a read no attempt while the outage lasts", async () => {
    let isUp = false;
    const { guarded, clock, outside } = setUp(() => answer(isUp ? 200 : 503));
    await callTimes(guarded, 20);
    const read = withReadRetries(guarded, { attempts: 2 }, outside)(REQUEST);
    await clock.advance(3_600_000);
    isUp = true;
    await clock.advance(60_000);
    expect(await read).to.include({ kind: "response", status: 200 });
  });
});
