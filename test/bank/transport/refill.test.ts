/**
 * Places that a burst of answers has freed: the next calls are on the wire before the first of these answers is worked on.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { expect } from "chai";
import { CallCaps } from "../../../src/bank/transport/caps.ts";
import { openHttpTransport } from "../../../src/bank/transport/http-transport.ts";
import type { BankRequest } from "../../../src/bank/transport.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { rawAnswer, startRawServer } from "./raw-server.ts";

const READ: BankRequest = { call: "read", method: "GET", path: "/v0/accounts/account_1" };
const CAP = 8;
/** undici's own word that a request's head has just been written to its socket. */
const HEADERS_WRITTEN = "undici:client:sendHeaders";

describe("a burst of answers", () => {
  it("is worked on once all its places are taken again, and their calls written", async () => {
    let held: Socket[] = [];
    await using server = await startRawServer((socket) => {
      if (held.push(socket) < CAP) return;
      const burst = held;
      held = [];
      for (const one of burst) one.write(rawAnswer(200, "{}"));
    });
    const http = openHttpTransport(
      { apiUrl: server.url, connections: 2 * CAP, callTimeoutMs: 20_000 },
      new FakeClock(),
    );
    const send = new CallCaps({ reads: CAP, writes: CAP }).around(http.send);
    let written = 0;
    const count = () => {
      written += 1;
    };
    subscribe(HEADERS_WRITTEN, count);
    const writtenWhenHeard: number[] = [];
    const calls = Array.from({ length: 5 * CAP }, async () => {
      await send(READ);
      writtenWhenHeard.push(written);
    });
    await Promise.all(calls);
    unsubscribe(HEADERS_WRITTEN, count);
    await http.close();
    // The sockets of the first two bursts were new, and connecting takes turns of its own.
    const firstOf = (burst: number) => writtenWhenHeard[burst * CAP];
    expect([2, 3].map(firstOf)).to.deep.equal([4 * CAP, 5 * CAP]);
  });
});
