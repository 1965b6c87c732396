/**
 * What follows from an answer: the contract's table row by row, and that it is total over every status and every silence.
 */
import { expect } from "chai";
import type { Account } from "../../src/account.ts";
import { type Attempt, type Decision, decide } from "../../src/apply/decide.ts";
import type { Answer } from "../../src/bank/bank-api.ts";
import { classify } from "../../src/bank/classify.ts";
import type { BankReply, CallKind } from "../../src/bank/transport.ts";

const FIRST: Attempt = { kind: "patch", attempt: 1, attempts: 6, inDoubt: false, elapsedMs: 0, random: 0.5 };
const LAST: Attempt = { ...FIRST, attempt: 6 };
const DOUBT = { inDoubt: true };

function decideOn(reply: BankReply, attempt: Attempt, call: CallKind = "write"): Decision {
  const answer = classify(reply, call);
  const value: Answer<Account | null> = answer.ok ? { ...answer, value: null } : answer;
  return decide(value, attempt);
}

const response = (status: number, code = ""): BankReply => {
  return { kind: "response", status, body: code === "" ? "" : JSON.stringify({ code }) };
};
const silence = (sent: boolean, status = 0): BankReply => ({ kind: "no_response", sent, status, reason: "reset" });

/** Of a decision what the contract speaks of: what next, in doubt or not, and whether the key changes. */
const told = (decision: Decision): string => {
  const doubt = decision.inDoubt ? "in doubt" : "no doubt";
  if (decision.kind === "again") return `again, ${doubt}, ${decision.nextGeneration ? "next generation" : "same key"}`;
  return decision.kind === "settle" ? "settle" : `${decision.kind} ${decision.state}, ${doubt}`;
};

describe("decide", () => {
  /** Contract, "What that means for a client that must never make two accounts". */
  const table: readonly [string, BankReply, string, string][] = [
    ["refused before a byte was written", silence(false), "again, no doubt, same key", "again, in doubt, same key"],
    ["reset after a byte was written", silence(true), "again, in doubt, same key", "again, in doubt, same key"],
    ["200, whole", response(200), "end applied, no doubt", "end applied, no doubt"],
    ["200, cut", silence(true, 200), "again, in doubt, same key", "again, in doubt, same key"],
    ["409", response(409), "again, in doubt, same key", "again, in doubt, same key"],
    ["401 with a fresh token", response(401), "stop planned, no doubt", "stop unknown, in doubt"],
    ["403", response(403), "stop planned, no doubt", "stop unknown, in doubt"],
    ["429", response(429), "again, no doubt, next generation", "again, in doubt, same key"],
    [
      "422 inconsistent",
      response(422, "idempotency_request_inconsistent"),
      "stop unknown, in doubt",
      "stop unknown, in doubt",
    ],
    ["400 without a key", response(400, "idempotency_error"), "stop planned, no doubt", "stop unknown, in doubt"],
    ["400", response(400), "end refused, no doubt", "settle"],
    ["404", response(404), "end refused, no doubt", "settle"],
    ["422", response(422), "end refused, no doubt", "settle"],
    ...[408, 500, 502, 503, 504].map((status): [string, BankReply, string, string] => [
      String(status),
      response(status),
      "again, in doubt, same key",
      "again, in doubt, same key",
    ]),
  ];
  for (const [what, reply, without, within] of table) {
    it(`${what}: ${without}; with an attempt in doubt: ${within}`, () => {
      expect(told(decideOn(reply, FIRST))).to.equal(without);
      expect(told(decideOn(reply, { ...FIRST, ...DOUBT }))).to.equal(within);
    });
  }

  it("takes a relationship that is gone for removed, once an attempt is in doubt", () => {
    const gone = decideOn(response(404), { ...FIRST, ...DOUBT, kind: "remove_relationship" });
    expect(told(gone)).to.equal("end applied, no doubt");
  });

  it("waits for a key in flight up to 15 minutes, then leaves it unknown", () => {
    expect(decideOn(response(409), { ...LAST, elapsedMs: 14 * 60_000 }).kind).to.equal("again");
    expect(told(decideOn(response(409), { ...FIRST, elapsedMs: 15 * 60_000 }))).to.equal("end unknown, in doubt");
  });

  it("counts no attempt of an outage", () => {
    for (const reply of [silence(false), silence(true), response(503)]) {
      expect(decideOn({ ...reply, outage: true } as BankReply, LAST).kind).to.equal("again");
    }
  });

  it("is total: over every status and every silence no new key while in doubt, and none but after a 429", () => {
    const replies = [
      ...Array.from({ length: 500 }, (_, n) => response(n + 100)),
      ...[true, false].flatMap((sent) => [0, 200, 500].map((status) => silence(sent, status))),
    ];
    for (const reply of replies) {
      for (const call of ["write", "batch"] as const) {
        for (const attempt of [FIRST, LAST, { ...FIRST, ...DOUBT }, { ...LAST, ...DOUBT }]) {
          const decision = decideOn(reply, attempt, call);
          const isLimited = reply.kind === "response" && reply.status === 429;
          if (decision.kind === "again" && decision.nextGeneration) {
            expect([isLimited, attempt.inDoubt, decision.inDoubt]).to.deep.equal([true, false, false]);
          }
          const isOver = decision.kind === "end" && decision.state === "applied";
          if (attempt.inDoubt && !isOver) expect(decision.inDoubt, JSON.stringify(reply)).to.equal(true);
          if (decision.kind === "end" && decision.state === "failed") expect(decision.inDoubt).to.equal(false);
        }
      }
    }
  });
});
