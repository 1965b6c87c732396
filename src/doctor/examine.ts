/**
 * The whole examination, part after part: environment, ledger, each job with its places and its schedule, and the bank. It shows every part
 * whatever another one is like, and changes nothing.
 */
import type { BankApi, BankSettings } from "../bank/bank-api.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import { bankSettings, type Credentials } from "../run/start/bank-settings.ts";
import { sourcesOf } from "../source-settings.ts";
import type { BucketProbe } from "../store/bucket-probe.ts";
import type { FileStore, StorePlace } from "../store/file-store.ts";
import { checkArchive } from "./archive.ts";
import { type BankAsked, checkBank } from "./bank.ts";
import { checkBucket } from "./bucket.ts";
import { checkEnvironment } from "./environment.ts";
import { bad, badOf, type DoctorFinding, type DoctorPart, good, poor, type Remark } from "./finding.ts";
import { checkLedger, type LedgerAt } from "./ledger.ts";
import { checkNotify } from "./notify.ts";
import { checkResults } from "./results.ts";
import { checkSource } from "./source.ts";
import { checkStarts } from "./starts.ts";
import { LONGEST_CHECK_MS, withinTime } from "./within-time.ts";

/** A job file that is to be looked at; `load` rejects with FatalError for one that no start could use. */
export interface JobAsked {
  readonly name: string;
  /** As it is typed in a command. */
  readonly word: string;
  readonly load: () => Promise<Job>;
}

type BucketPlace = Extract<StorePlace, { kind: "bucket" }>;

export interface Surroundings {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** As `24.1.0`. */
  readonly node: string;
  /** Throws FatalError for what can be no ledger. */
  readonly ledger: () => LedgerAt;
  readonly jobs: readonly JobAsked[];
  /** Throws FatalError where the environment does not give the bank. */
  readonly credentials: () => Credentials;
  readonly openStore: (place: StorePlace) => Promise<FileStore>;
  readonly openProbe: (place: BucketPlace) => Promise<BucketProbe>;
  readonly openBank: (settings: BankSettings) => BankApi;
  readonly nowMs: () => number;
}

/** Several scopes, each with reads that are tried again. */
const LONGEST_BANK_MS = 2 * LONGEST_CHECK_MS;

/** The findings of each part as it has been looked at. */
export async function* examine(around: Surroundings): AsyncGenerator<DoctorFinding> {
  const jobs: Job[] = [];
  const words = new Map<Job, string>();
  const ofJobs: DoctorFinding[] = [];
  for (const { name, word, load } of around.jobs) {
    const seen = await withinTime("the job file", async () => {
      const job = await load();
      jobs.push(job);
      words.set(job, word);
      return [judgeProgram(job, around.variables)];
    });
    ofJobs.push(...asFindings(seen, "job", name));
  }
  const hasBucket = jobs.some((job) => [...sourcesOf(job), job.results].some(({ kind }) => kind === "bucket"));
  const { remarks, credentials } = judgeEnvironment(around, hasBucket);
  yield* asFindings([good(`Node ${around.node}`), ...remarks], "environment");
  yield* asFindings(await withinTime("the ledger", async () => checkLedger(around.ledger())), "ledger");
  yield* asFindings(await askBank(credentials, jobs, around), "bank");
  yield* ofJobs;
  const looked = new Set<string>();
  for (const job of jobs) {
    yield* examineJob(job, jobs, around, looked);
    const word = words.get(job) ?? job.name;
    const notify = await withinTime("the command", () => checkNotify(job.notify, around.variables, word));
    yield* asFindings(notify, "notify", job.name);
  }
}

/** No credentials where something is bad about them: the bank would only say the same. */
function judgeEnvironment({ variables, credentials }: Surroundings, hasBucket: boolean) {
  const remarks = checkEnvironment(variables, hasBucket);
  if (remarks.some(({ word, text }) => word === "bad" && text.startsWith("LEAD_"))) return { remarks };
  try {
    return { remarks, credentials: credentials() };
  } catch (error) {
    if (error instanceof FatalError) return { remarks: [...remarks, badOf(error)] };
    throw error;
  }
}

/** Credentials are of one program. */
function judgeProgram({ program }: Job, { LEAD_PROGRAM: given }: Surroundings["variables"]): Remark {
  if (!program || !given?.trim() || given.trim() === program) return good("the job file is in order");
  return bad(
    "the job is of another program than LEAD_PROGRAM",
    "give it the credentials and the LEAD_PROGRAM of its program, or correct program in the job",
  );
}

/** `looked` has the buckets that were asked what they are. */
async function* examineJob(
  job: Job,
  jobs: readonly Job[],
  around: Surroundings,
  looked: Set<string>,
): AsyncGenerator<DoctorFinding> {
  const openProbe = async (place: StorePlace) => (place.kind === "bucket" ? around.openProbe(place) : undefined);
  const ofBucket = async (place: StorePlace, probe: BucketProbe | undefined): Promise<readonly Remark[]> => {
    if (place.kind === "folder" || probe === undefined || looked.has(place.bucket)) return [];
    looked.add(place.bucket);
    return checkBucket(place.bucket, probe);
  };
  for (const source of sourcesOf(job)) {
    const seen = await withinTime(placeName(source), async () => {
      const probe = await openProbe(source);
      const ofSource = await checkSource(job, source, await around.openStore(source));
      return [...ofSource, ...(await ofBucket(source, probe))];
    });
    yield* asFindings(seen, "source", job.name);
  }
  const results = await withinTime(placeName(job.results), async () => {
    const probe = await openProbe(job.results);
    return [...(await checkResults(job.results, probe)), ...(await ofBucket(job.results, probe))];
  });
  yield* asFindings(results, "results", job.name);
  const { archive } = job;
  if (archive !== undefined) {
    const seen = await withinTime(placeName(archive), async () => {
      const probe = await openProbe(archive);
      return [...(await checkArchive(job, archive, jobs, probe)), ...(await ofBucket(archive, probe))];
    });
    yield* asFindings(seen, "archive", job.name);
  }
  const starts = await withinTime("the schedule", async () => checkStarts(job, around.nowMs()));
  yield* asFindings(starts, "schedule", job.name);
}

function placeName(place: StorePlace): string {
  return place.kind === "bucket" ? `s3://${place.bucket}` : place.folder;
}

async function askBank(
  credentials: Credentials | undefined,
  jobs: readonly Job[],
  { openBank }: Surroundings,
): Promise<readonly Remark[]> {
  if (credentials === undefined)
    return [poor("the bank was not asked", "correct what is bad in the environment, and type tieout doctor again")];
  const scopes = jobs.flatMap((job) => bankSettings(job, credentials, "run").scopes);
  const asked: BankAsked = {
    apiUrl: credentials.apiUrl,
    scopes: scopes.length === 0 ? ["account/read_write"] : [...new Set(scopes)],
    lookup: jobs.every(({ lookup }) => lookup),
    open: (some) => openBank({ ...credentials, ...GENTLE, scopes: some }),
  };
  return withinTime(credentials.apiUrl, (stop) => checkBank(asked, stop), LONGEST_BANK_MS);
}

/** A few calls one after another, and none for long. */
const GENTLE = {
  requestsPerSecond: 10,
  burst: 10,
  caps: { reads: 1, writes: 1 },
  callTimeoutMs: 10_000,
  attempts: 2,
};

function asFindings(seen: readonly Remark[], part: DoctorPart, job?: string): DoctorFinding[] {
  return seen.map((one) => ({ part, ...(job !== undefined && { job }), ...one }));
}
