/**
 * What follows from an answer: the contract's table row by row, and that it is total over every status and every silence.
 */
import { expect } from "chai";
import type { Account } from "../../src/account.ts";
import { type Attempt, type Decision, decide } from "../../src/apply/decide.ts";
import type { Answer } from "../../src/bank/bank-api.ts";
import { answeredForAnother, classify, unreadable } from "../../src/bank/classify.ts";
import { type BankReply, type CallKind, CLOSED } from "../../src/bank/transport.ts";

const FIRST: Attempt = {
  kind: "patch",
  attempt: 1,
  attempts: 6,
  inDoubt: false,
  misanswered: 0,
  elapsedMs: 0,
  random: 0.5,
};
const LAST: Attempt = { ...FIRST, attempt: 6 };
const DOUBT = { inDoubt: true };

function decideOn(reply: BankReply, attempt: Attempt, call: CallKind = "write"): Decision {
  const answer = classify(reply, call);
  const value: Answer<Account | null> = answer.ok ? { ...answer, value: null } : answer;
  return decide(value, attempt);
}

/** In the bank's own words. */
const response = (status: number, code = "a_code"): BankReply => {
  return { kind: "response", status, body: JSON.stringify({ code }) };
};
const page = (status: number): BankReply => ({ kind: "response", status, body: "<html>" });
const blocked = (reply: BankReply): BankReply => ({ ...reply, isBlocked: true }) as BankReply;
const silence = (sent: boolean, status = 0): BankReply => ({ kind: "no_response", sent, status, reason: "reset" });

