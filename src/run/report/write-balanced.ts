/**
 * Results of one run in a file of their own, in place of one that is there: whole and balanced, or not there at all.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { KeySum } from "../../read/row/key-sum.ts";
import { drawFinalCertificate, type Equation } from "../../report/certificate.ts";
import type { ResultRow } from "../../report/result-row.ts";
import { type Tally, writeResults } from "../../report/write-results.ts";
import { isDiskFull } from "../../store/file-store.ts";
import { checkBalance } from "./check-balance.ts";

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
  try {
    await mkdir(folder, { recursive: true });
    const tally = await writeResults(rows(keys), run.reading?.header ?? [], paths, more);
    const { keysIn: keysRead } = await balance.read(run);
    const certificate = drawFinalCertificate({ rowsRead: run.rows, keysRead, keysWritten: String(keys), tally });
    checkBalance(run, certificate);
    await rename(part, path);
    return { tally, certificate, results: path };
  } catch (error) {
    throw unwritable(folder, name, error);
  } finally {
    // Where nothing could be made, nothing is to be removed.
    await rm(part, { force: true }).catch(() => {});
  }
}

/** An error of the local disk as `results_unwritable`; others as they are. */
function unwritable(folder: string, name: string, error: unknown): unknown {
  const code = nodeCode(error);
  if (error instanceof FatalError || code === undefined) return error;
  return new FatalError("results_unwritable", `${name} cannot be written in ${folder} (${code})`, {
    hint: "make room, or name another folder with --to",
    cause: error,
    ...(isDiskFull(error) && { exit: EXIT.stopped }),
  });
}
