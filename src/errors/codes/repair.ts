/**
 * Codes of rows that were given back after a repair, judged beside the rows that they came from.
 */
import { defineCodes } from "./code-entry.ts";

export const REPAIR_CODES = defineCodes({
  repair_key_differs: {
    meaning: "A repaired row names another account than the row of the earlier run that it comes from.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Correct the row in the new failed.csv, which has the earlier key; use a program that does not change ids.",
  },
  row_added: {
    meaning: "A row of results that were given back is none of the earlier run's rows, or is there twice.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Give the row its result_run and result_row again, as in the failed.csv; a row that is new goes into a file of its own, without the result_ columns.",
  },
  cell_unproven: {
    meaning:
      "A cell of a repaired row is another than results gave out, nothing was wrong with its column, and this ledger does not know the run.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Put the value back as it was; or, if the edit is meant, run the file again with --allow-edit, --again and --reason.",
  },
  key_unproven: {
    meaning: "A repaired row has another id than results gave out, and this ledger does not know the run.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Put the id back as it was; to name another account, remove the result_ columns.",
  },
  read_otherwise: {
    meaning: "The row comes from a run of another job, which reads its amounts or its empty cells in another way.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Give the file to the job that the row comes from, or to one that reads files as that one does.",
  },
  original_pruned: {
    meaning:
      "The ledger no longer has the values of the row that a repaired row comes from, so the two cannot be compared.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Check the row by hand, and put it into a file of its own, without the result_ columns.",
  },
  edit_not_allowed: {
    meaning:
      "A repaired row has another value in a column in which nothing was wrong, or one that a spreadsheet program may have made.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Give the earlier value back; or, if the edit is meant, run the file again with --allow-edit, --again and --reason.",
  },
  edit_allowed: {
    meaning:
      "A repaired row has another value in a column in which nothing was wrong, and --allow-edit names the column.",
    fixedBy: "nobody",
    retryHelps: false,
    todo: "Nothing to do.",
  },
  cell_restored: {
    meaning: "A spreadsheet program had changed a cell of a repaired row; the cell is again as in the earlier run.",
    fixedBy: "nobody",
    retryHelps: false,
    todo: "Nothing to do.",
  },
});
