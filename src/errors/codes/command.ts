/**
 * Codes that end a command before or outside a run.
 */
import { defineCodes } from "./code-entry.ts";

export const COMMAND_CODES = defineCodes({
  usage: {
    meaning: "The command line is not valid.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "See tieout --help.",
    exit: 2,
  },
  job_not_found: {
    meaning: "The job does not exist.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Name a job in jobs/, or give the path of a job file.",
    exit: 2,
  },
  job_invalid: {
    meaning: "The job file is not valid.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Correct the setting named in the message.",
    exit: 2,
  },
  job_name_taken: {
    meaning: "The ledger has another job file under this job's name.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Give one of the two jobs another name; or, if the job file has moved, use tieout move.",
    exit: 2,
  },
  env_missing: {
    meaning: "An environment variable is missing or malformed.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Set it as the message says.",
    exit: 2,
  },
  bank_unnamed: {
    meaning:
      "The ledger knows the bank by a client id alone, and not of which program that is. Nothing is sent until it does.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Name it once with tieout ledger name-bank, as the message says.",
    exit: 2,
  },
  program_unclear: {
    meaning:
      "LEAD_CLIENT_ID and the program do not fit what the ledger, the job or the other jobs say. So it may be the wrong bank, and nothing is sent.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Set LEAD_PROGRAM, or program in the job, as the message says.",
    exit: 2,
  },
  source_unreachable: {
    meaning: "The source of the files cannot be read.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Check the bucket or folder, and the credentials.",
    exit: 2,
  },
  source_not_found: {
    meaning: "The file, bucket or folder does not exist.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Check the name.",
    exit: 2,
  },
  already_run: {
    meaning: "The named file has the same bytes as a file that the job has already run.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Leave it; or run it anyway with --again and --reason.",
    exit: 7,
  },
  file_expected: {
    meaning: "The job expects a new file, and there is none.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Find out why it was not delivered, then start the job again.",
    exit: 2,
  },
  results_unwritable: {
    meaning: "The results cannot be written.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Check the results folder or bucket and its permissions; then, as the message says, start the job again or write the results again with tieout report.",
    exit: 2,
  },
  output_unwritable: {
    meaning: "Standard output cannot be written; the command continues.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Free space on the disk that it is written to. Results and ledger are complete: see tieout runs.",
    exit: 2,
  },
  ledger_unusable: {
    meaning: "The ledger cannot be opened, or there is none and this command does not create one.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Check TIEOUT_LEDGER, and the rights to the file or of the database's user.",
    exit: 2,
  },
  ledger_replaced: {
    meaning: "The ledger was moved, removed or replaced while a command was using it. Nothing more was sent.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Put it back together with its -wal file, or restore the last good copy; then see tieout runs.",
    exit: 2,
  },
  ledger_moved: {
    meaning: "The ledger was moved to another place by tieout ledger copy. Here it is only read.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Set TIEOUT_LEDGER to the place that the message names.",
    exit: 2,
  },
  ledger_failed: {
    meaning: "The ledger could not be read or written.",
    fixedBy: "operator",
    retryHelps: true,
    todo: "Fix the cause that the message names, such as a full disk or a database that is down, then start the job again.",
    exit: 6,
  },
  ledger_missing: {
    meaning:
      "The results place has a run that is not in the ledger: of this same file, or of a job that has no run in the ledger. So this may be the wrong ledger.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Restore the ledger, or set TIEOUT_LEDGER to it; or continue with the bank's look-up alone: --without-ledger.",
    exit: 2,
  },
  run_not_found: {
    meaning: "The run is not in the ledger.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "See tieout runs.",
    exit: 2,
  },
  row_not_found: {
    meaning: "The row is not in the run.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Give a row number from the column result_row.",
    exit: 2,
  },
  nothing_to_rerun: {
    meaning: "The run has no such rows.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "See the run's summary with tieout runs.",
    exit: 0,
  },
  internal: {
    meaning: "Tieout has an internal error.",
    fixedBy: "tieout",
    retryHelps: true,
    todo: "Send the line above to the Tieout maintainers.",
    exit: 1,
  },
});
