/**
 * One operation to its end, at a client whose network is the test's own.
 */
import { expect } from "chai";
import { type AttemptOutcome, applyOperation, type Outside } from "../../src/apply/apply-operation.ts";
import { assembleBank } from "../../src/bank/open-bank.ts";
import type { BankRequest } from "../../src/bank/transport.ts";
import { answer } from "../bank/scripted-transport.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { LineOfAll } from "../support/line-of-all.ts";

const MINUTE_MS = 60_000;

describe("applyOperation", () => {
  for (const { clients, longestMs } of [
    { clients: "one client", longestMs: MINUTE_MS },
    { clients: "clients that share a pace", longestMs: 8_000 },
  ]) {
    it(`sends nothing whose intent is older than ${longestMs / 1000} s, for ${clients}, but records it anew`, async () => {
      const clock = new FakeClock();
      const sent: BankRequest[] = [];
      const send = async (request: BankRequest) => {
        sent.push(request);
        return answer(200, request.key === undefined ? { access_token: "t" } : { id: "account_1" });
      };
      const limits = { requestsPerSecond: 1_000, burst: 10, caps: { reads: 1, writes: 1 }, attempts: 1 };
      const client = {
        apiUrl: "https://bank.test",
        clientId: "c",
        clientSecret: "s",
        scopes: [],
        callTimeoutMs: 1_000,
      };
      const shared = longestMs === MINUTE_MS ? undefined : new LineOfAll(clock).way().shared;
      const around = { clock, random: () => 0, ...(shared && { shared }) };
      const bank = assembleBank({ send, skewMs: () => 0, close: async () => {} }, { ...client, ...limits }, around);
      // The process is stopped each time that an intent has been recorded, and then sees what time it is.
      const stoppedMs = [longestMs + 1, longestMs - 1];
      const intents: number[] = [];
      const outcomes: AttemptOutcome[] = [];
      const recorder = {
        async recordSending() {
          intents.push(sent.filter(({ key }) => key === "k1").length);
          await clock.advance(stoppedMs.shift() ?? 0);
        },
        recordOutcome: async (outcome: AttemptOutcome) => void outcomes.push(outcome),
      };
      const outside: Outside = {
        bank,
        clock,
        random: () => 0,
        isAnothers: async () => false,
        keyOf: () => "k1",
        attempts: 1,
        timeoutMs: 10 * MINUTE_MS,
        keyLifeMs: 10 * MINUTE_MS,
        judge: () => ({ issue: null, kept: [] }) as never,
        signal: new AbortController().signal,
        rest: async () => {},
      };
      const operation = { kind: "patch", step: 1, body: "{}" } as never;
      const anew = {
        generation: 1,
        inDoubt: false,
        misanswered: 0,
        isToRead: false,
        firstSent: null,
        recordedAt: null,
      };
      const applied = await applyOperation({ operation, ...anew }, "account_1", recorder, outside);
      expect(applied.kind).to.equal("ended");
      expect(intents).to.deep.equal([0, 0]);
      expect(outcomes.map(({ state }) => state)).to.deep.equal(["planned", "applied"]);
      expect(sent.filter(({ key }) => key === "k1")).to.have.length(1);
    });
  }
});
