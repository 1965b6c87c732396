/**
 * Codes that come from an answer of the bank, or from none.
 */
import { defineCodes } from "./code-entry.ts";

export const BANK_CODES = defineCodes({
  bank_refused: {
    meaning: "The bank refused the call.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Correct the row; the message has the bank's reason.",
  },
  bank_rate_limited: {
    meaning: "The bank asked to slow down at every attempt, and no attempt is left.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Run the row again, with fewer requestsPerSecond in the job.",
  },
  bank_error: {
    meaning:
      "The bank answered every attempt with an error of its own, or not at all while it answered others, and no attempt is left.",
    fixedBy: "bank",
    retryHelps: true,
    todo: "Run the row again later.",
  },
  gateway_refused: {
    meaning: "A gateway in front of the bank, such as a firewall, answered instead of the bank.",
    fixedBy: "bank",
    retryHelps: true,
    todo: "Look for text in the row that a firewall may block, or ask the bank; then run the row again.",
  },
  bank_unreachable: {
    meaning: "The bank cannot be reached.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Check LEAD_API_URL, HTTPS_PROXY, NODE_EXTRA_CA_CERTS and the network, then start the job again.",
    exit: 6,
  },
  no_token: {
    meaning: "The bank gave no access token, without which no call can go out.",
    fixedBy: "bank",
    retryHelps: true,
    todo: "Wait a while, or ask the bank about its token endpoint; then start the job again.",
    exit: 6,
  },
  bank_answer_unreadable: {
    meaning: "The bank's answer could not be read.",
    fixedBy: "bank",
    retryHelps: true,
    todo: "Run the row again; if the error comes back, ask the bank.",
  },
  bank_answered_for_another: {
    meaning: "The bank answered a call for one account with another account.",
    fixedBy: "bank",
    retryHelps: true,
    todo: "Ask the bank what became of the call; then start the job again. It checks the row at the bank before it sends anything.",
    exit: 2,
  },
  bank_in_flight: {
    meaning: "The bank is still processing an earlier request with this idempotency key.",
    fixedBy: "bank",
    retryHelps: true,
    todo: "Start the job again; it settles the row before anything else.",
  },
  bank_credentials_refused: {
    meaning: "The bank refuses the credentials.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Check LEAD_CLIENT_ID and LEAD_CLIENT_SECRET, and that the bank allows the client the scopes that the message names.",
    exit: 2,
  },
  bank_forbidden: {
    meaning: "The bank forbids the call.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Ask the bank for the scope or the address that the message names.",
    exit: 2,
  },
  bank_key_contradicted: {
    meaning: "The bank has this idempotency key from another request of ours.",
    fixedBy: "tieout",
    retryHelps: false,
    todo: "Send the run's id to the Tieout maintainers; do not run the row again.",
    exit: 1,
  },
  bank_key_rejected: {
    meaning: "The bank reports that a call had no usable idempotency key.",
    fixedBy: "tieout",
    retryHelps: false,
    todo: "Send the run's id to the Tieout maintainers.",
    exit: 1,
  },
  outcome_unknown: {
    meaning: "The call may have taken effect; the bank has not confirmed it.",
    fixedBy: "bank",
    retryHelps: true,
    todo: "Start the job again; it settles the row before anything else.",
  },
});
