/**
 * Codes of rows and runs that a run itself kept back or stopped.
 */
import { defineCodes } from "./code.ts";

export const RUN_CODES = defineCodes({
  guard: {
    meaning: "The plan has more operations of one kind than the job allows, so none of them was sent.",
    mends: "operator",
    retryHelps: true,
    todo: "Look at the rows; if they are right, raise the guard in the job and run the held rows again.",
  },
  last_row_maybe_cut: {
    meaning:
      "No line end closes the file's last row, as in the job's earlier files, so the file may end in the middle of it.",
    mends: "operator",
    retryHelps: true,
    todo: 'Look at the row; if it is whole, tieout rerun … --only held --accept last_row_maybe_cut --reason "…"; else have the file sent again.',
    mayBeAccepted: true,
  },
  account_busy: {
    meaning: "Another run has the account and did not give it up, so the row is left open.",
    mends: "operator",
    retryHelps: true,
    todo: "Resume the run that the message names, then this one.",
    exit: 6,
  },
  not_run: {
    meaning: "Planned or checked, and not sent, as asked.",
    mends: "nobody",
    retryHelps: true,
    todo: "Start tieout run to send it.",
  },
  limit_reached: {
    meaning: "The row lies beyond --limit.",
    mends: "nobody",
    retryHelps: true,
    todo: "Resume the run without --limit.",
  },
  run_waits: {
    meaning: "A person has stopped the run (Ctrl-C or --limit), so no start continues it on its own.",
    mends: "operator",
    retryHelps: false,
    todo: "Continue it with tieout resume, or give it up with tieout abandon.",
    exit: 6,
  },
  abandoned: {
    meaning: "A person gave the run up before it reached the row.",
    mends: "nobody",
    retryHelps: false,
    todo: "If the row is wanted after all, run the file again with --again --reason.",
  },
  stopped: {
    meaning: "The run was stopped before it reached the row.",
    mends: "operator",
    retryHelps: true,
    todo: "Resume the run.",
  },
  run_deadline: {
    meaning: "The run has taken as long as the job allows.",
    mends: "operator",
    retryHelps: true,
    todo: "Resume the run; or raise runTimeoutMs in the job.",
    exit: 6,
  },
  clock_skewed: {
    meaning: "This machine's clock and the bank's are more than 15 minutes apart, so the age of a key cannot be told.",
    mends: "operator",
    retryHelps: true,
    todo: "Set this machine's clock, then resume the run.",
    exit: 6,
  },
  body_altered: {
    meaning: "The ledger's copy of a request is not the one that was planned, so it was not sent.",
    mends: "tieout",
    retryHelps: false,
    todo: "Keep the ledger as it is and send the run's id to Tieout's makers.",
    exit: 1,
  },
  doubt_conflict: {
    meaning: "An account may have been made by a request whose answer was lost, and the one that is there differs.",
    mends: "operator",
    retryHelps: false,
    todo: "Settle with the bank whose account it is; then give its account_id.",
  },
  poison: {
    meaning: "Process after process has ended while it worked on the row.",
    mends: "tieout",
    retryHelps: false,
    todo: "Send the run's id to Tieout's makers.",
  },
  internal_error: {
    meaning: "Tieout's own code failed on this row.",
    mends: "tieout",
    retryHelps: true,
    todo: "Send the run's id to Tieout's makers.",
  },
  run_unbalanced: {
    meaning: "Rows, accounts or operations of the run do not add up, so nothing was published.",
    mends: "tieout",
    retryHelps: false,
    todo: "Keep the ledger as it is and send the run's id to Tieout's makers.",
    exit: 1,
  },
  lease_held: {
    meaning: "Another run of the job is under way.",
    mends: "operator",
    retryHelps: true,
    todo: "Wait for it to end.",
    exit: 5,
  },
  lease_lost: {
    meaning: "The run lost its lease to another process.",
    mends: "operator",
    retryHelps: true,
    todo: "Look at tieout runs, then resume.",
    exit: 6,
  },
  run_stopped: {
    meaning: "The run was stopped.",
    mends: "operator",
    retryHelps: true,
    todo: "Resume the run.",
    exit: 6,
  },
});