/** Of a decision what the contract speaks of: what next, in doubt or not, and whether the key changes. */
const told = (decision: Decision): string => {
  const doubt = decision.inDoubt ? "in doubt" : "no doubt";
  if (decision.kind === "again") return `again, ${doubt}, ${decision.nextGeneration ? "next generation" : "same key"}`;
  const { kind } = decision;
  if (kind === "settle") return decision.ifAbsent === "again" ? "settle" : `settle, ${decision.ifAbsent} if absent`;
  return `${kind} ${decision.state}, ${doubt}`;
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
    ["429 as a page", page(429), "again, no doubt, same key", "again, in doubt, same key"],
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
    ...[201, 202, 203, 204, 206, 301, 307, 308, 400, 401, 403, 404, 405, 407, 413, 422, 431, 451].map(
      (status): [string, BankReply, string, string] => [
        `${status} as a page`,
        page(status),
        "again, in doubt, same key",
        "again, in doubt, same key",
      ],
    ),
    ["403 as a page to every call", blocked(page(403)), "stop unknown, in doubt", "stop unknown, in doubt"],
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

  it("takes a relationship that is gone for removed, once an attempt is in doubt, but only at the bank's own word", () => {
    const remove = { ...FIRST, kind: "remove_relationship" } as const;
    const body = '{"code":"not_found","invalid_parameters":[{"parameter":"entity_id","reason":"has no such role"}]}';
    const gone: BankReply = { kind: "response", status: 404, body };
    expect(told(decideOn(gone, remove))).to.equal("end refused, no doubt");
    expect(told(decideOn(gone, { ...remove, ...DOUBT }))).to.equal("end applied, no doubt");
    expect(told(decideOn(gone, { ...FIRST, ...DOUBT }))).to.equal("settle");
    expect(told(decideOn(page(404), { ...remove, ...DOUBT })), "a proxy's").to.equal("again, in doubt, same key");
    const answer = classify(gone, "write");
    if (answer.ok) expect.fail("a 404 is no success");
    const noAccount: Answer<null> = { ok: false, failure: { ...answer.failure, code: "account_not_found" } };
    expect(told(decide(noAccount, { ...remove, ...DOUBT })), "the account's").to.equal("settle");
  });

  it("stops the run at the first answer for another account, and costs only the row at the second", () => {
    const answer: Answer<null> = { ok: false, failure: answeredForAnother("account_9", {}) };
    expect(told(decide(answer, FIRST))).to.equal("stop unknown, in doubt");
    expect(told(decide(answer, { ...FIRST, misanswered: 1 }))).to.equal("end unknown, in doubt");
  });

  it("reads what an answer that stays unreadable has done, once the attempts are spent", () => {
    expect(told(decideOn(silence(true, 200), LAST)), "cut").to.equal("settle, failed if absent");
    const garbled: Answer<null> = { ok: false, failure: unreadable("write", 200, "it is not JSON") };
    expect(told(decide(garbled, FIRST))).to.equal("again, in doubt, same key");
    expect(told(decide(garbled, LAST))).to.equal("settle, failed if absent");
  });

  it("waits for a key in flight up to 15 minutes, then leaves it unknown", () => {
    expect(decideOn(response(409), { ...LAST, elapsedMs: 14 * 60_000 }).kind).to.equal("again");
    expect(told(decideOn(response(409), { ...FIRST, elapsedMs: 15 * 60_000 }))).to.equal("end unknown, in doubt");
  });

  it("counts no attempt of an outage, nor of a stop", () => {
    for (const status of [500, 502, 503, 504]) expect(again(inOutage(response(status)))).to.equal(true);
    for (const sent of [false, true]) {
      for (const status of [0, 200, 500]) expect(again(inOutage(silence(sent, status)))).to.equal(true);
    }
    expect(again(CLOSED), "the run that is stopped ends it, not the row").to.equal(true);
  });

  it("counts no attempt for which there was no token, and keeps the key, since nothing was sent under it", () => {
    for (const status of [429, 500, 503]) {
      const answer = classify(response(status), "read");
      if (answer.ok) expect.fail("no success");
      const noToken: Answer<null> = { ok: false, failure: { ...answer.failure, outage: true } };
      for (const attempt of [FIRST, LAST]) {
        expect(told(decide(noToken, attempt))).to.equal("again, no doubt, same key");
        expect(told(decide(noToken, { ...attempt, ...DOUBT }))).to.equal("again, in doubt, same key");
      }
    }
  });

  it("stops the run when the bank is out of reach and the attempts are spent, so that no row is failed by it", () => {
    expect(told(decideOn(silence(false), LAST))).to.equal("stop planned, no doubt");
    expect(told(decideOn(silence(false), { ...LAST, ...DOUBT }))).to.equal("end unknown, in doubt");
  });

  for (const call of ["write", "batch"] as const) {
    for (const inDoubt of [false, true]) {
      for (const isLeft of [true, false]) {
        const given = `${inDoubt ? "one" : "none"} in doubt, attempts ${isLeft ? "left" : "spent"}`;
        it(`every status from 100 to 599, ${call}, ${given}`, () => {
          const attempt = { ...(isLeft ? FIRST : LAST), inDoubt };
          for (let status = 100; status < 600; status += 1) {
            for (const body of ["", "<html>", "[1]", '{"code":7}', '{"code":"parameters_invalid"}']) {
              const decision = decideOn({ kind: "response", status, body }, attempt, call);
              const expected = byContract(status, body, call, inDoubt, isLeft);
              expect(told(decision), `${status} ${body}`).to.equal(expected);
            }
          }
        });
      }
    }
  }

  it("a read puts nothing in doubt and takes no doubt away, whatever its status", () => {
    for (let status = 100; status < 600; status += 1) {
      for (const attempt of [FIRST, LAST]) {
        expect(decideOn(response(status), attempt, "read").inDoubt).to.equal(false);
        const within = decideOn(response(status), { ...attempt, ...DOUBT }, "read");
        if (status !== 200) expect(within.inDoubt).to.equal(true);
        expect(within).to.not.have.property("nextGeneration", true);
      }
    }
  });

  it("waits longer each time, half a second up to 30 s, or as long as the bank asks", () => {
    const waits = [1, 2, 3, 7, 20].map((attempt) => {
      const decision = decideOn(response(500), { ...FIRST, attempt, attempts: 99, random: 1 });
      return decision.kind === "again" ? decision.delayMs : -1;
    });
    expect(waits).to.deep.equal([500, 1_000, 2_000, 30_000, 30_000]);
    const asked = decideOn({ kind: "response", status: 503, body: "", retryAfterMs: 7_000 }, FIRST);
    expect(asked).to.include({ kind: "again", delayMs: 7_000 });
  });

  it("waits 1, 2, 4 … 30 s for a key in flight, and no less than half of it", () => {
    for (const random of [0, 1]) {
      const waits = [1, 2, 3, 6, 20].map((attempt) => {
        const decision = decideOn(response(409), { ...FIRST, attempt, random });
        return decision.kind === "again" ? decision.delayMs : -1;
      });
      const full = [1_000, 2_000, 4_000, 30_000, 30_000];
      expect(waits).to.deep.equal(full.map((ms) => ms * (random === 1 ? 1 : 0.5)));
    }
  });
});

function inOutage(reply: BankReply): BankReply {
  return { ...reply, outage: true } as BankReply;
}

function again(reply: BankReply): boolean {
  return [LAST, { ...LAST, ...DOUBT }].every((attempt) => decideOn(reply, attempt).kind === "again");
}

/** The contract's table once more, as a rule over all statuses, by who answered. */
function byContract(status: number, body: string, call: CallKind, inDoubt: boolean, isLeft: boolean): string {
  const doubt = inDoubt ? "in doubt" : "no doubt";
  const isOwn = body.includes("parameters_invalid");
  const isTrouble = status < 200 || status >= 500 || status === 408;
  const stop = inDoubt ? "stop unknown, in doubt" : "stop planned, no doubt";
  if (status === 200) return "end applied, no doubt";
  if (status === 401 && body !== "<html>") return stop;
  if (status === 403 && isOwn) return stop;
  if (status === 409) return call === "batch" && isOwn ? "stop unknown, in doubt" : "again, in doubt, same key";
  if (status === 429 && isLeft) return `again, ${doubt}, ${inDoubt || !isOwn ? "same key" : "next generation"}`;
  if (status === 429) return inDoubt ? "end unknown, in doubt" : "end failed, no doubt";
  if (isOwn && status >= 400 && !isTrouble) return inDoubt ? "settle" : "end refused, no doubt";
  if (isLeft) return "again, in doubt, same key";
  return isTrouble ? "end unknown, in doubt" : "settle, refused if absent";
}
