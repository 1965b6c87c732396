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
    todo: "Put new rows into a file of their own, without the result_ columns.",
  },
  edit_not_allowed: {
    meaning: "A repaired row has another value in a column in which nothing was wrong.",
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
