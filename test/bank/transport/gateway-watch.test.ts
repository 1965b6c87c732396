/**
 * When a gateway's answer is one call's, and when it is everybody's.
 */
import { expect } from "chai";
import { withGatewayWatch } from "../../../src/bank/transport/gateway-watch.ts";
import type { BankReply, BankRequest } from "../../../src/bank/transport.ts";
import { answer, scriptTransport, silence } from "../scripted-transport.ts";

const read = (n: number): BankRequest => ({ call: "read", method: "GET", path: `/v0/accounts/account_${n}` });
const write = (n: number): BankRequest => ({ call: "write", method: "PATCH", path: "/", body: `${n}`, key: "k" });
const PAGE = answer(403, "<html>");
const NONE = answer(404, { code: "parameters_invalid" });

function setUp(reply: (request: BankRequest) => BankReply) {
  const { send, requests } = scriptTransport(reply);
  const watched = withGatewayWatch(send);
  const isBlocked = async (request: BankRequest) => {
    const got = await watched(request);
    return got.kind === "response" && got.isBlocked === true;
  };
  const questions = () => requests.filter(({ path }) => path.endsWith("/account_0")).length;
  return { isBlocked, questions, watched };
}

describe("withGatewayWatch", () => {
  it("asks whether anything gets through, and once for all that wait", async () => {
    const shut = setUp(() => PAGE);
    const all = [read(1), read(2), write(3)].map(shut.isBlocked);
    expect(await Promise.all(all)).to.deep.equal([true, true, true]);
    expect(shut.questions()).to.equal(1);
    const open = setUp(({ path }) => (path.endsWith("_1") ? PAGE : NONE));
    expect(await open.isBlocked(read(1))).to.equal(false);
    expect(open.questions()).to.equal(1);
  });

  it("asks nothing when another call has got through meanwhile", async () => {
    const { isBlocked, questions } = setUp(({ path }) => (path.endsWith("_1") ? PAGE : NONE));
    expect(await Promise.all([isBlocked(read(2)), isBlocked(read(1))])).to.deep.equal([false, false]);
    expect(questions()).to.equal(0);
  });

  it("takes no silence and no trouble of the bank for a gateway that is shut", async () => {
    for (const other of [silence(true), answer(500), answer(429)]) {
      const { isBlocked } = setUp(({ path }) => (path.endsWith("_1") ? PAGE : other));
      expect(await isBlocked(read(1))).to.equal(false);
    }
  });

  it("says nothing of a route that the bank may lack", async () => {
    const { isBlocked, questions } = setUp(() => PAGE);
    for (const route of ["unknown", "lacks"] as const) {
      expect(await isBlocked({ ...read(1), route: () => route })).to.equal(false);
    }
    expect(questions()).to.equal(0);
  });

  it("is shut for writes after 50 different ones in a row, however often each went out, until one gets through", async () => {
    let isShut = true;
    const { isBlocked } = setUp(({ call }) => (call === "write" && isShut ? PAGE : NONE));
    for (let n = 1; n <= 49; n++) {
      for (let attempt = 1; attempt <= 3; attempt++) expect(await isBlocked(write(n))).to.equal(false);
    }
    isShut = false;
    await isBlocked(write(50));
    isShut = true;
    for (let n = 1; n <= 49; n++) expect(await isBlocked(write(n))).to.equal(false);
    expect(await isBlocked(write(50))).to.equal(true);
  });

  it("knows silence to one read alone, once the bank has answered a question and the read went out again", async () => {
    const lone = setUp(({ path }) => (path.endsWith("_1") ? silence(true) : NONE));
    expect(await lone.watched(read(1))).to.deep.equal({ ...silence(true), isLone: true });
    expect(lone.questions()).to.equal(1);
    let count = 0;
    const over = setUp(({ path }) => (path.endsWith("_1") && count++ === 0 ? silence(true) : NONE));
    expect(await over.watched(read(1))).to.equal(NONE);
    const page = setUp(({ path }) => (path.endsWith("_1") ? silence(true) : PAGE));
    expect(await page.watched(read(1))).to.deep.equal(silence(true));
    for (const [request, reply] of [
      [write(1), silence(true)],
      [read(1), silence(false)],
      [read(1), { ...silence(true), outage: true }],
    ] as const) {
      const other = setUp((asked) => (asked === request ? reply : NONE));
      expect(await other.watched(request)).to.equal(reply);
      expect(other.questions()).to.equal(0);
    }
  });

  it("leaves every other reply as it is", async () => {
    for (const reply of [NONE, answer(200, { id: "account_1" }), answer(500, "<html>"), silence(true)]) {
      expect(await setUp(() => reply).watched(read(1))).to.equal(reply);
    }
  });
});
