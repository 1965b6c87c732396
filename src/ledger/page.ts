/**
 * A page of what the ledger lists, so that nobody holds all of it at once.
 */

/** A page of a walk in order of `change` or `row`: those above `after`, at most `limit`. */
export interface Page {
  readonly after: number;
  readonly limit: number;
}
