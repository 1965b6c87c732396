/**
 * Certifies a run: draws up equations over what was read, what is about to be published, and what the ledger has in between.
 * Publishes nothing.
 */
import type { Run } from "../../ledger/run.ts";
import type { FileTotals } from "../../read/totals/file-totals.ts";
import { drawCertificate, type Equation } from "../../report/certificate.ts";
import type { Tally } from "../../report/write-results.ts";
import type { RunContext } from "../context.ts";
import { checkBalance } from "./check-balance.ts";
import { countNotFetched } from "./fetching-of.ts";

export interface Written {
  readonly tally: Tally;
  /** The sum over rows and keys as they were written. */
  readonly keys: string;
  /** Over the rows as they were written; null where the file states nothing of them. */
  readonly totals: FileTotals | null;
  /** Whether these will be the run's last results. */
  readonly isFinal: boolean;
}

/** Throws FatalError `run_unbalanced`, with the first equation that does not hold. */
export async function certify(
  { ledger }: RunContext,
  run: Run,
  { tally, keys, totals, isFinal }: Written,
): Promise<readonly Equation[]> {
  const { keysIn, ...counts } = await ledger.balance.read(run);
  const stated = run.reading?.stated;
  const certificate = drawCertificate({
    rowsRead: run.rows,
    keysRead: keysIn,
    keysWritten: keys,
    ...(stated && totals && { totals: { by: stated.by, compared: totals.compare(stated) } }),
    tally,
    // A plan or a validation ends with all of its changes open.
    isFinal: isFinal && run.kind === "run",
    ledger: counts,
    notFetched: run.fetching === undefined ? null : [await ledger.tiedOut.countRows(run), countNotFetched(tally)],
  });
  checkBalance(run, certificate);
  return certificate;
}
