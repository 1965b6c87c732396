/**
 * Which calls go out again, how often, and after how long.
 */
import { expect } from "chai";
import { withReadRetries } from "../../../src/bank/transport/read-retries.ts";
import { type BankReply, type BankRequest, CLOSED, type RouteKnown } from "../../../src/bank/transport.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { answer, type ScriptedReply, scriptTransport, silence } from "../scripted-transport.ts";

const READ: BankRequest = { call: "read", method: "GET", path: "/" };
const WRITE: BankRequest = { call: "write", method: "POST", path: "/", key: "k" };

function setUp(attempts: number, random: number, ...replies: readonly [ScriptedReply, ...ScriptedReply[]]) {
  const clock = new FakeClock();
  const closer = new AbortController();
  const sentAtMs: number[] = [];
  const script = scriptTransport(...replies);
  const send = withReadRetries(
    (request) => {
      sentAtMs.push(clock.monotonicMs());
      return script.send(request);
    },
    { attempts },
    { clock, random: () => random, closing: closer.signal },
  );
  return { clock, closer, send, sentAtMs, requests: script.requests };
}

describe("withReadRetries", () => {
  const TRANSIENT: readonly (readonly [string, BankReply])[] = [
    ["429", answer(429)],
    ["500", answer(500)],
    ["503", answer(503)],
    ["408", answer(408)],
    ["302", answer(302)],
    ["nothing sent", silence(false)],
    ["no answer", silence(true)],
    ["302, as a page", answer(302, "<html>")],
    ["a 403 page", answer(403, "<html>")],
    ["a 404 of a gateway", answer(404, { message: "no Route matched" })],
    ["an empty 200", answer(200)],
    ["garbled JSON", answer(200, '{"id": "account_1", "sta')],
    ["a garbled 404", answer(404, '{"code": "parameters_inva')],
    ["a cut 200", { kind: "no_response", sent: true, status: 200, reason: "cut" }],
  ];
  for (const [name, reply] of TRANSIENT) {
    it(`after ${name}: reads up to the attempts, writes never`, async () => {
      for (const [request, times] of [[READ, 4] as const, [WRITE, 1] as const]) {
        const { clock, send, requests } = setUp(4, 0.5, reply);
        const call = send(request);
        await clock.advance(60_000);
        expect(await call).to.equal(reply);
        expect(requests).to.have.length(times);
      }
    });
  }

  for (const status of [200, 400, 401, 403, 404, 409, 422]) {
    it(`after ${status} in the bank's own words: never`, async () => {
      const { send, requests } = setUp(4, 0.5, answer(status, { code: "a_code" }));
      expect(await send(READ)).to.include({ status });
      expect(requests).to.have.length(1);
    });
  }

  const PAGES: readonly (readonly [RouteKnown | undefined, number])[] = [
    [undefined, 5],
    ["has", 5],
    ["unknown", 3],
    ["lacks", 1],
  ];
  for (const [route, times] of PAGES) {
    it(`after a page in place of an answer, from a route that the bank ${route ?? "has"}: ${times} times`, async () => {
      for (const page of [answer(200, "\n<!doctype html><title>Back soon</title>"), answer(404, "<html>")]) {
        const { clock, send, requests } = setUp(5, 0.5, page);
        const call = send(route === undefined ? READ : { ...READ, route: () => route });
        await clock.advance(60_000);
        expect(await call).to.equal(page);
        expect(requests).to.have.length(times);
      }
    });
  }

  it("not what a wrapper ended", async () => {
    const { send, requests } = setUp(4, 0.5, CLOSED);
    expect(await send(READ)).to.equal(CLOSED);
    expect(requests).to.have.length(1);
  });

  it("ends with the first answer that is none of these", async () => {
    const { clock, send, requests } = setUp(9, 0.5, 500, silence(true), answer(200, "{}"));
    const call = send(READ);
    await clock.advance(60_000);
    expect(await call).to.include(answer(200, "{}"));
    expect(requests).to.have.length(3);
  });

  it("waits longer each time, with full jitter and a cap", async () => {
    for (const [random, expected] of [
      [0, [0, 0, 0, 0, 0, 0, 0, 0, 0]],
      [0.5, [0, 125, 375, 875, 1_875, 3_875, 7_875, 12_875, 17_875]],
    ] as const) {
      const { clock, send, sentAtMs } = setUp(9, random, 500);
      const call = send(READ);
      await clock.advance(60_000);
      await call;
      expect(sentAtMs).to.deep.equal(expected);
    }
  });

  it("ends as not sent when the client stops between two attempts", async () => {
    const { clock, send, closer, requests } = setUp(9, 0.5, 500);
    const call = send(READ);
    await clock.advance(200);
    closer.abort();
    expect(await call).to.equal(CLOSED);
    expect(requests).to.have.length(2);
  });
});
