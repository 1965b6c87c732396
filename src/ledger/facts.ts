/**
 * What the bank said of entities, applications and own ids, for one run.
 */
import type { Run } from "./run.ts";

/** What the bank said of entities, applications and own ids, as one run has seen it: JSON text by name, null for none. */
export interface FactsLedger {
  /** `undefined` for what the run has not asked yet. */
  read(run: Run, id: string): Promise<string | null | undefined>;
  record(run: Run, id: string, fact: string | null): Promise<void>;
}
