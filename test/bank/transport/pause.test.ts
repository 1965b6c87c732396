/**
 * The pause: no call begins, none is lost, and those in flight end.
 */
import { expect } from "chai";
import { Pause } from "../../../src/bank/transport/pause.ts";
import { type BankReply, type BankRequest, CLOSED } from "../../../src/bank/transport.ts";
import { answer } from "../scripted-transport.ts";

const READ: BankRequest = { call: "read", method: "GET", path: "/" };
const turn = () => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const closer = new AbortController();
  const pause = new Pause(closer.signal);
  const answers: ((reply: BankReply) => void)[] = [];
  /** Calls that are past the guard, and wait for a turn of their own. */
  const turns: (() => void)[] = [];
  const network = pause.gate(() => new Promise<BankReply>((resolve) => answers.push(resolve)));
  const send = pause.guard(async (request) => {
    await new Promise<void>((resolve) => turns.push(resolve));
    return network(request);
  });
  const goAll = async () => {
    await turn();
    for (const go of turns.splice(0)) go();
    await turn();
  };
  return { closer, pause, send, answers, goAll };
}

describe("Pause", () => {
  it("lets calls in flight end, turns back those on their way, and lets all go when it is over", async () => {
    const { pause, send, answers, goAll } = setUp();
    const calls = [send(READ)];
    await goAll();
    calls.push(send(READ));
    await turn();
    pause.set(true);
    pause.set(true);
    calls.push(send(READ));
    await goAll();
    expect(answers, "only the first is in flight").to.have.length(1);
    answers[0]?.(answer(200));
    expect(await calls[0]).to.include({ status: 200 });
    await goAll();
    expect(answers).to.have.length(1);
    pause.set(false);
    await goAll();
    expect(answers).to.have.length(3);
    for (const end of answers) end(answer(200));
    expect((await Promise.all(calls)).every(({ kind }) => kind === "response")).to.equal(true);
  });

  it("ends with the client, for those who wait and those who come later", async () => {
    const { closer, pause, send, answers } = setUp();
    pause.set(true);
    const call = send(READ);
    closer.abort();
    expect(await call).to.equal(CLOSED);
    pause.set(true);
    expect(await send(READ)).to.equal(CLOSED);
    expect(answers).to.have.length(0);
  });
});
