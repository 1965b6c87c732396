/**
 * Codes of a row whose cells are not written as the job says.
 */
import { defineCodes } from "./code-entry.ts";

export const SHAPE_CODES = defineCodes({
  value_unmapped: {
    meaning: "The job lists what each cell of the column stands for, and this cell is not in the list.",
    fixedBy: "operator",
    retryHelps: false,
    todo: "Add the cell with its value under values in the job and run the row again: tieout rerun … --only invalid. Or correct the cell.",
  },
  instant_not_once: {
    meaning: "A clock in the column's zone shows the time never, or twice, since it is changed there.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Give the time with its zone; or say in the job which of the two is meant, as repeated under dates.",
  },
  amount_currency_differs: {
    meaning: "An amount is in another currency than its row.",
    fixedBy: "file",
    retryHelps: false,
    todo: "Correct the row's currency, or give the amount in it.",
  },
});
