/**
 * The breaker, in a time that stands still until moved: when it opens, who probes, what closes it, and whose attempts count.
 */
import { expect } from "chai";
import { type BreakerChange, withBreaker } from "../../src/bank/breaker.ts";
import { withReadRetries } from "../../src/bank/read-retries.ts";
import { type BankReply, type BankRequest, CLOSED } from "../../src/bank/transport.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { answer, type ScriptedReply, scriptTransport, silence } from "./scripted-transport.ts";

const REQUEST: BankRequest = { call: "read", method: "GET", path: "/" };

function setUp(...replies: readonly [ScriptedReply, ...ScriptedReply[]]) {
  const clock = new FakeClock();
  const closer = new AbortController();
  const changes: BreakerChange[] = [];
  const script = scriptTransport(...replies);
  const outside = { clock, random: () => 1, closing: closer.signal };
  const guarded = withBreaker(script.send, { ...outside, onBreakerChange: (change) => changes.push(change) });
  return { clock, closer, changes, requests: script.requests, guarded, outside };
}

/** So many calls, one after another. */
async function callTimes(send: (request: BankRequest) => Promise<BankReply>, times: number): Promise<BankReply[]> {
  const replies: BankReply[] = [];
  for (let n = 0; n < times; n++) replies.push(await send(REQUEST));
  return replies;
}

const isOutage = (reply: BankReply | undefined) => reply?.kind !== "not_sent" && reply?.outage === true;

describe("withBreaker", () => {
  it("opens at the 20th failure in a row, be it silence or 5xx, which alone is the outage's", async () => {
    const { guarded, changes } = setUp((_, count) => (count % 2 ? answer(503) : silence(true)));
    const replies = await callTimes(guarded, 20);
    expect(replies.map(isOutage)).to.deep.equal([...Array(19).fill(false), true]);
    expect(changes).to.deep.equal([{ state: "open", probeInMs: 1_000 }]);
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

  it("ends those who wait when the client stops, and sends nothing more", async () => {
    const { guarded, closer, clock, requests } = setUp(answer(500));
    await callTimes(guarded, 20);
    const waiting = guarded(REQUEST);
    await clock.advance(10);
    closer.abort();
    expect(await waiting).to.equal(CLOSED);
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
