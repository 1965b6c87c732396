/**
 * Tells a ledger that is not the one that was worked with: a file comes in that it has no run of, and the results place
 * is searched for results of this very file from a run that it does not know. Reads summaries; changes nothing.
 */
import { z } from "zod";
import { parseJson } from "../bank/error-body.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { FileStore, SourceFile, StoredFile } from "../read/source-file.ts";
import type { RunContext } from "./context.ts";
import { resultsPrefix } from "./report-phase.ts";

/** A run's id begins with its year and month, so the newest are listed first without listing all. */
const MONTHS_SEARCHED = 13;
const MAX_KEYS_LISTED = 5_000;
const MAX_SUMMARIES_READ = 500;
const MAX_SUMMARY_BYTES = 1024 * 1024;

/** What tells whose results they are; `operations` counts by `kind=word`. */
const summarySchema = z.object({
  kind: z.literal("run"),
  bank: z.object({ apiUrl: z.string(), clientId: z.string() }),
  file: z.object({ sha256: z.string() }),
  operations: z.record(z.string(), z.number()),
});

/**
 * Throws FatalError `ledger_missing` when a run that the ledger does not know has changed accounts of this bank by this
 * very file. A results place that cannot be searched is told to the log, and keeps no run from its work.
 */
export async function checkLedgerKnows(context: RunContext, file: Pick<SourceFile, "key" | "sha256">): Promise<void> {
  const { log, openStore, job } = context;
  try {
    const store = await openStore(job.results);
    const run = await findUnknownRun(context, store, file.sha256);
    if (run === null) return;
    const message = `${store.place} has results of this very file from run ${run}, which the ledger does not know`;
    throw new FatalError("ledger_missing", message, {
      hint: "restore the ledger of that run, or go on by look-up alone with --without-ledger",
    });
  } catch (error) {
    if (!(error instanceof FatalError) || error.code === "ledger_missing") throw error;
    // Before the first publication there may be no such folder.
    if (error.code === "source_not_found") return;
    log.warn("the results place cannot be searched for runs that this ledger does not know", { code: error.code });
  }
}

async function findUnknownRun(context: RunContext, store: FileStore, sha256: string): Promise<string | null> {
  const { ledger, clock, job, log } = context;
  const prefix = resultsPrefix(job);
  const left = { keys: MAX_KEYS_LISTED, summaries: MAX_SUMMARIES_READ };
  for (const month of lastMonths(clock.nowMs())) {
    const summaries = await listSummaries(store, prefix, month, left);
    for (const run of [...summaries.keys()].sort().reverse()) {
      const stored = summaries.get(run)?.stored;
      if (stored === undefined || (await ledger.runs.find(run)) !== undefined) continue;
      if (left.summaries-- === 0) break;
      if (await isOfFile(context, store, stored, sha256)) return run;
    }
    if (left.keys <= 0 || left.summaries <= 0) {
      log.warn("only a part of the results place was searched for runs that this ledger does not know", { month });
      break;
    }
  }
  return null;
}

/** As `202612`, the latest first. */
function lastMonths(nowMs: number): string[] {
  const now = new Date(nowMs);
  return Array.from({ length: MONTHS_SEARCHED }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7).replace("-", ""),
  );
}

interface Publication {
  readonly number: number;
  readonly stored: StoredFile;
}

/** The last summary of each run whose id begins so. */
async function listSummaries(
  store: FileStore,
  prefix: string,
  beginning: string,
  left: { keys: number },
): Promise<ReadonlyMap<string, Publication>> {
  const summaries = new Map<string, Publication>();
  for await (const stored of store.list(prefix + beginning)) {
    const [, run, digits] = /^([^/]+)\/([0-9]+)\/summary\.json$/.exec(stored.key.slice(prefix.length)) ?? [];
    const number = Number(digits);
    if (run !== undefined && number > (summaries.get(run)?.number ?? 0)) summaries.set(run, { number, stored });
    left.keys -= 1;
    if (left.keys <= 0) break;
  }
  return summaries;
}

async function isOfFile(
  { bankName }: RunContext,
  store: FileStore,
  stored: StoredFile,
  sha256: string,
): Promise<boolean> {
  if (stored.size > MAX_SUMMARY_BYTES) return false;
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(stored)) chunks.push(chunk);
  const parsed = summarySchema.safeParse(parseJson(Buffer.concat(chunks).toString("utf8")));
  if (!parsed.success) return false;
  const { file, bank, operations } = parsed.data;
  const hasWritten = Object.keys(operations).some((what) => /=(applied|unknown)$/.test(what));
  const isOurs = bank.apiUrl === bankName.apiUrl && bank.clientId === bankName.clientId;
  return hasWritten && isOurs && file.sha256 === sha256;
}
