/**
 * Selection: the rows of a file that a person wants worked on. It never parts the rows of an account. Pure.
 */
import type { Issue } from "../errors/issue.ts";
import { counted } from "../text/counted.ts";
import { shellWord } from "../text/shell-word.ts";
import type { OperationKind } from "./operation.ts";

/** A member that is not there leaves nothing out. */
export interface Selection {
  /** Row numbers, as in result_row, from one to another. */
  readonly rows?: readonly (readonly [from: number, to: number])[];
  /** Each an account_id, or a client_account_id as rows name it; and the file that they were given by. */
  readonly accounts?: { readonly file: string; readonly ids: readonly string[] };
  /** How many accounts of those that the others leave, spread over the file. */
  readonly sample?: number;
  /** Only rows whose operations are all of these kinds. */
  readonly onlyKinds?: readonly OperationKind[];
}

/** What a row that is left out ends with. */
export const NOT_SELECTED: Issue = {
  code: "not_selected",
  column: "",
  message: "the row was left out, as asked; it has not been sent",
};

/** As `rows 100-200, 20 named accounts, only patch`. */
export function describeSelection({ rows, accounts, sample, onlyKinds }: Selection): string {
  return [
    ...(rows === undefined ? [] : [`rows ${rangesOf(rows)}`]),
    ...(accounts === undefined ? [] : [counted(accounts.ids.length, "named account")]),
    ...(sample === undefined ? [] : [`a sample of ${counted(sample, "account")}`]),
    ...(onlyKinds === undefined ? [] : [`only ${onlyKinds.join(" and ")}`]),
  ].join(", ");
}

/** The same as flags of the command line, with a blank before each. */
export function flagsOf({ rows, accounts, sample, onlyKinds }: Selection): string {
  return [
    ...(rows === undefined ? [] : [` --rows ${rangesOf(rows)}`]),
    ...(accounts === undefined ? [] : [` --accounts ${shellWord(`@${accounts.file}`)}`]),
    ...(sample === undefined ? [] : [` --sample ${sample}`]),
    ...(onlyKinds === undefined ? [] : [` --only-kinds ${onlyKinds.join(",")}`]),
  ].join("");
}

function rangesOf(rows: NonNullable<Selection["rows"]>): string {
  return rows.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(",");
}
