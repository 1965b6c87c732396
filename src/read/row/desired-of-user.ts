/**
 * A row of the Authorized Users file: its cells' values in, what it wants of one user of its account out, and which rules it breaks. Such
 * a row says nothing else of the account.
 */
import type { Issue } from "../../errors/issue.ts";
import type { Desired, UserChange } from "../change.ts";
import type { ColumnName } from "../columns.ts";
import type { Layout } from "../layouts.ts";
import { type BrokenRules, findBrokenRules } from "./find-broken-rules.ts";

/** By column: `authorized_users` is one id. */
export type UserValues = Readonly<Partial<Record<ColumnName, unknown>>>;

/** The row must have all that it needs. Its time is the user's, never the account's. */
export function desiredOfUser({ client_account_id, authorized_users, status, ...times }: UserValues): Desired {
  const { effective_at, generated_at } = times as Pick<Desired, "effective_at" | "generated_at">;
  const user: UserChange = {
    id: authorized_users as string,
    status: status as UserChange["status"],
    ...(effective_at !== undefined && { effective_at }),
  };
  return {
    client_account_id: client_account_id as string,
    ...(generated_at !== undefined && { generated_at }),
    users: [user],
  };
}

/** `faulty` are the columns whose cell has a fault of its own. */
export function findBrokenUserRules(
  values: UserValues,
  faulty: readonly string[],
  { called, names, neededNames }: Layout,
  announced?: "warn",
): BrokenRules {
  const isGiven = (name: string) => {
    const column = names.get(name);
    return column !== undefined && (values[column] !== undefined || faulty.includes(column));
  };
  const missing = neededNames.filter((name) => !isGiven(name));
  const incomplete: Issue = {
    code: "user_row_incomplete",
    column: "",
    message: `the row has no ${missing.join(" and no ")}, which each row of ${called} needs`,
  };
  const of = values.client_account_id as string | undefined;
  const { issues, notes } = of === undefined ? NONE : findBrokenRules({ client_account_id: of }, [], announced);
  return { issues: [...issues.map(asOwnId), ...(missing.length === 0 ? [] : [incomplete])], notes: notes.map(asOwnId) };
}

const NONE: BrokenRules = { issues: [], notes: [] };

function asOwnId(issue: Issue): Issue {
  return { ...issue, message: `${issue.message}; here account_id is the program's own client_account_id` };
}
