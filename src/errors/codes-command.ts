/**
 * Codes that end a command before or outside a run.
 */
import { defineCodes } from "./code.ts";

export const COMMAND_CODES = defineCodes({
  usage: {
    meaning: "The command line is not understood.",
    mends: "operator",
    retryHelps: false,
    todo: "See tieout --help.",
    exit: 2,
  },
  job_not_found: {
    meaning: "There is no such job.",
    mends: "operator",
    retryHelps: false,
    todo: "Name a file in jobs/, or give a path.",
    exit: 2,
  },
  job_invalid: {
    meaning: "The job file is not valid.",
    mends: "operator",
    retryHelps: false,
    todo: "Correct the setting named in the message.",
    exit: 2,
  },
  job_name_taken: {
    meaning: "The ledger knows another job file under the job's name.",
    mends: "operator",
    retryHelps: false,
    todo: "Give one of the two another name; or, if the job file has moved, give the name to it with tieout move.",
    exit: 2,
  },
  env_missing: {
    meaning: "An environment variable is missing or malformed.",
    mends: "operator",
    retryHelps: false,
    todo: "Set it as the message says.",
    exit: 2,
  },
  source_unreachable: {
    meaning: "The source of the files cannot be read.",
    mends: "operator",
    retryHelps: true,
    todo: "Check the bucket or folder, and the credentials.",
    exit: 2,
  },
  source_not_found: {
    meaning: "The file, bucket or folder does not exist.",
    mends: "operator",
    retryHelps: false,
    todo: "Check the name.",
    exit: 2,
  },
  already_run: {
    meaning: "The file that was named has the bytes of another file, which the job has run.",
    mends: "operator",
    retryHelps: false,
    todo: "Leave it; or run it all the same with --again and a reason.",
    exit: 7,
  },
  file_expected: {
    meaning: "The job expects a file, and there is no new one.",
    mends: "operator",
    retryHelps: true,
    todo: "See why it was not delivered, then start the job again.",
    exit: 2,
  },
  results_unwritable: {
    meaning: "The results cannot be written.",
    mends: "operator",
    retryHelps: true,
    todo: "Check the results place and its permissions, then make them again with tieout report.",
    exit: 2,
  },
  output_unwritable: {
    meaning: "Standard output cannot be written; what is under way goes on.",
    mends: "operator",
    retryHelps: true,
    todo: "Make room where it goes. Results and ledger are whole: see tieout runs.",
    exit: 2,
  },
  ledger_unusable: {
    meaning: "The ledger cannot be opened.",
    mends: "operator",
    retryHelps: false,
    todo: "Check TIEOUT_LEDGER and the file's permissions.",
    exit: 2,
  },
  ledger_failed: {
    meaning: "The ledger could not be read or written.",
    mends: "operator",
    retryHelps: true,
    todo: "Mend what the message names, such as a full disk, then start the job again.",
    exit: 6,
  },
  ledger_missing: {
    meaning:
      "There are results of this very file from a run that the ledger does not know, so it may not be the right one.",
    mends: "operator",
    retryHelps: false,
    todo: "Restore the ledger, or point TIEOUT_LEDGER to it; or go on by look-up alone with --without-ledger.",
    exit: 2,
  },
  run_not_found: {
    meaning: "The ledger has no such run.",
    mends: "operator",
    retryHelps: false,
    todo: "See tieout runs.",
    exit: 2,
  },
  row_not_found: {
    meaning: "The run has no such row.",
    mends: "operator",
    retryHelps: false,
    todo: "Give a row number as result_row has it.",
    exit: 2,
  },
  nothing_to_rerun: {
    meaning: "The run has no such rows.",
    mends: "operator",
    retryHelps: false,
    todo: "See the run's summary with tieout runs.",
    exit: 0,
  },
  internal: {
    meaning: "Tieout's own code failed.",
    mends: "tieout",
    retryHelps: true,
    todo: "Send the line above to Tieout's makers.",
    exit: 1,
  },
});
