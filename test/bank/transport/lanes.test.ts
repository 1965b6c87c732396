/**
 * Lanes: one call on each at a time, first come, first served, and a lane that has lost its socket goes on with another one.
 */
import type { Socket } from "node:net";
import { expect } from "chai";
import { openHttpTransport } from "../../../src/bank/transport/http-transport.ts";
import type { BankReply, BankRequest } from "../../../src/bank/transport.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { rawAnswer, startRawServer } from "./raw-server.ts";

const requestOf = (n: number): BankRequest => ({ call: "write", method: "POST", path: `/${n}`, body: "{}", key: "k" });
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const pathOf = (request: string) => Number(/^POST \/(\d+)/.exec(request)?.[1]);

/** `calls` begun at once on `lanes` lanes; the server holds each request until it is dealt with. */
async function setUp(lanes: number, calls: number) {
  const held: Socket[] = [];
  const server = await startRawServer((socket) => held.push(socket));
  const http = openHttpTransport({ apiUrl: server.url, connections: lanes, callTimeoutMs: 20_000 }, new FakeClock());
  const replies: BankReply[] = [];
  const all = Array.from({ length: calls }, async (_, n) => replies.push(await http.send(requestOf(n))));
  const arrived = async (count: number) => {
    while (server.requests.length < count) await nextTurn();
  };
  return { server, http, held, replies, all: Promise.all(all), arrived };
}

describe("lanes", () => {
  it("carry one call each, and the next one in line when it has its answer", async () => {
    const { server, http, held, all, arrived } = await setUp(3, 20);
    await using _ = server;
    for (let done = 0; done < 20; done += 1) {
      await arrived(Math.min(20, done + 3));
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
      expect(server.requests, "never more than the lanes").to.have.length(Math.min(20, done + 3));
      held[done]?.write(rawAnswer(200, "{}"));
    }
    await all;
    await http.close();
    expect(server.connections).to.equal(3);
    expect(server.requests.map(pathOf).slice(3), "in the order in which they came").to.deep.equal(
      Array.from({ length: 17 }, (_, n) => n + 3),
    );
  });

  it("connect again when the socket is gone, and wait for no lane that is lost", async () => {
    const { server, http, held, replies, all, arrived } = await setUp(2, 12);
    await using _ = server;
    for (let done = 0; done < 12; done += 1) {
      await arrived(done + 1);
      if (done % 2 === 0) held[done]?.resetAndDestroy();
      else held[done]?.write(rawAnswer(200, "{}"));
    }
    await all;
    await http.close();
    expect(server.requests.map(pathOf).toSorted((one, other) => one - other)).to.deep.equal(
      Array.from({ length: 12 }, (_, n) => n),
    );
    expect(replies.filter(({ kind }) => kind === "response")).to.have.length(6);
    for (const reply of replies) if (reply.kind === "no_response") expect(reply.sent).to.equal(true);
    expect(server.connections).to.be.within(6, 8);
  });

  it("end what waits for one as not sent when the client closes, and let the others end", async () => {
    const { server, http, held, replies, all, arrived } = await setUp(2, 5);
    await using _ = server;
    await arrived(2);
    const closing = http.close();
    await nextTurn();
    expect(replies).to.deep.equal(
      Array(3).fill({ kind: "no_response", sent: false, status: 0, reason: "the client is closed" }),
    );
    for (const socket of held) socket.write(rawAnswer(200, "{}"));
    await closing;
    await all;
    expect(replies.slice(3)).to.deep.equal(Array(2).fill({ kind: "response", status: 200, body: "{}" }));
    expect(server.requests).to.have.length(2);
  });
});
