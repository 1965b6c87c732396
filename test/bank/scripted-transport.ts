/**
 * A Transport that answers what a test says and keeps what it was asked.
 */
import type { BankReply, BankRequest, Transport } from "../../src/bank/transport.ts";

export type ScriptedReply =
  | BankReply
  | number
  | ((request: BankRequest, count: number) => BankReply | Promise<BankReply>);

export interface ScriptedTransport {
  readonly send: Transport;
  readonly requests: readonly BankRequest[];
}

/** The replies in turn, the last one again and again; a number is a status without a body. `count` is from 1. */
export function scriptTransport(...replies: readonly [ScriptedReply, ...ScriptedReply[]]): ScriptedTransport {
  const requests: BankRequest[] = [];
  const send: Transport = async (request) => {
    requests.push(request);
    const reply = replies[Math.min(requests.length, replies.length) - 1] ?? replies[0];
    if (typeof reply === "function") return reply(request, requests.length);
    return typeof reply === "number" ? answer(reply) : reply;
  };
  return { send, requests };
}

export function answer(status: number, json?: unknown, retryAfterMs?: number): BankReply {
  const body = json === undefined ? "" : typeof json === "string" ? json : JSON.stringify(json);
  return { kind: "response", status, body, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

export function silence(sent: boolean): BankReply {
  return { kind: "no_response", sent, status: 0, reason: "reset" };
}
