/**
 * Values that a bank keeps differently from how they were sent, as columns have them.
 */
import type { Kept } from "../../plan/diff/kept.ts";

export interface KeptShape extends Omit<Kept, "isForm"> {
  readonly account_id: string;
  readonly is_form: 0 | 1;
}

/** What is kept of an account, by its id. */
export function decodeKept(shapes: readonly KeptShape[]): (accountId: string | null) => readonly Kept[] {
  const byAccount = Map.groupBy(shapes, ({ account_id }) => account_id);
  return (accountId) =>
    (byAccount.get(accountId ?? "") ?? []).map(({ field, wanted, held, is_form }) => ({
      field,
      wanted,
      held,
      isForm: is_form === 1,
    }));
}
