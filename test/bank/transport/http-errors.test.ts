/**
 * Every error that undici, Node's sockets, DNS and TLS can give, at every moment of a call, through classification and
 * decision: what may have left is in doubt, what has not left did not happen, and no error makes a new key.
 */
import dns from "node:dns";
import { constants } from "node:os";
import { expect } from "chai";
import { type Dispatcher, errors } from "undici";
import { decide } from "../../../src/apply/decide.ts";
import { classify } from "../../../src/bank/classify.ts";
import { Deadlines } from "../../../src/bank/transport/deadlines.ts";
import { Exchange } from "../../../src/bank/transport/exchange.ts";
import type { BankReply, CallKind } from "../../../src/bank/transport.ts";
import { FakeClock } from "../../support/fake-clock.ts";

/** Node's documentation of `tls`, "X509 certificate error codes", and what its sockets add. */
const TLS_CODES = [
  "UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_CRL UNABLE_TO_DECRYPT_CERT_SIGNATURE UNABLE_TO_DECRYPT_CRL_SIGNATURE",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY CERT_SIGNATURE_FAILURE CRL_SIGNATURE_FAILURE CERT_NOT_YET_VALID",
  "CERT_HAS_EXPIRED CRL_NOT_YET_VALID CRL_HAS_EXPIRED ERROR_IN_CERT_NOT_BEFORE_FIELD ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CRL_LAST_UPDATE_FIELD ERROR_IN_CRL_NEXT_UPDATE_FIELD OUT_OF_MEM DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE CERT_CHAIN_TOO_LONG",
  "CERT_REVOKED INVALID_CA PATH_LENGTH_EXCEEDED INVALID_PURPOSE CERT_UNTRUSTED CERT_REJECTED HOSTNAME_MISMATCH",
  "ERR_TLS_CERT_ALTNAME_INVALID ERR_TLS_HANDSHAKE_TIMEOUT ERR_TLS_CERT_ALTNAME_FORMAT EPROTO",
  "ERR_SSL_WRONG_VERSION_NUMBER ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
].flatMap((line) => line.split(" "));
/** What sockets, look-ups, streams and aborts add that no list of Node's holds. */
const OTHER_CODES = [
  ...["EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME", "EAI_MEMORY", "ENOTFOUND", "ECONNRESET", "EPIPE"],
  ...[
    "ABORT_ERR",
    "ERR_STREAM_DESTROYED",
    "ERR_STREAM_PREMATURE_CLOSE",
    "ERR_SOCKET_CLOSED",
    "ERR_SOCKET_CONNECTION_TIMEOUT",
  ],
  ...["HPE_INVALID_CONSTANT", "HPE_INVALID_HEADER_TOKEN", "HPE_INVALID_EOF_STATE", "HPE_UNEXPECTED_CONTENT_LENGTH"],
  "",
];

const withCode = (code: string) => Object.assign(new Error(code === "" ? "" : `it failed: ${code}`), { code });

/** One of each class that undici exports, whatever its constructor wants. */
function undiciErrors(): (Error & { code?: string })[] {
  return Object.values(errors).map((Class) => {
    const Any = Class as unknown as new (...given: readonly unknown[]) => Error & { code?: string };
    return new Any("it failed", "CODE", {});
  });
}

const ERRORS: readonly (Error & { code?: string })[] = [
  ...undiciErrors(),
  ...Object.keys(constants.errno).map(withCode),
  ...Object.values(dns)
    .filter((value) => typeof value === "string")
    .map(withCode),
  ...[...TLS_CODES, ...OTHER_CODES].map(withCode),
  // Several addresses were tried in vain: it has no message of its own.
  Object.assign(new AggregateError([withCode("ECONNREFUSED"), withCode("ENETUNREACH")]), { code: "ECONNREFUSED" }),
  new TypeError("terminated"),
];

const CONTROLLER = { abort() {} } as unknown as Dispatcher.DispatchController;
const MOMENTS = {
  "before a byte was written": null,
  "after a byte was written": 0,
  "after an interim answer": 103,
  "within a 200": 200,
  "within a 404": 404,
  "within a 429": 429,
  "within a 500": 500,
} as const;

/** What the client makes of an error; `status` is what had begun to come, null when nothing had been written. */
function replyTo(error: Error, status: number | null): Promise<BankReply> {
  return new Promise((resolve) => {
    const outside = {
      clock: new FakeClock(),
      deadlines: new Deadlines(60_000),
      callTimeoutMs: 60_000,
      tellSkew: () => expect.fail("a cut answer tells no time"),
    };
    const exchange = new Exchange({ method: "PATCH", path: "/" }, outside, resolve);
    if (status !== null) exchange.onRequestStart(CONTROLLER);
    if (status !== null && status > 0) {
      exchange.onResponseStart(CONTROLLER, status, { date: "Wed, 15 Jan 2025 12:00:00 GMT" });
      exchange.onResponseData(CONTROLLER, Buffer.from('{"id":'));
    }
    exchange.onResponseError(null, error);
  });
}

describe("every error of a call", () => {
  it("is known by name: all classes of undici, all numbers of the system, DNS and TLS", () => {
    const codes = new Set(ERRORS.map(({ code }) => code));
    const some = ["UND_ERR_SOCKET", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];
    expect([...codes]).to.include.members([...some, "UND_ERR_DESTROYED", "UND_ERR_RES_EXCEEDED_MAX_SIZE"]);
    expect([...codes]).to.include.members([
      "ECONNREFUSED",
      "ECONNRESET",
      "EPIPE",
      "ENOTFOUND",
      "EAI_AGAIN",
      "ETIMEDOUT",
    ]);
    expect(codes.size).to.be.greaterThan(150);
  });

  for (const [moment, status] of Object.entries(MOMENTS)) {
    it(`${moment}: ${ERRORS.length} errors`, async () => {
      const sent = status !== null;
      const begun = status === null || status < 200 ? 0 : status;
      for (const error of ERRORS) {
        const reply = await replyTo(error, status);
        expect(reply, error.code).to.include({ kind: "no_response", sent, status: begun });
        expect(reply, error.code).to.have.property("reason").that.is.a("string").and.not.equal("");
        for (const call of ["read", "write", "batch"] as const) judge(reply, call, sent);
      }
    });
  }

  function judge(reply: BankReply, call: CallKind, sent: boolean): void {
    const answer = classify(reply, call);
    if (answer.ok) expect.fail("silence is no success");
    const isUnknown = sent && call !== "read";
    expect(answer.failure.kind).to.equal(isUnknown ? "unknown" : "transient");
    for (const wasInDoubt of [false, true]) {
      for (const attempt of [1, 6]) {
        const given = {
          kind: "create",
          attempts: 6,
          inDoubt: wasInDoubt,
          misanswered: 0,
          elapsedMs: 0,
          random: 0.5,
        } as const;
        const decision = decide(answer, { ...given, attempt });
        expect(decision.inDoubt, "in doubt exactly when a byte of a write may have left").to.equal(
          wasInDoubt || isUnknown,
        );
        if (decision.kind === "again") expect(decision.nextGeneration, "no new key").to.equal(false);
        expect(decision).to.not.have.property("state", "applied");
        expect(decision).to.not.have.property("state", "refused");
      }
    }
  }
});
