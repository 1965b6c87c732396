/**
 * Who answered: the bank itself, or a gateway in front of it (a firewall, a proxy, a load balancer). Takes a
 * status and a body, gives who it was and what that means for the call, by one table; pure, and total over every status.
 *
 * Why it matters: the bank's no is definite for its own request. A gateway's page is not: the gateway may have turned the
 * request away, or may have held back the answer to a request that the bank has processed.
 */
import { parseJson } from "../text/json.ts";
import { parseErrorBody } from "./error-body.ts";

/** `bank`: JSON with a `code`, as the bank's own errors have it (contract, "Errors"). `gateway`: anything else. */
export type Answerer = "bank" | "gateway";

/**
 * answer: the body has the outcome of the call. refused: a definite no. forbidden: no call of this client can succeed.
 * credentials: the token was not taken. conflict: the key is in use. slow_down: not processed. trouble: the bank may have
 * processed it. in_place: a gateway answered in place of the bank, which may have processed it.
 */
export type Meaning =
  | "answer"
  | "refused"
  | "forbidden"
  | "credentials"
  | "conflict"
  | "slow_down"
  | "trouble"
  | "in_place";

interface StatusRule {
  readonly from: number;
  readonly to: number;
  readonly bank: Meaning;
  readonly gateway: Meaning;
}

/** The first rule that holds the status applies. Only a 200 is promised as a success (contract, "Idempotency"). */
export const RULES: readonly StatusRule[] = [
  { from: 200, to: 200, bank: "answer", gateway: "answer" },
  { from: 201, to: 399, bank: "in_place", gateway: "in_place" },
  { from: 401, to: 401, bank: "credentials", gateway: "in_place" },
  { from: 403, to: 403, bank: "forbidden", gateway: "in_place" },
  // Whoever answered: waiting and the same key are right.
  { from: 408, to: 408, bank: "trouble", gateway: "trouble" },
  { from: 409, to: 409, bank: "conflict", gateway: "conflict" },
  { from: 429, to: 429, bank: "slow_down", gateway: "slow_down" },
  { from: 400, to: 499, bank: "refused", gateway: "in_place" },
];

export function whoAnswered(body: string): Answerer {
  return parseErrorBody(body).code === "" ? "gateway" : "bank";
}

export function meaningOf(status: number, body: string): Meaning {
  const rule = RULES.find(({ from, to }) => from <= status && status <= to);
  if (rule === undefined) return "trouble";
  if (rule.bank === rule.gateway) return rule.bank;
  // The part of a bank that checks tokens often answers a 401 without a body, or with other JSON.
  if (status === 401 && !isPage(body)) return rule.bank;
  return rule[whoAnswered(body)];
}

/** Text that is neither JSON nor empty, as people are shown it. */
function isPage(body: string): boolean {
  return body.trim() !== "" && parseJson(body) === undefined;
}
