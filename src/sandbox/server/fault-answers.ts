/**
 * How a fault looks from outside: a fault and a connection in, the status, silence or cut out. Never processes anything.
 */
import type { FastifyReply } from "fastify";
import { answerError, answerNotFound, type SandboxAnswer } from "../answer.ts";
import { answerInFlight } from "../state/idempotency.ts";
import type { SandboxRequest } from "../state/journal.ts";
import { answerUnauthorized } from "../state/tokens.ts";
import type { Fault } from "./faults.ts";

/** The answer of a fault that answers something of its own; undefined for one that is silent, cuts or spoils. */
export function answerFault(fault: Fault): SandboxAnswer | undefined {
  switch (fault) {
    case "401":
      return answerUnauthorized();
    case "403":
      return answerError(403, "source_ip_not_allowed", "This address is not allowed.", "Call from a known address.");
    case "404":
      return answerNotFound("There is nothing here.", []);
    case "409":
      return answerInFlight();
    case "429":
      return answerTooMany();
    case "page":
      return { kind: "page", status: 200, body: "<!doctype html><title>Maintenance</title>\n" };
    case "403_page":
    case "403_page_after":
      return { kind: "page", status: 403, body: "<!doctype html><title>Request blocked</title>\n" };
    case "204_after":
      return { kind: "page", status: 204, body: "" };
    case "500":
    case "502":
    case "503":
    case "504":
    case "500_after":
    case "503_after":
      return answerError(Number.parseInt(fault, 10), "internal_error", "Something went wrong.", "Try again later.");
    default:
      return undefined;
  }
}

/** 429: the request was not processed. */
export function answerTooMany(): SandboxAnswer {
  return answerError(429, "rate_limit_exceeded", "Too many requests.", "This request was not processed; slow down.");
}

/** Cuts the connection so that the client sees a reset. */
export function cutConnection(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.socket?.resetAndDestroy();
}

/** Says nothing more; the client ends the connection, or the closing of the server does. */
export function fallSilent(reply: FastifyReply): void {
  reply.hijack();
}

/** Sends the head and half of the body, and cuts. */
export function cutAnswer(reply: FastifyReply, { status, requestId }: SandboxRequest, body: string): void {
  reply.hijack();
  const length = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  reply.raw.writeHead(status, { ...length, "x-request-id": requestId });
  reply.raw.write(body.slice(0, Math.ceil(body.length / 2)), () => reply.raw.socket?.destroy());
}
