/**
 * What a run fetches of the bank, and what it does not since that was tied out before. Values only.
 */

/** What of a run was not fetched: changes, the GETs that they would have taken, and when the bank was last seen to agree. */
export interface NotFetched {
  readonly changes: number;
  readonly gets: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/**
 * What a run fetches, decided once. `all`: everything, and why. `some`: what was tied out before `sinceMs` and, once that is done, all that was
 * not fetched. `after all`: everything, since so many of the rows that are fetched all the same had changed at the bank.
 */
export type Fetching =
  | { readonly kind: "all"; readonly why: "asked" | "tenth" | "settings" }
  | { readonly kind: "some"; readonly sinceMs: number; readonly notFetched: NotFetched | null }
  | { readonly kind: "after all"; readonly sinceMs: number; readonly changed: number };
