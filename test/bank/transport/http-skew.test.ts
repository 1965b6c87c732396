/**
 * How far the bank's clock is ahead of ours, by the Date of its answers: the latest whole one counts.
 */
import { expect } from "chai";
import { openHttpTransport } from "../../../src/bank/transport/http-transport.ts";
import type { BankRequest } from "../../../src/bank/transport.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { CREATE, withBank } from "../with-bank.ts";
import { rawAnswer, startRawServer } from "./raw-server.ts";

const READ: BankRequest = { call: "read", method: "GET", path: "/v0/accounts/account_1" };
const OURS_MS = Date.parse("Wed, 15 Jan 2025 12:00:00 GMT");
/** The header tells whole seconds, so what it says is half a second early on the average. */
const HALF_MS = 500;

const answerAt = (aheadMs: number, status = 200) =>
  rawAnswer(status, "{}", [`date: ${new Date(OURS_MS + aheadMs).toUTCString()}`]);

/** The skew after each answer. */
async function skewsAfter(answers: readonly string[], whileItTravels = async (_: FakeClock) => {}) {
  const clock = new FakeClock(OURS_MS);
  await using server = await startRawServer((socket, count) => {
    const text = answers[count - 1] ?? "";
    void whileItTravels(clock).then(() => (text.endsWith("}") ? socket.write(text) : socket.end(text)));
  });
  const http = openHttpTransport({ apiUrl: server.url, connections: 1, callTimeoutMs: 2_000 }, clock);
  const skews = [http.skewMs()];
  for (let n = 0; n < answers.length; n++) {
    await http.send(READ);
    skews.push(http.skewMs());
  }
  await http.close();
  return skews;
}

describe("the bank's clock", () => {
  it("is not known before an answer has told", async () => {
    expect(await skewsAfter([rawAnswer(200, "{}"), rawAnswer(200, "{}", ["date: yesterday"])])).to.deep.equal([
      null,
      null,
      null,
    ]);
  });

  it("is ahead or behind by the latest answer, of whatever status; one without a Date changes nothing", async () => {
    const answers = [answerAt(3_600_000), answerAt(-7_000, 500), rawAnswer(200, "{}"), answerAt(0, 429)];
    expect(await skewsAfter(answers)).to.deep.equal([null, 3_600_500, -6_500, -6_500, HALF_MS]);
  });

  it("is not told by an answer that was cut", async () => {
    expect(await skewsAfter([answerAt(1_000), answerAt(90_000).slice(0, -1)])).to.deep.equal([null, 1_500, 1_500]);
  });

  it("is compared with the middle of the call", async () => {
    const skews = await skewsAfter([answerAt(2_000)], (clock) => clock.advance(4_000));
    expect(skews).to.deep.equal([null, HALF_MS]);
  });

  it("is compared with our clock as it is now, when that was set during the call", async () => {
    const setBack = 5 * 3_600_000;
    const skews = await skewsAfter([answerAt(0)], async (clock) => clock.set(clock.nowMs() - setBack));
    expect(skews).to.deep.equal([null, setBack + HALF_MS]);
  });

  it("is passed on by the client", () =>
    withBank(async ({ bank, clock }) => {
      expect(bank.clockSkewMs()).to.equal(null);
      await bank.createAccount(CREATE, "k1");
      const skewMs = bank.clockSkewMs() ?? expect.fail("no skew");
      expect(clock.nowMs() + skewMs).to.be.closeTo(Date.now(), 60_000);
    }));
});
