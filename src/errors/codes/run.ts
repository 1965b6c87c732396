/**
 * Codes of rows and runs that a run itself kept back or stopped.
 */
import { defineCodes } from "./code-entry.ts";

export const RUN_CODES = defineCodes({
  guard: {
    meaning: "The plan exceeds a guard of the job, so nothing was sent of the rows that the guard holds.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Look at the rows; if they are right, approve them as the message says, then resume the run.",
    heldUntil: "approved",
  },
  frozen: {
    meaning: "A freeze window of the job has begun, in which nothing is sent; the rest of the run waits for its end.",
    fixedBy: "nobody",
    retryHelps: true,
    todo: "Resume the run once the window has ended; a start of the job after that does the same.",
    exit: 6,
  },
  guard_approved: {
    meaning: "A person has approved what a guard held; it is sent once the run is resumed.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Resume the run.",
    exit: 6,
  },
  drifted: {
    meaning:
      "The account at the bank is no longer as a person has seen it, in a plan that is applied or in a row that a guard held, so nothing of the row was sent.",
    fixedBy: "operator",
    retryHelps: true,
    todo: 'Compare the row with the account (in a run that applies a plan: columns result_wanted, result_plan_saw and result_now); if the file is still right, type tieout rerun … --only held --accept drifted --reason "…".',
    heldUntil: "accepted",
  },
  last_row_maybe_cut: {
    meaning: "The file's last row has no line end, unlike in the job's earlier files, so the row may be cut off.",
    fixedBy: "operator",
    retryHelps: true,
    todo: 'Look at the row; if it is complete, type tieout rerun … --only held --accept last_row_maybe_cut --reason "…"; if not, have the file sent again.',
    heldUntil: "accepted",
  },
  account_busy: {
    meaning: "Another run is using the account and did not release it, so the row is not finished.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Resume the run that the message names, then this one.",
    exit: 6,
  },
  not_archived: {
    meaning:
      "A run is over, and its file could not be archived or tagged. The file stays where it is, and the results are not touched by it.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Do what the message says; the next start of the job tries again.",
  },
  not_run: {
    meaning: "The row was planned or checked, and not sent, as asked.",
    fixedBy: "nobody",
    retryHelps: true,
    todo: "Apply the plan with tieout apply, or start tieout run to send it.",
  },
  limit_reached: {
    meaning: "The row is beyond --limit.",
    fixedBy: "nobody",
    retryHelps: true,
    todo: "Resume the run without --limit.",
  },
  not_fetched: {
    meaning:
      "The account was last seen as the row wants it within skipUnchangedFor, and no run has touched it since, so the bank was not asked.",
    fixedBy: "nobody",
    retryHelps: true,
    todo: "Nothing. To fetch everything, run the file with --again, or take skipUnchangedFor out of the job.",
  },
  absent_already: {
    meaning: "A snapshot lacks the account, and the bank holds it as absent ones are to be, or closed.",
    fixedBy: "nobody",
    retryHelps: false,
    todo: "Nothing.",
  },
  not_selected: {
    meaning: "The row was left out of a run that was narrowed (--rows, --accounts, --sample or --only-kinds).",
    fixedBy: "nobody",
    retryHelps: true,
    todo: "Resume the run with --whole.",
  },
  canary_differs: {
    meaning: "An account that was sent first (--canary) is not as the file wants it, so no other was sent.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Look at the rows with tieout explain; then continue with tieout resume, or give the rest up with tieout abandon.",
    exit: 6,
  },
  run_waits: {
    meaning:
      "A person stopped the run (Ctrl-C or --limit), narrowed it or has approved held rows of it, so no start continues it on its own.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Continue it with tieout resume, or give it up with tieout abandon.",
    exit: 6,
  },
  abandoned: {
    meaning: "A person abandoned the run before it reached the row.",
    fixedBy: "nobody",
    retryHelps: false,
    todo: "To run the row after all, run the file again with --again and --reason.",
  },
  stopped: {
    meaning: "The run was stopped before it reached the row.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Resume the run.",
  },
  run_deadline: {
    meaning: "The run has reached the job's time limit, or the time of day at which it is to stop.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Resume the run, as the next start of the job does; or raise runTimeoutMs or stopAt in the job.",
    exit: 6,
  },
  clock_skewed: {
    meaning: "This machine's clock and the bank's are more than 15 minutes apart, so the age of a key is not certain.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Set this machine's clock, then resume the run.",
    exit: 6,
  },
  body_altered: {
    meaning: "The ledger's copy of a request differs from the request that was planned, so it was not sent.",
    fixedBy: "tieout",
    retryHelps: false,
    todo: "Keep the ledger as it is and send the run's id to the Tieout maintainers.",
    exit: 1,
  },
  doubt_conflict: {
    meaning:
      "A request without an answer may have created an account, and the account at the bank differs from the request.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Ask the bank whose account it is; then give its account_id.",
  },
  poison: {
    meaning: "Several processes have died while they worked on the row.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "If it is unknown, type tieout resume with the run, which tries it once more, after all others; if it failed, run it again. If a process dies over it again, send the run's id to the Tieout maintainers.",
  },
  internal_error: {
    meaning: "Tieout had an internal error on this row.",
    fixedBy: "tieout",
    retryHelps: true,
    todo: "Send the run's id to the Tieout maintainers.",
  },
  run_unbalanced: {
    meaning: "The run's rows, accounts or operations do not add up, so no results were published.",
    fixedBy: "tieout",
    retryHelps: false,
    todo: "Keep the ledger as it is and send the run's id to the Tieout maintainers.",
    exit: 1,
  },
  lease_held: {
    meaning: "Another run of the job is in progress.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Wait until it has ended.",
    exit: 5,
  },
  lease_lost: {
    meaning: "The run lost its lease to another process.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "See tieout runs, then resume the run.",
    exit: 6,
  },
  changed_since: {
    meaning: "The account at the bank is no longer as the run that is verified left it.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Compare result_changes with the file; the message names the run that has changed the account since, if the ledger knows it.",
  },
  missing: {
    meaning: "The bank no longer has the account of a row that is verified.",
    fixedBy: "bank",
    retryHelps: false,
    todo: "Ask the bank what became of the account.",
  },
  not_verified: {
    meaning: "The row did not end as applied or unchanged, so there is nothing of it to verify.",
    fixedBy: "nobody",
    retryHelps: false,
    todo: "See the row's own result with tieout explain.",
  },
  clock_jumped: {
    meaning: "By the ledger's runs this machine's clock has jumped ahead by weeks, so nothing is pruned.",
    fixedBy: "operator",
    retryHelps: false,
    todo: 'See that this machine\'s clock is right. If it is, type tieout prune <job> --reason "…", or let the schedule prune in two weeks.',
    exit: 2,
  },
  run_pruned: {
    meaning: "What the command needs of the run has been pruned from the ledger, as the job's retention says.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "See its results where they were published, or a backup of the ledger. tieout explain and history show what is left.",
    exit: 2,
  },
  run_stopped: {
    meaning: "The run was stopped.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Resume the run; a plan begins anew.",
    exit: 6,
  },
});
