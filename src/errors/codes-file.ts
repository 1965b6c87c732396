/**
 * Codes of a file that is rejected before its first row is acted on.
 */
import { defineCodes } from "./code.ts";

export const FILE_CODES = defineCodes({
  file_empty: {
    meaning: "The file has no bytes, not even a header.",
    mends: "file",
    retryHelps: false,
    todo: "Export the file again; a day without changes is a header without rows.",
    exit: 7,
  },
  file_too_large: {
    meaning: "The file is larger than the limit.",
    mends: "operator",
    retryHelps: false,
    todo: "Split the file, or raise limits.fileBytes in the job.",
    exit: 7,
  },
  file_too_many_rows: {
    meaning: "The file has more rows than the limit.",
    mends: "operator",
    retryHelps: false,
    todo: "Split the file, or raise limits.rows in the job.",
    exit: 7,
  },
  file_too_many_columns: {
    meaning: "The header has more columns than the limit.",
    mends: "operator",
    retryHelps: false,
    todo: "Drop columns, or raise limits.columns in the job.",
    exit: 7,
  },
  file_changed: {
    meaning: "The file changed while it was read.",
    mends: "file",
    retryHelps: true,
    todo: "Start the job again once the file is complete.",
    exit: 7,
  },
  spool_unwritable: {
    meaning: "The working copy of the file cannot be written on this machine.",
    mends: "operator",
    retryHelps: true,
    todo: "Make room or check the permissions where the message says, then start the job again.",
    exit: 2,
  },
  file_not_csv: {
    meaning: "The file breaks the rules of CSV, so its rows cannot be told apart.",
    mends: "file",
    retryHelps: false,
    todo: "Export the file again with quotes closed and doubled as RFC 4180 says.",
    exit: 7,
  },
  file_not_utf8: {
    meaning: "The file is not UTF-8.",
    mends: "file",
    retryHelps: false,
    todo: "Export the file as UTF-8.",
    exit: 7,
  },
  header_key_missing: {
    meaning: "The header has neither account_id nor client_account_id.",
    mends: "file",
    retryHelps: false,
    todo: "Add the key column, or name its alias under columns in the job.",
    exit: 7,
  },
  header_column_unknown: {
    meaning: "The header has a column that Tieout does not know.",
    mends: "file",
    retryHelps: false,
    todo: "Correct the name, give it an alias under columns in the job, or set unknownColumns to ignore.",
    exit: 7,
  },
  header_column_duplicate: {
    meaning: "The header names one column twice.",
    mends: "file",
    retryHelps: false,
    todo: "Remove or rename one of the two.",
    exit: 7,
  },
  header_column_blank: {
    meaning: "The header has a column without a name.",
    mends: "file",
    retryHelps: false,
    todo: "Name the column, or remove it.",
    exit: 7,
  },
  header_layout_mixed: {
    meaning: "The header mixes column names of the two layouts.",
    mends: "file",
    retryHelps: false,
    todo: "Use one layout's names, or set layout in the job.",
    exit: 7,
  },
  header_column_unreadable: {
    meaning: "A column's name holds a character that cannot be seen, or is one that no column can have.",
    mends: "file",
    retryHelps: false,
    todo: "Type the column's name anew.",
    exit: 7,
  },
  file_row_too_long: {
    meaning: "A row is longer than the limit, often because a quote is never closed.",
    mends: "file",
    retryHelps: false,
    todo: "Look at the row the message names, or raise limits.rowBytes in the job.",
    exit: 7,
  },
});
