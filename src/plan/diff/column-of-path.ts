/**
 * A parameter in the bank's words in, the column that its value comes from out: a refusal is shown under the name that the
 * file has for it. Pure; the paths are those of the bodies that Tieout sends.
 */
import { NOTICE_MEMBERS, PLAIN_CREDIT_FIELDS, REPORT_MEMBERS, SCRA_MEMBERS } from "./members.ts";

const under = (prefix: string, members: readonly { readonly column: string; readonly member: string }[]) =>
  members.map(({ column, member }) => [`${prefix}.${member}`, column] as const);

/** Names that are also a column's, such as `application_id`, are not in here. */
const COLUMNS_BY_PATH: ReadonlyMap<string, string> = new Map([
  ["entities.account_holders", "account_holders"],
  ["entities.authorized_signers", "authorized_signers"],
  ["entities.authorized_users", "authorized_users"],
  ["entities.account_holder_type", "account_holder_type"],
  ["details.product_name", "product_name"],
  ...PLAIN_CREDIT_FIELDS.map((field) => [`details.credit.${field}`, field] as const),
  ...under("details.credit.scra", SCRA_MEMBERS),
  ...under("details.credit.report", REPORT_MEMBERS),
  ...under("details.adverse_action_notice", NOTICE_MEMBERS),
]);

/**
 * The column of the `tieout` layout for a path such as `details.credit.limit`, `entities.account_holders[0]` or
 * `/documents/0/type`. A path that is no single column, or not known, is returned as it is.
 */
export function columnOfPath(path: string): string {
  const names = path.split(/[./[\]]+/).filter((name) => name !== "" && !/^[0-9]+$/.test(name));
  if (names[0] === "documents") return "documents";
  const plain = names.join(".");
  return COLUMNS_BY_PATH.get(plain) ?? (names.length === 1 ? plain : path);
}
