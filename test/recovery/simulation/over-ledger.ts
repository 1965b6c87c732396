/**
 * Puts a change of a mutant around the ledger that a process has, also where it is fenced.
 */
import type { Ledger } from "../../../src/ledger/ledger.ts";

export function overLedger(ledger: Ledger, change: (ledger: Ledger) => Partial<Ledger>): Ledger {
  return { ...ledger, ...change(ledger), fencedBy: (lease) => overLedger(ledger.fencedBy(lease), change) };
}
