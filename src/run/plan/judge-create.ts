/**
 * Whether a change whose account was not found may become a create, and what a person may do where it may not (contract,
 * "The look-up must prove itself").
 */
import type { Issue } from "../../errors/issue.ts";
import type { Job } from "../../job.ts";
import type { Run } from "../../ledger/run.ts";
import { layoutOf } from "../../read/layouts.ts";
import type { RunInHand } from "../run-in-hand.ts";

/** Null if it may. */
export function judgeCreate({ job, run }: RunInHand): Issue | null {
  if (job.creates === "trusted" && !run.withoutLedger) return null;
  if (job.creates === "never") {
    return {
      code: "create_not_allowed",
      column: "",
      message: "the bank has no such account, and the job does not create accounts",
    };
  }
  if (run.proof === "proven" || run.proof === "alone") return null;
  const why = job.lookup
    ? `the bank's look-up has not yet found any known account, so this one might be a duplicate`
    : "the look-up is off, so this account might be a duplicate";
  return { code: "lookup_unproven", column: "client_account_id", message: `${why}; ${wayToCreate(job, run)}` };
}

/** Why a row about one user of an account that was not found comes to nothing: it creates none, whatever the job says of creates. */
export function judgeMissing({ job, run }: RunInHand): Issue {
  const column = "client_account_id";
  const none = `a row of ${layoutOf(run.reading).called} creates none`;
  if (run.proof === "proven") {
    const message = `the bank has no account with this id, and ${none}`;
    return { code: "account_of_user_missing", column, message };
  }
  const why = job.lookup ? "the bank's look-up has not yet found any known account" : "the look-up is off";
  const message = `${why}, so it is not known whether the bank has this account, and ${none}; once the account is known: tieout rerun ${run.id} --only held`;
  return { code: "lookup_unproven", column, message };
}

/** What a person can do about held creates in this job and run. Each way lets the rows through. */
export function wayToCreate(job: Job, { id, proof, withoutLedger }: Run): string {
  if (withoutLedger) return "give account_id, or restore the ledger and run the file again with that";
  const rerun = `tieout rerun ${id} --only held`;
  // A look-up that has missed a known account cannot be proved by making another account.
  const setting = job.lookup && proof !== "missed" && job.creates !== "first_alone" ? "first_alone" : "trusted";
  const set = `if the bank has none of these accounts, set creates: "${setting}" in the job, then: ${rerun}`;
  return proof === "missed" ? `it may lag, so try again later: ${rerun}; or, ${set}` : `give account_id; or, ${set}`;
}
