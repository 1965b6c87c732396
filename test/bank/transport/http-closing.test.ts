/**
 * How the client's HTTP ends: it waits for what is in flight, cuts it once the grace is over, and keeps no timer.
 */
import type { Socket } from "node:net";
import { expect } from "chai";
import { openHttpTransport } from "../../../src/bank/transport/http-transport.ts";
import type { BankRequest } from "../../../src/bank/transport.ts";
import { FakeClock, settle } from "../../support/fake-clock.ts";
import { rawAnswer, startRawServer } from "./raw-server.ts";

const WRITE: BankRequest = { call: "write", method: "POST", path: "/v0/accounts", body: "{}", key: "key-1" };
const CUT = { kind: "no_response", sent: true, status: 0 } as const;

/** A server that holds its answers back until told, and a client with as many calls in flight as it has sockets. */
async function setUp(calls: number) {
  const held: Socket[] = [];
  let tellAll = () => {};
  const allArrived = new Promise<void>((resolve) => {
    tellAll = resolve;
  });
  const server = await startRawServer((socket, count) => {
    held.push(socket);
    if (count === calls) tellAll();
  });
  const clock = new FakeClock();
  const http = openHttpTransport({ apiUrl: server.url, connections: calls, callTimeoutMs: 10_000 }, clock);
  const replies = Array.from({ length: calls }, () => http.send(WRITE));
  await allArrived;
  const answerAll = () => held.forEach((socket) => void socket.write(rawAnswer(200, "{}")));
  return { server, clock, http, replies, answerAll };
}

/** Whether it has ended, once everything has run that can run without time passing. */
async function hasEnded(promise: Promise<unknown>): Promise<boolean> {
  let ended = false;
  void promise.then(() => {
    ended = true;
  });
  await settle();
  return ended;
}

describe("closing the client's HTTP", () => {
  for (const graceMs of [undefined, 5_000]) {
    it(`waits for what is in flight, grace ${graceMs}`, async () => {
      const { server, clock, http, replies, answerAll } = await setUp(3);
      await using _ = server;
      const closing = http.close(graceMs);
      expect(await hasEnded(closing)).to.equal(false);
      expect(await http.send(WRITE), "no new call").to.include({ kind: "no_response", sent: false });
      answerAll();
      await closing;
      for (const reply of await Promise.all(replies)) expect(reply).to.include({ kind: "response", status: 200 });
      expect(clock.sleeping, "no timer stays").to.equal(0);
      expect(server.requests).to.have.length(3);
    });
  }

  it("cuts what is in flight when the grace is over, and leaves it in doubt", async () => {
    const { server, clock, http, replies } = await setUp(3);
    await using _ = server;
    const closing = http.close(5_000);
    await clock.advance(4_999);
    expect(await hasEnded(closing)).to.equal(false);
    await clock.advance(1);
    await closing;
    for (const reply of await Promise.all(replies)) expect(reply).to.include(CUT);
    expect(clock.sleeping).to.equal(0);
  });

  it("cuts at once when there is no grace left, though it was to wait before", async () => {
    const { server, http, replies } = await setUp(2);
    await using _ = server;
    const patient = http.close();
    await Promise.all([http.close(0), http.close(0), patient]);
    for (const reply of await Promise.all(replies)) expect(reply).to.include(CUT);
  });

  it("waits no longer than a call may take when there is no grace", async () => {
    await using server = await startRawServer(() => {});
    const http = openHttpTransport({ apiUrl: server.url, connections: 1, callTimeoutMs: 200 }, new FakeClock());
    const reply = http.send(WRITE);
    await http.close();
    expect(await reply)
      .to.include(CUT)
      .and.to.have.property("reason", "timed out after 200 ms");
  });
});
