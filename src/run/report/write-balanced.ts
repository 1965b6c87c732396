/**
 * Results of one run in a file of their own, in place of one that is there: whole and balanced, or not there at all.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { KeySum } from "../../read/row/key-sum.ts";
import { drawFinalCertificate, type Equation } from "../../report/certificate.ts";
import type { ResultRow } from "../../report/result-row.ts";
import { type Tally, writeResults } from "../../report/write-results.ts";
import { checkBalance } from "./check-balance.ts";
import { writing } from "./open-work-folder.ts";

export interface BalancedFile {
  readonly folder: string;
  readonly name: string;
  /** Adds the keys of each row as the ledger has it. */
  readonly rows: (keys: KeySum) => AsyncIterable<readonly ResultRow[]>;
  /** Columns beside the usual ones. */
  readonly more?: readonly string[];
}

export interface Balanced {
  readonly tally: Tally;
  readonly certificate: readonly Equation[];
  readonly results: string;
}

/** Throws FatalError `run_unbalanced` and `results_unwritable`, and that of the rows; nothing is written then. */
export async function writeBalanced(
  { balance }: Pick<Ledger, "balance">,
  run: Run,
  { folder, name, rows, more }: BalancedFile,
): Promise<Balanced> {
  const path = join(folder, name);
  const part = `${path}.part`;
  const keys = new KeySum(run.reading ?? { columns: [] });
  const paths = { results: part, failed: null, failedSpreadsheet: null, spreadsheet: null };
  return writing(folder, async () => {
    try {
      await mkdir(folder, { recursive: true });
      const tally = await writeResults(rows(keys), run.reading?.header ?? [], paths, more);
      const { keysIn: keysRead } = await balance.read(run);
      const certificate = drawFinalCertificate({ rowsRead: run.rows, keysRead, keysWritten: String(keys), tally });
      checkBalance(run, certificate);
      await rename(part, path);
      return { tally, certificate, results: path };
    } finally {
      await rm(part, { force: true });
    }
  });
}
