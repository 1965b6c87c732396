/**
 * A page of a list in the ledger, so that nobody holds the whole list at once.
 */

/** A page of a walk in order of `change` or `row`: those above `after` and up to `to`, to the end without it; at most `limit`. */
export interface Page {
  readonly after: number;
  readonly to?: number;
  readonly limit: number;
}
