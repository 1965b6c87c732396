/**
 * Finds accounts by client_account_id. The bank's look-up has to prove itself first (contract, "The look-up must prove
 * itself"): a bank without the look-up, or one that ignores the filter, must never make a second account.
 */

import type { Account } from "../account.ts";
import type { BankApi, Failure } from "../bank/bank-api.ts";
import type { Issue } from "../errors/issue.ts";
import type { Verdict } from "../ledger/ledger.ts";
import type { LookUpProof } from "../ledger/run.ts";
import { counted } from "../text/counted.ts";
import { endsRun, issueOfFailure } from "./failure.ts";
import type { RunInHand } from "./run-in-hand.ts";
import type { Stop } from "./stop.ts";
import { stopFor } from "./stop.ts";

/** Accounts of one look-up that are fetched to see whether they are the one. */
const MATCHES_CHECKED = 20;
/** Accounts that the file names by id, and that the look-up is tried on before it counts as unproven. */
const NAMED_CANDIDATES = 5;
/** The oldest links, and the latest, that it is tried on after that. */
const CANDIDATES = 3;

/** What a person can do whose bank has no usable look-up. */
const WITHOUT_LOOK_UP =
  'give account_id; or, if the bank has none of these accounts, set lookup: false and creates: "trusted" in the job, and run the held rows again';

interface Candidate {
  readonly kind: "candidate";
  readonly clientAccountId: string;
  readonly accountId: string;
}

/** `none` is worth as much as the look-up is; `listed` as in LookUp. `proves`: the look-up named this account alone. */
export type LookedUp =
  | { readonly kind: "account"; readonly account: Account; readonly proves: boolean }
  | { readonly kind: "none"; readonly listed: boolean }
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  | Stop;

/** A found account counts only when the bank shows it under that client_account_id when asked by its own id. */
export async function lookUp(bank: BankApi, clientAccountId: string): Promise<LookedUp> {
  const answer = await bank.fetchByClientAccountId(clientAccountId);
  if (!answer.ok) return failed(answer.failure);
  const { ids, listed } = answer.value;
  if (ids.length === 0) return { kind: "none", listed };
  const matches: Account[] = [];
  for (const id of ids.slice(0, MATCHES_CHECKED)) {
    const account = await bank.fetchAccount(id);
    if (!account.ok) {
      if (account.failure.kind === "refused" && account.failure.status === 404) continue;
      return failed(account.failure);
    }
    if (account.value.client_account_id === clientAccountId) matches.push(account.value);
  }
  if (matches.length > 1) {
    const message = `the bank has ${counted(matches.length, "account")} with this client_account_id: ${matches.map(({ id }) => id).join(", ")}`;
    return verdict("refused", { code: "lookup_ambiguous", column: "client_account_id", message });
  }
  const [account] = matches;
  if (account !== undefined) return { kind: "account", account, proves: ids.length === 1 };
  const message = `the bank's look-up answered with an account that has another client_account_id; ${WITHOUT_LOOK_UP}`;
  return verdict("held", { code: "lookup_unproven", column: "client_account_id", message });
}

function verdict(word: Verdict["word"], issue: Issue): LookedUp {
  return { kind: "verdict", verdict: { word, issues: [issue] } };
}

function failed(failure: Failure): LookedUp {
  const issue = issueOfFailure(failure);
  if (endsRun(failure)) return stopFor(issue);
  if (failure.code !== "lookup_unproven") return verdict("failed", issue);
  return verdict("held", { ...issue, column: "client_account_id", message: `${failure.message}; ${WITHOUT_LOOK_UP}` });
}

/**
 * Tries the look-up on accounts known to exist: those the file names by id, then the oldest and the latest that the ledger
 * links, since a look-up may lag behind an account that was just created. If none is known, the first create may go alone when
 * the job says so, or when the look-up answered with an empty list: then the route exists, and knows nobody. Not so in a run
 * without its ledger, which cannot know whether any account exists.
 */
export async function proveLookUp(inHand: RunInHand, sample: string | null): Promise<LookUpProof | Stop> {
  const { job, bank, run } = inHand;
  let isKnown = false;
  for await (const candidate of candidates(inHand)) {
    if (candidate.kind === "stop") return candidate;
    const found = await lookUp(bank, candidate.clientAccountId);
    if (found.kind === "stop") return found;
    if (found.kind === "account" && found.account.id === candidate.accountId && found.proves) return "proven";
    isKnown = true;
  }
  if (isKnown) return "missed";
  if (run.withoutLedger) return "unproven";
  if (job.creates === "first_alone") return "alone";
  if (sample === null) return "unproven";
  const probe = await lookUp(bank, sample);
  if (probe.kind === "stop") return probe;
  return probe.kind === "none" && probe.listed ? "alone" : "unproven";
}

async function* candidates({ ledger, bank, run }: RunInHand): AsyncGenerator<Candidate | Stop, void, void> {
  for (const accountId of await ledger.changes.listNamed(run, NAMED_CANDIDATES)) {
    const account = await bank.fetchAccount(accountId);
    if (!account.ok && endsRun(account.failure)) yield stopFor(issueOfFailure(account.failure));
    const clientAccountId = account.ok ? account.value.client_account_id : undefined;
    if (clientAccountId !== undefined) yield { kind: "candidate", clientAccountId, accountId };
  }
  for (const link of await ledger.accounts.listLinks(run.bank, CANDIDATES)) yield { kind: "candidate", ...link };
}
