/**
 * Finds accounts by client_account_id, and has the bank's look-up prove itself first (contract, "The look-up must prove
 * itself"): a bank without the look-up, or one that ignores the filter, must never make a second account.
 */

import type { Answer, BankApi } from "../bank/bank-api.ts";
import { counted } from "../counted.ts";
import type { Issue } from "../errors/issue.ts";
import type { Page, Verdict } from "../ledger/ledger.ts";
import type { LookUpProof, Run } from "../ledger/run.ts";
import { type Hands, PAGE, type RunContext, type Stop, stopFor } from "./context.ts";
import { endsRun, issueOf } from "./plan-one.ts";
import { walk } from "./window.ts";

/** Accounts of one look-up that are fetched to see whether they are the one. */
const MATCHES_CHECKED = 20;
/** Accounts known to exist that the look-up is tried on before it counts as unproven. */
const CANDIDATES = 3;
/** Accounts that the file names by id and that the bank is asked for, to be such candidates. */
const NAMED_CANDIDATES = 5;

interface Candidate {
  readonly clientAccountId: string;
  readonly accountId: string;
}

/** `none`: nobody of that name, for what the look-up is worth; `listed` as in LookUp. `proves`: exactly the one was named. */
export type Found =
  | { readonly kind: "account"; readonly accountId: string; readonly proves: boolean }
  | { readonly kind: "none"; readonly listed: boolean }
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  | { readonly kind: "stop"; readonly stop: Stop };

/** A found account counts only when the bank shows it under that client_account_id when asked by its own id. */
export async function lookUp(bank: BankApi, clientAccountId: string): Promise<Found> {
  const answer = await bank.fetchByClientAccountId(clientAccountId);
  if (!answer.ok) return failed(answer);
  const { ids, listed } = answer.value;
  if (ids.length === 0) return { kind: "none", listed };
  const matches: string[] = [];
  for (const id of ids.slice(0, MATCHES_CHECKED)) {
    const account = await bank.fetchAccount(id);
    if (!account.ok) {
      if (account.failure.status === 404) continue;
      return failed(account);
    }
    if (account.value.client_account_id === clientAccountId) matches.push(id);
  }
  if (matches.length > 1) {
    const message = `the bank has ${counted(matches.length, "account")} of this client_account_id: ${matches.join(", ")}`;
    return verdict("refused", { code: "lookup_ambiguous", column: "client_account_id", message });
  }
  const [accountId] = matches;
  if (accountId !== undefined) return { kind: "account", accountId, proves: ids.length === 1 };
  const message = "the bank's look-up answered with an account of another client_account_id; give account_id instead";
  return verdict("held", { code: "lookup_unproven", column: "client_account_id", message });
}

function verdict(word: Verdict["word"], issue: Issue): Found {
  return { kind: "verdict", verdict: { word, issues: [issue] } };
}

function failed(answer: Answer<unknown> & { ok: false }): Found {
  const { failure } = answer;
  const issue = issueOf(failure);
  if (endsRun(failure)) return { kind: "stop", stop: stopFor(issue) };
  if (failure.code !== "lookup_unproven") return verdict("failed", issue);
  const way =
    'give account_id, or ask the bank for the look-up; or set creates: "trusted" if none of these accounts exist';
  return verdict("held", { ...issue, column: "client_account_id", message: `${failure.message}; ${way}` });
}

/**
 * Tries the look-up on accounts known to exist: those the ledger links, else those the file names by id. Without any,
 * the first create may go alone when the job says so, or when the look-up answered with an empty list: then the route
 * exists, and has nobody. Not so in a run without its ledger, which cannot tell that no account is known.
 */
export async function proveLookUp(
  context: RunContext,
  hands: Hands,
  run: Run,
  sample: string | null,
): Promise<LookUpProof | Stop> {
  const { ledger, job } = context;
  const { bank } = hands;
  const candidates: Candidate[] = [...(await ledger.accounts.listLinks(run.bank, CANDIDATES))];
  if (candidates.length < CANDIDATES) {
    const stop = await addNamed(context, hands, run, candidates);
    if (stop !== null) return stop;
  }
  for (const { clientAccountId, accountId } of candidates) {
    const found = await lookUp(bank, clientAccountId);
    if (found.kind === "stop") return found.stop;
    if (found.kind === "account" && found.accountId === accountId && found.proves) return "proven";
  }
  if (candidates.length > 0 || run.withoutLedger) return "unproven";
  if (job.creates === "first_alone") return "alone";
  if (sample === null) return "unproven";
  const probe = await lookUp(bank, sample);
  if (probe.kind === "stop") return probe.stop;
  return probe.kind === "none" && probe.listed ? "alone" : "unproven";
}

/** Adds to the candidates what the bank holds of accounts that the file names by id. */
async function addNamed(
  { ledger }: RunContext,
  { bank, maxChange }: Hands,
  run: Run,
  candidates: Candidate[],
): Promise<Stop | null> {
  const readFound = (page: Page) => ledger.changes.readToPlan(run, page, maxChange);
  let asked = 0;
  for await (const { key, accountId } of walk(readFound, ({ change }) => change, PAGE)) {
    if (accountId === null || key !== `account:${accountId}`) continue;
    const account = await bank.fetchAccount(accountId);
    if (!account.ok && endsRun(account.failure)) return stopFor(issueOf(account.failure));
    if (account.ok && account.value.client_account_id !== undefined)
      candidates.push({ clientAccountId: account.value.client_account_id, accountId });
    asked += 1;
    if (asked === NAMED_CANDIDATES || candidates.length === CANDIDATES) break;
  }
  return null;
}
