/**
 * Detects a lost or outdated ledger: it has no run of a job, or of a file, but the results place has results of a run that it
 * does not know. Reads summaries and what runs write when they start; changes nothing.
 */
import { z } from "zod";
import { FatalError } from "../../errors/fatal-error.ts";
import { isSameBank } from "../../ledger/run.ts";
import type { FileStore, SourceFile, StoredFile } from "../../store/file-store.ts";
import { parseJson } from "../../text/json.ts";
import type { RunContext } from "../context.ts";
import { resultsPrefix } from "../report/report-phase.ts";

/** A run's id begins with its year and month, so the newest are listed first without listing all. */
const MONTHS_SEARCHED = 13;
const MAX_KEYS_LISTED = 5_000;
const MAX_SUMMARIES_READ = 500;
const MAX_SUMMARY_BYTES = 1024 * 1024;

/** What shows whose results they are. `operations` counts by `kind=word`; it is missing for a run that only started. */
const summarySchema = z.object({
  kind: z.literal("run"),
  job: z.string(),
  /** Earlier versions wrote the client id. */
  bank: z.union([
    z
      .object({ apiUrl: z.string(), program: z.string() })
      .transform(({ apiUrl, program }) => ({ kind: "program" as const, apiUrl, name: program })),
    z
      .object({ apiUrl: z.string(), clientId: z.string() })
      .transform(({ apiUrl, clientId }) => ({ kind: "client id" as const, apiUrl, name: clientId })),
  ]),
  file: z.object({ sha256: z.string() }),
  operations: z.record(z.string(), z.number()).optional(),
});

type FoundSummary = z.infer<typeof summarySchema>;

/**
 * Throws FatalError `ledger_missing` when the ledger has no run of the job, and the results place has one of it at this
 * bank: that ledger was lost, or is elsewhere. The same for a run that is later than all that the ledger has of the job: then it is an old
 * copy.
 */
export async function checkLedgerHasJob(context: RunContext): Promise<void> {
  const { ledger, bankName, job } = context;
  const isMeant = (found: FoundSummary) => found.job === job.name;
  if ((await ledger.runs.findTaken(bankName, job.name, {})) === undefined)
    return checkResults(context, `results of job ${job.name}`, isMeant);
  const [last] = await ledger.runs.list(1, { job: job.name });
  if (last !== undefined && MONTH.test(last.id))
    await checkResults(context, `results of a later run of job ${job.name}`, isMeant, last.id);
}

/** An id that sorts by time begins with it. */
const MONTH = /^\d{6}(?=\d\d-)/;

/** The same, when a run that the ledger does not know has changed accounts of this bank by this very file. */
export async function checkLedgerKnows(context: RunContext, { sha256 }: Pick<SourceFile, "sha256">): Promise<void> {
  await checkResults(context, "results of this same file", ({ file, operations }) => {
    const hasWritten =
      operations === undefined || Object.keys(operations).some((what) => /=(applied|unknown)$/.test(what));
    return hasWritten && file.sha256 === sha256;
  });
}

/** A results place that cannot be searched is reported in the log, and keeps no run from its work. */
async function checkResults(
  context: RunContext,
  what: string,
  isMeant: (found: FoundSummary) => boolean,
  laterThan = "",
): Promise<void> {
  const { log, openStore, job } = context;
  try {
    const store = await openStore(job.results);
    const run = await findUnknownRun(context, store, isMeant, laterThan);
    if (run === null) return;
    const message = `${store.place} has ${what} from run ${run}, which is not in the ledger`;
    throw new FatalError("ledger_missing", message, {
      hint: "restore the ledger of that run, or continue with the bank's look-up alone: --without-ledger",
    });
  } catch (error) {
    if (!(error instanceof FatalError) || error.code === "ledger_missing") throw error;
    // Before the first publication there may be no such folder.
    if (error.code === "source_not_found") return;
    log.warn("the results place cannot be searched for runs that are not in this ledger", { code: error.code });
  }
}

async function findUnknownRun(
  context: RunContext,
  store: FileStore,
  isMeant: (found: FoundSummary) => boolean,
  laterThan: string,
): Promise<string | null> {
  const { ledger, clock, job, log } = context;
  const prefix = resultsPrefix(job);
  const left = { keys: MAX_KEYS_LISTED, summaries: MAX_SUMMARIES_READ };
  const since = MONTH.exec(laterThan)?.[0] ?? "";
  for (const month of lastMonths(clock.nowMs()).filter((one) => one >= since)) {
    const summaries = await listSummaries(store, prefix, month, left);
    for (const run of [...summaries.keys()].sort().reverse()) {
      const stored = summaries.get(run)?.stored;
      if (stored === undefined || run <= laterThan || (await ledger.runs.find(run)) !== undefined) continue;
      if (left.summaries-- === 0) break;
      const found = await readFound(store, stored);
      if (found !== null && isMeant(found) && (await isOfBank(context, found.bank))) return run;
    }
    if (left.keys <= 0 || left.summaries <= 0) {
      log.warn("only part of the results place was searched for runs that are not in this ledger", { month });
      break;
    }
  }
  return null;
}

/**
 * Whether results are of the bank that the start works at, by a program or client id that the ledger knows for it. A client
 * id that the ledger knows for no bank may have been this one's before the credentials changed, so it counts too.
 */
async function isOfBank({ ledger, bankName }: RunContext, found: FoundSummary["bank"]): Promise<boolean> {
  const { name } = found;
  if (found.apiUrl !== bankName.apiUrl) return false;
  if (name === bankName.program) return true;
  const known = await ledger.banks.list(found.apiUrl);
  const owner = known.find(({ bank, clientIds }) => bank.program === name || clientIds.includes(name));
  return owner === undefined ? found.kind === "client id" : isSameBank(owner.bank, bankName);
}

/** As `202612`, the latest first. */
function lastMonths(nowMs: number): string[] {
  const now = new Date(nowMs);
  return Array.from({ length: MONTHS_SEARCHED }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7).replace("-", ""),
  );
}

const SUMMARY = /^([^/]+)\/(?:(0)\/started|([1-9][0-9]*)\/summary)\.json$/;

interface Publication {
  readonly number: number;
  readonly stored: StoredFile;
}

/** The last summary of each run whose id begins so, or what it wrote as it started. */
async function listSummaries(
  store: FileStore,
  prefix: string,
  beginning: string,
  left: { keys: number },
): Promise<ReadonlyMap<string, Publication>> {
  const summaries = new Map<string, Publication>();
  for await (const stored of store.list(prefix + beginning)) {
    const [, run, start, digits = start] = SUMMARY.exec(stored.key.slice(prefix.length)) ?? [];
    const number = Number(digits);
    if (run !== undefined && number > (summaries.get(run)?.number ?? -1)) summaries.set(run, { number, stored });
    left.keys -= 1;
    if (left.keys <= 0) break;
  }
  return summaries;
}

/** Null for what is not of the form. */
async function readFound(store: FileStore, stored: StoredFile): Promise<FoundSummary | null> {
  if (stored.size > MAX_SUMMARY_BYTES) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(stored)) chunks.push(chunk);
  return summarySchema.safeParse(parseJson(Buffer.concat(chunks).toString("utf8"))).data ?? null;
}
