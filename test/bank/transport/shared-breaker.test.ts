/**
 * The breaker that several clients share, in a time that stands still until moved: one opens it for all, one probes for all.
 */
import { expect } from "chai";
import { Breaker, type BreakerChange } from "../../../src/bank/transport/breaker.ts";
import type { BankReply, BankRequest } from "../../../src/bank/transport.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { LineOfAll } from "../../support/line-of-all.ts";
import { answer } from "../scripted-transport.ts";

const REQUEST: BankRequest = { call: "read", method: "GET", path: "/" };

function setUp() {
  const clock = new FakeClock();
  const line = new LineOfAll(clock);
  const closer = new AbortController();
  const sent: { client: number; atMs: number }[] = [];
  const bank = { isUp: false, answersIn: 0 };
  const client = (number: number) => {
    const way = line.way();
    const changes: BreakerChange[] = [];
    const breaker = new Breaker({
      clock,
      random: () => 1,
      closing: closer.signal,
      onBreakerChange: (change) => changes.push(change),
      shared: way.shared,
    });
    way.shared.listen((state) => breaker.hear(state));
    const send = breaker.guard(
      breaker.gate(async () => {
        sent.push({ client: number, atMs: clock.monotonicMs() });
        await clock.sleep(bank.answersIn);
        return answer(bank.isUp ? 200 : 500);
      }),
    );
    const sendAll = (calls: number) => Promise.all(Array.from({ length: calls }, () => send(REQUEST)));
    return { way, changes, breaker, send, sendAll };
  };
  return { clock, line, closer, sent, bank, clients: [client(0), client(1), client(2), client(3)] as const };
}

const isOutage = (reply: BankReply) => reply.kind !== "not_sent" && reply.outage === true;

describe("a shared Breaker", () => {
  it("opens for all when it opens for one, and one of all probes, until an answer closes it for all", async () => {
    const { clock, sent, bank, clients } = setUp();
    await clients[0].sendAll(20);
    const calls = clients.map(({ sendAll }) => sendAll(5));
    await clock.advance(999);
    expect(sent, "all hold their calls").to.have.length(20);
    await clock.advance(1);
    expect(sent, "one probe of all four").to.have.length(21);
    await clock.advance(2_000);
    expect(sent, "the second one, after twice the wait, whoever sent the first").to.have.length(22);
    bank.isUp = true;
    await clock.advance(3_999);
    expect(sent).to.have.length(22);
    await clock.advance(2);
    const replies = (await Promise.all(calls)).flat();
    expect(replies.filter(isOutage)).to.have.length(2);
    expect(sent).to.have.length(40);
    for (const { changes } of clients) expect(changes.at(-1)).to.deep.equal({ state: "closed", probeInMs: 0 });
  });

  it("lets another client probe when nothing is heard of a probe", async () => {
    const { clock, sent, bank, clients } = setUp();
    bank.answersIn = 0;
    await clients[0].sendAll(20);
    bank.answersIn = Number.MAX_SAFE_INTEGER;
    for (const { send } of clients) void send(REQUEST);
    await clock.advance(1_000);
    expect(sent).to.have.length(21);
    await clock.advance(59_000);
    expect(sent).to.have.length(21);
    await clock.advance(6_000);
    expect(sent.slice(20).map(({ client }) => client)).to.have.length(2);
    expect(new Set(sent.slice(20).map(({ client }) => client)).size).to.equal(2);
  });

  it("waits longer after each failed probe, whoever sent the one before", async () => {
    const { clock, clients } = setUp();
    await clients[0].sendAll(20);
    const calls = [clients[1].send(REQUEST), clients[2].send(REQUEST)];
    await clock.advance(6_000);
    expect((await Promise.all(calls)).map(isOutage)).to.deep.equal([true, true]);
    expect(clients.slice(1, 3).map(({ changes }) => changes.at(-1)?.probeInMs)).to.deep.equal([2_000, 4_000]);
  });

  it("closes for a client that is not told, when it asks to probe", async () => {
    const { clock, bank, clients } = setUp();
    await clients[0].sendAll(20);
    clients[1].way.isDeaf = true;
    bank.isUp = true;
    bank.answersIn = 100;
    const calls = [clients[0].send(REQUEST), clients[1].send(REQUEST)];
    await clock.advance(10_000);
    expect((await Promise.all(calls)).map(({ kind }) => kind)).to.deep.equal(["response", "response"]);
    expect(clients[1].changes.at(-1)?.state).to.equal("closed");
  });

  it("counts and probes for itself while the others cannot be asked, and tells them with its next probe", async () => {
    const { clock, line, sent, clients } = setUp();
    const [alone, other] = clients;
    alone.way.trouble = "fails";
    const failed = await alone.sendAll(20);
    expect(failed.filter(isOutage)).to.have.length(1);
    const waiting = alone.send(REQUEST);
    await clock.advance(1_000);
    expect(isOutage(await waiting)).to.equal(true);
    expect(sent).to.have.length(21);
    expect(other.changes).to.deep.equal([]);
    alone.way.trouble = "none";
    alone.breaker.hear(line.state);
    const held = alone.send(REQUEST);
    await clock.advance(1_999);
    expect(sent, "the others not knowing of it does not close it").to.have.length(21);
    await clock.advance(1);
    await held;
    expect(other.changes.at(-1)).to.include({ state: "open" });
  });

  it("is not closed by what others knew before they are told", async () => {
    const { line, clients } = setUp();
    const [{ breaker, way, changes, sendAll }] = clients;
    way.trouble = "hangs";
    await sendAll(20);
    breaker.hear(line.state);
    expect(changes.map(({ state }) => state)).to.deep.equal(["open"]);
  });

  it("takes a single failure of a client's last probe for no more than that, once another one has closed it", async () => {
    const { clock, bank, line, clients } = setUp();
    await clients[0].sendAll(20);
    bank.answersIn = 5_000;
    const probe = clients[0].send(REQUEST);
    await clock.advance(1_000);
    await line.way().shared.close();
    await clock.advance(5_000);
    expect(isOutage(await probe)).to.equal(false);
    expect(clients.map(({ changes }) => changes.at(-1)?.state)).to.deep.equal(Array(4).fill("closed"));
  });

  it("ends those who wait when the client stops", async () => {
    const { clock, closer, sent, clients } = setUp();
    await clients[0].sendAll(20);
    const calls = clients.map(({ sendAll }) => sendAll(2));
    await clock.advance(10);
    closer.abort();
    expect((await Promise.all(calls)).flat().map(({ kind }) => kind)).to.deep.equal(Array(8).fill("not_sent"));
    expect(sent).to.have.length(20);
    expect(clock.sleeping).to.equal(0);
  });
});
