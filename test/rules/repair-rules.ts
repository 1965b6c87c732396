/**
 * For each code of a row that was given back: a row that gets it, one beside it that does not, and what the message says.
 */
import type { REPAIR_CODES } from "../../src/errors/codes/repair.ts";
import { fingerprintOf } from "../../src/read/repaired/fingerprint.ts";
import type { RunRule } from "./rule.ts";
import type { RunTrial } from "./trial.ts";

const HEADER = "client_account_id,product_name\n";
const REPAIRED = "client_account_id,product_name,result_run,result_row\n";
/** Run 1, whose only row failed for its product. */
const FAILED: Omit<RunTrial, "what" | "csv"> = {
  bank: { seed: { accounts: [{ id: "account_1", client_account_id: "0017" }] } },
  before: [`${HEADER}0017,#N/A\n`],
};
/** A later row has taken the place of the one that failed, so nothing of it had to be kept. */
const PRUNED = { ...FAILED, before: [`${HEADER}0017,#N/A\n`, `${HEADER}0017,Tin\n`], pruned: true as const };
const GRADED = "client_account_id,product_name,underwriting_grade,result_run,result_row\n0017,Card,B2,run-1,2\n";
const GRADES = { allowEdit: ["underwriting_grade"] };

const AMOUNT = "client_account_id,product_name,currency,available_credit\n0017,#N/A,USD,1250\n";
const AMOUNT_REPAIRED =
  "client_account_id,product_name,currency,available_credit,result_run,result_row\n0017,Card,USD,1250,run-1,2\n";

/** The row 0017 of a run that no ledger here knows, given back with this id and grade. */
function ofUnknownRun(id: string, grade: string): string {
  const print = fingerprintOf("run-9", { row: 2, cells: ["0017", "#N/A", ""] }, [
    "client_account_id",
    "product_name",
    "underwriting_grade",
  ]);
  const header =
    "client_account_id,product_name,underwriting_grade,result_code,result_column,result_run,result_row,result_fingerprint";
  return `${header}\n${id},Card,${grade},spreadsheet_error,product_name,run-9,2,${print}\n`;
}

export const REPAIR_RULES: Readonly<Record<keyof typeof REPAIR_CODES, RunRule>> = {
  repair_key_differs: {
    rejects: {
      what: "a repaired row with another id",
      csv: `${REPAIRED}0018,Card,run-1,2\n`,
      ...FAILED,
    },
    accepts: { what: "one that kept them", csv: `${REPAIRED}0017,Card,run-1,2\n`, ...FAILED },
    says: /row 2 of run run-1 has "0017" here, and the repaired row "0018"/,
  },
  row_added: {
    rejects: {
      what: "a row without the numbers of an earlier one",
      csv: `${REPAIRED}0017,Card,run-1,2\n0017,Card,,\n`,
      ...FAILED,
    },
    accepts: { what: "a row that has them", csv: `${REPAIRED}0017,Card,run-1,2\n`, ...FAILED },
    says: /has no number of an earlier run's row/,
  },
  cell_unproven: {
    rejects: { what: "a grade of its own, in a row of an unknown run", csv: ofUnknownRun("0017", "B2"), ...FAILED },
    accepts: { what: "such a row that was only repaired", csv: ofUnknownRun("0017", ""), ...FAILED },
    says: /the file has "B2" here, which is not what row 2 of run run-9 was given out with/,
  },
  key_unproven: {
    rejects: { what: "an id without its zeros, in a row of an unknown run", csv: ofUnknownRun("17", ""), ...FAILED },
    accepts: { what: "such a row that was only repaired", csv: ofUnknownRun("0017", ""), ...FAILED },
    says: /the file has "17" here, which is not what row 2 of run run-9 was given out with/,
  },
  read_otherwise: {
    rejects: {
      what: "an amount of a job with decimals, given to one with minor units",
      csv: AMOUNT_REPAIRED,
      ...FAILED,
      before: [AMOUNT],
      job: { money: "decimal" },
      lastJob: { name: "other", money: "minor" },
    },
    accepts: {
      what: "the same given to another job with decimals",
      csv: AMOUNT_REPAIRED,
      ...FAILED,
      before: [AMOUNT],
      job: { money: "decimal" },
      lastJob: { name: "other" },
    },
    says: /run run-1 of the job desk reads this column in another way than this job/,
  },
  original_pruned: {
    rejects: {
      what: "a repaired row of a run that was pruned since",
      csv: `${REPAIRED}0017,Card,run-1,2\n`,
      ...PRUNED,
    },
    accepts: { what: "a row of its own", csv: `${HEADER}0017,Plate\n`, ...PRUNED },
    says: /the ledger no longer has the values of row 2 of run run-1/,
  },
  edit_not_allowed: {
    rejects: { what: "a repaired row with a grade of its own", csv: GRADED, ...FAILED },
    accepts: { what: "one without", csv: GRADED.replace("B2", ""), ...FAILED },
    says: /the file has "B2" here, and nothing was wrong with this column in row 2 of run run-1/,
  },
  edit_allowed: {
    rejects: { what: "the same where that may be edited", csv: GRADED, start: GRADES, ...FAILED },
    accepts: { what: "one without", csv: GRADED.replace("B2", ""), start: GRADES, ...FAILED },
    says: /row 2 of run run-1 has no value here, and the file "B2", as --allow-edit allows/,
  },
  cell_restored: {
    rejects: {
      what: "a repaired row whose zeros a spreadsheet dropped",
      csv: `${REPAIRED}17,Card,run-1,2\n`,
      ...FAILED,
    },
    accepts: { what: "one that kept them", csv: `${REPAIRED}0017,Card,run-1,2\n`, ...FAILED },
    says: /the file had "17", a number in a program's form: the cell is again as in row 2 of run run-1/,
  },
};
