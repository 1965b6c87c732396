/**
 * Codes that come from an answer of the bank, or from none.
 */
import { defineCodes } from "./code.ts";

export const BANK_CODES = defineCodes({
  bank_refused: {
    meaning: "The bank refused the call.",
    mends: "file",
    retryHelps: false,
    todo: "Correct the row as the bank's reason in the message says.",
  },
  bank_rate_limited: {
    meaning: "The bank asked to slow down until the attempts were spent.",
    mends: "operator",
    retryHelps: true,
    todo: "Run the row again, with fewer requestsPerSecond in the job.",
  },
  bank_error: {
    meaning: "The bank answered with an error of its own until the attempts were spent.",
    mends: "bank",
    retryHelps: true,
    todo: "Run the row again later.",
  },
  gateway_refused: {
    meaning: "A gateway in front of the bank, such as a firewall, answered in the bank's place.",
    mends: "bank",
    retryHelps: true,
    todo: "Look at the row's cells for what a firewall may dislike, or ask the bank; then run the row again.",
  },
  bank_unreachable: {
    meaning: "The bank cannot be reached.",
    mends: "operator",
    retryHelps: true,
    todo: "Check LEAD_API_URL and the network, then start the job again.",
    exit: 6,
  },
  bank_answer_unreadable: {
    meaning: "The bank's answer could not be read.",
    mends: "bank",
    retryHelps: true,
    todo: "Run the row again; if it stays, ask the bank.",
  },
  bank_answered_for_another: {
    meaning: "The bank answered a call for one account with another account.",
    mends: "bank",
    retryHelps: true,
    todo: "Ask the bank what became of the call; then start the job again, which reads what became of the row before it sends anything.",
    exit: 2,
  },
  bank_in_flight: {
    meaning: "The bank still works on an earlier request with the same idempotency key.",
    mends: "bank",
    retryHelps: true,
    todo: "Run the job again; the row is settled before anything else.",
  },
  bank_credentials_refused: {
    meaning: "The bank refuses the credentials.",
    mends: "operator",
    retryHelps: false,
    todo: "Check LEAD_CLIENT_ID and LEAD_CLIENT_SECRET.",
    exit: 2,
  },
  bank_forbidden: {
    meaning: "The bank forbids the call.",
    mends: "operator",
    retryHelps: false,
    todo: "Ask the bank for the scope or the address that the message names.",
    exit: 2,
  },
  bank_key_contradicted: {
    meaning: "The bank holds an idempotency key of ours for another request.",
    mends: "tieout",
    retryHelps: false,
    todo: "Send the run's id to Tieout's makers; do not run the row again.",
    exit: 1,
  },
  bank_key_rejected: {
    meaning: "The bank says that a call came without a usable idempotency key.",
    mends: "tieout",
    retryHelps: false,
    todo: "Send the run's id to Tieout's makers.",
    exit: 1,
  },
  outcome_unknown: {
    meaning: "The call may have taken effect, and the bank has not said.",
    mends: "bank",
    retryHelps: true,
    todo: "Run the job again; the row is settled before anything else.",
  },
});
