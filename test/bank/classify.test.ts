/**
 * The contract's table over every status and every silence.
 */
import { expect } from "chai";
import { classify, unreadable } from "../../src/bank/classify.ts";
import type { BankReply, CallKind } from "../../src/bank/transport.ts";

const reply = (status: number, body = ""): BankReply => ({ kind: "response", status, body });
const error = (status: number, code: string, detail = "d") => reply(status, JSON.stringify({ code, detail }));

function verdict(given: BankReply, call: CallKind): string {
  const answer = classify(given, call);
  if (answer.ok) return "ok";
  return [answer.failure.kind, answer.failure.code, ...(answer.failure.inFlight ? ["in flight"] : [])].join(" ");
}

/** What the bank itself says, and what it does not say in this form. */
const OWN = [
  '{"code":"parameters_invalid","status":"1"}',
  '{"code":"x","title":"t","detail":"d","invalid_parameters":7}',
];
const PAGES = ["<html>", "Forbidden", " \n<!doctype html>"];
const OTHERS = [
  "",
  "null",
  "[1]",
  "{}",
  '{"code":7}',
  '{"code":""}',
  '{"message":"Forbidden"}',
  '{"title":"T","detail":"d"}',
];

type Verdicts = readonly [read: string, write: string, batch: string];
const both = (read: string, write: string): Verdicts => [read, write, write];
const same = (verdict: string): Verdicts => both(verdict, verdict);
const SUCCESS = same("ok");
const TROUBLE = both("transient bank_error", "unknown bank_error");
const IN_PLACE = both("transient gateway_refused", "unknown gateway_refused");
const CREDENTIALS = same("stop bank_credentials_refused");
const LIMITED = same("transient bank_rate_limited");
const RUNNING = "unknown bank_in_flight in flight";

/** Who answered, over every status: the bank in its own words, a web page, or anything else. */
function byContract(status: number): { own: Verdicts; page: Verdicts; other: Verdicts } {
  const whoever = (verdicts: Verdicts) => ({ own: verdicts, page: verdicts, other: verdicts });
  if (status === 200) return whoever(SUCCESS);
  if (status < 200 || status >= 500 || status === 408) return whoever(TROUBLE);
  if (status < 400) return whoever(IN_PLACE);
  if (status === 401) return { own: CREDENTIALS, page: IN_PLACE, other: CREDENTIALS };
  if (status === 403) return { own: same("stop bank_forbidden"), page: IN_PLACE, other: IN_PLACE };
  if (status === 409) {
    const gateways: Verdicts = both("transient gateway_refused", RUNNING);
    return { own: ["refused bank_refused", RUNNING, "stop bank_key_contradicted"], page: gateways, other: gateways };
  }
  if (status === 429) return whoever(LIMITED);
  return { own: same("refused bank_refused"), page: IN_PLACE, other: IN_PLACE };
}

const CALLS = ["read", "write", "batch"] as const;

