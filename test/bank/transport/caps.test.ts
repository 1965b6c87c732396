/**
 * The caps: how many calls are in flight, and that a place that has become free is taken before an answer is worked on.
 */
import { expect } from "chai";
import { CallCaps } from "../../../src/bank/transport/caps.ts";
import type { BankReply, BankRequest, Transport } from "../../../src/bank/transport.ts";

const READ: BankRequest = { call: "read", method: "GET", path: "/accounts/a" };
const WRITE: BankRequest = { call: "write", method: "PATCH", path: "/accounts/a" };
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A bank whose answers are given by hand: all that are asked for, in one burst. */
function bankInBursts() {
  let open: ((reply: BankReply) => void)[] = [];
  let asked = 0;
  const transport: Transport = () => {
    asked += 1;
    return new Promise((resolve) => open.push(resolve));
  };
  const answerAll = () => {
    const burst = open;
    open = [];
    for (const resolve of burst) resolve({ kind: "response", status: 200, body: String(burst.length) });
  };
  return { transport, answerAll, asked: () => asked, inFlight: () => open.length };
}

describe("caps", () => {
  it("keep reads and writes apart, each at its own", async () => {
    const bank = bankInBursts();
    const send = new CallCaps({ reads: 3, writes: 2 }).around(bank.transport);
    for (let n = 0; n < 10; n++) void send(READ);
    await nextTurn();
    expect(bank.inFlight()).to.equal(3);
    for (let n = 0; n < 10; n++) void send(WRITE);
    await nextTurn();
    expect(bank.inFlight()).to.equal(5);
  });

  it("change while calls wait: those in flight end, and no more begin than the new caps allow", async () => {
    const bank = bankInBursts();
    const caps = new CallCaps({ reads: 4, writes: 4 });
    const send = caps.around(bank.transport);
    for (let n = 0; n < 20; n++) void send(WRITE);
    await nextTurn();
    caps.set({ reads: 4, writes: 1 });
    await nextTurn();
    expect(bank.inFlight()).to.equal(4);
    bank.answerAll();
    await nextTurn();
    expect(bank.inFlight()).to.equal(1);
    caps.set({ reads: 4, writes: 3 });
    await nextTurn();
    expect(bank.inFlight()).to.equal(3);
  });

  it("let the next calls out before the first of a burst of answers is heard", async () => {
    const bank = bankInBursts();
    const send = new CallCaps({ reads: 20, writes: 1 }).around(bank.transport);
    const askedWhenHeard: number[] = [];
    const calls = Array.from({ length: 40 }, async () => {
      await send(READ);
      askedWhenHeard.push(bank.asked());
    });
    await nextTurn();
    expect(bank.asked()).to.equal(20);
    bank.answerAll();
    while (askedWhenHeard.length < 20) await nextTurn();
    expect(askedWhenHeard).to.deep.equal(Array.from({ length: 20 }, () => 40));
    bank.answerAll();
    await Promise.all(calls);
  });

  it("hand answers up in the order in which they came, eight with each turn of the event loop", async () => {
    const bank = bankInBursts();
    const send = new CallCaps({ reads: 20, writes: 1 }).around(bank.transport);
    const heard: number[] = [];
    const calls = Array.from({ length: 20 }, async (_, index) => {
      await send(READ);
      heard.push(index);
    });
    await nextTurn();
    bank.answerAll();
    const heardByTurn: number[] = [];
    while (heard.length < 20) {
      await nextTurn();
      heardByTurn.push(heard.length);
    }
    expect(heardByTurn.filter((count) => count > 0)).to.deep.equal([8, 16, 20]);
    expect(heard).to.deep.equal(Array.from({ length: 20 }, (_, index) => index));
    await Promise.all(calls);
  });

  it("pass on a call that throws, and give its place back", async () => {
    let asked = 0;
    const send = new CallCaps({ reads: 1, writes: 1 }).around(async () => {
      asked += 1;
      throw new Error("ours");
    });
    const ends = await Promise.allSettled([send(READ), send(READ)]);
    expect(ends.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    expect(asked).to.equal(2);
  });
});
