/**
 * A page of a list in the ledger, so that nobody holds the whole list at once.
 */

/** A page of a walk in order of `change` or `row`: those above `after`, at most `limit`. */
export interface Page {
  readonly after: number;
  readonly limit: number;
}