describe("classify", () => {
  for (const hundred of [100, 200, 300, 400, 500]) {
    it(`every status from ${hundred} to ${hundred + 99}, by who answered`, () => {
      for (let status = hundred; status < hundred + 100; status += 1) {
        const { own, page, other } = byContract(status);
        for (const [bodies, expected] of [
          [OWN, own],
          [PAGES, page],
          [OTHERS, other],
        ] as const) {
          for (const body of bodies) {
            const verdicts = CALLS.map((call) => verdict(reply(status, body), call));
            expect(verdicts, `${status} ${body}`).to.deep.equal(expected);
          }
        }
      }
    });
  }

  it("stops the run where a gateway lets no call through, and leaves a write in doubt", () => {
    for (const status of [204, 307, 401, 403, 404, 405, 413, 451]) {
      const blocked = { ...reply(status, "<html>"), isBlocked: true } as BankReply;
      for (const call of CALLS) {
        const answer = classify(blocked, call);
        if (answer.ok) expect.fail("no success");
        expect(answer.failure).to.include({ kind: "stop", code: "bank_forbidden", status });
        expect(answer.failure.inDoubt, call).to.equal(call === "read" ? undefined : true);
      }
    }
  });

  const BY_CODE: readonly (readonly [string, BankReply, CallKind, string])[] = [
    ["no key", error(400, "idempotency_error"), "write", "stop bank_key_rejected"],
    ["another 400", error(400, "payload_invalid"), "write", "refused bank_refused"],
    ["key of another body", error(422, "idempotency_request_inconsistent"), "write", "stop bank_key_contradicted"],
    ["another 422", error(422, "invalid_status_transition"), "write", "refused bank_refused"],
    [
      "key used otherwise in a batch",
      error(409, "idempotency_request_inconsistent"),
      "batch",
      "stop bank_key_contradicted",
    ],
    [
      "the same, as 409 elsewhere",
      error(409, "idempotency_request_inconsistent"),
      "write",
      "stop bank_key_contradicted",
    ],
    [
      "a batch already done, in the published words",
      error(
        409,
        "conflict",
        "A request with this Idempotency-Key has already been processed with different parameters.",
      ),
      "batch",
      "stop bank_key_contradicted",
    ],
    ["a batch in progress", error(409, "idempotency_in_progress"), "batch", "unknown bank_in_flight in flight"],
    [
      "a batch still running",
      error(409, "x", "It is still being processed."),
      "batch",
      "unknown bank_in_flight in flight",
    ],
  ];
  for (const [name, given, call, expected] of BY_CODE) {
    it(name, () => expect(verdict(given, call)).to.equal(expected));
  }

  for (const sent of [false, true]) {
    for (const status of [0, 200, 422, 500]) {
      it(`no response, sent ${sent}, begun with ${status}`, () => {
        const silence: BankReply = { kind: "no_response", sent, status, reason: "reset" };
        const cut = sent && status === 200;
        const [read, write] = !sent
          ? ["transient bank_unreachable", "transient bank_unreachable"]
          : cut
            ? ["transient bank_answer_unreadable", "unknown bank_answer_unreadable"]
            : ["transient bank_unreachable", "unknown outcome_unknown"];
        expect([verdict(silence, "read"), verdict(silence, "write"), verdict(silence, "batch")]).to.deep.equal([
          read,
          write,
          write,
        ]);
      });
    }
  }

  it("keeps that the failure is an outage's, whatever came", () => {
    const replies: BankReply[] = [reply(500), reply(503)];
    for (const sent of [true, false]) {
      for (const status of [0, 200, 500]) replies.push({ kind: "no_response", sent, status, reason: "reset" });
    }
    for (const given of replies) {
      for (const call of CALLS) {
        expect(classify({ ...given, outage: true } as BankReply, call)).to.have.nested.property("failure.outage", true);
        expect(classify(given, call)).to.not.have.nested.property("failure.outage");
      }
    }
  });

  it("gives the failure of a call that a wrapper ended as it is", () => {
    const failure = unreadable("read", 200, "x");
    expect(classify({ kind: "not_sent", failure }, "write")).to.deep.equal({ ok: false, failure });
  });

  it("carries status, the bank's code, the first parameter and the wait", () => {
    const body = JSON.stringify({
      code: "parameters_invalid",
      invalid_parameters: [{ parameter: "details.credit.limit", reason: "must be an integer" }],
    });
    expect(classify({ kind: "response", status: 422, body, retryAfterMs: 5 }, "write")).to.deep.equal({
      ok: false,
      failure: {
        kind: "refused",
        code: "bank_refused",
        message: "parameters_invalid: details.credit.limit must be an integer",
        status: 422,
        bankCode: "parameters_invalid",
        parameter: "details.credit.limit",
        retryAfterMs: 5,
      },
    });
  });

  it("calls a whole but useless 200 unknown for a write and transient for a read", () => {
    expect(unreadable("write", 200, "x")).to.include({ kind: "unknown", code: "bank_answer_unreadable", status: 200 });
    expect(unreadable("batch", 200, "x").kind).to.equal("unknown");
    expect(unreadable("read", 200, "x").kind).to.equal("transient");
  });
});
