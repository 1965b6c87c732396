/**
 * A worker for one job: works on the chunks of its runs whenever there are some, and goes on with a run whose own process died.
 */
import type { Code } from "../errors/codes/codes.ts";
import { leaseName, type Run } from "../ledger/run.ts";
import type { RunContext } from "../run/context.ts";
import { jobSha256 } from "../run/job-sha256.ts";
import { EVERY_ROW, type RunInHand } from "../run/run-in-hand.ts";
import { contextOfRun } from "../run/sources.ts";
import { findLeft } from "../run/start/find-left.ts";
import { takeInHand } from "../run/take-in-hand.ts";
import type { ChunkHandout } from "./chunk-queue.ts";
import { nameQueue } from "./name-queue.ts";
import { workOnChunks } from "./work-on-chunks.ts";

export interface ServeParts {
  readonly queue: ChunkHandout;
  readonly owner: string;
  readonly version: string;
  /** Whether a start that this process performs has that owner: it works on the chunks of its runs itself. */
  readonly isOwn: (owner: string) => boolean;
  /** Takes a run through what it has left, under the lease of its job. */
  readonly resume: (run: Run) => Promise<void>;
}

const LOOK_MS = 500;
/** How long nothing is tried after the bank or the job has refused this worker. */
const REFUSED_MS = 30_000;

/** Serves until the signal aborts. Rejects with FatalError `ledger_failed` when the ledger does. */
export async function serveJob(context: RunContext, parts: ServeParts): Promise<void> {
  const { ledger, clock, signal, bankName, job } = context;
  /** Runs of which it has said that it takes no part. */
  const refused = new Set<string>();
  while (!signal.aborted) {
    const left = await findLeft(context);
    const [id] = (await ledger.chunks?.listOpen(bankName, job.name)) ?? [];
    const run =
      left ?? (id === undefined || (await isLedHere(context, parts)) ? undefined : await ledger.runs.find(id));
    if (run !== undefined && (await isFit(context, run, parts, refused))) {
      if (left === undefined) await workOnRun(context, run, parts, refused);
      // Who may not call the bank would only end the run.
      else if (await hasInHand(context, run, refused, async () => {})) await parts.resume(run);
    }
    await clock.sleep(LOOK_MS, signal);
  }
}

async function isLedHere({ ledger, bankName, job }: RunContext, { isOwn }: ServeParts): Promise<boolean> {
  const lease = await ledger.leases.find(leaseName(bankName, job.name));
  return lease !== undefined && isOwn(lease.owner);
}

/** A worker with other settings or of another version would judge rows differently. */
async function isFit(context: RunContext, run: Run, { version }: ServeParts, refused: Set<string>): Promise<boolean> {
  const { ledger, job } = context;
  const work = await ledger.chunks?.findWork(run);
  // Its process has died before others had a part in it.
  if (work === undefined) return true;
  const isOtherJob = work.jobSha256 !== jobSha256(job);
  if (!isOtherJob && work.version === version) return true;
  const why = isOtherJob
    ? "its job file has other settings"
    : `it is of version ${version}, and the run of ${work.version}`;
  refuse(context, run, refused, why);
  return false;
}

async function workOnRun(
  context: RunContext,
  run: Run,
  { queue, owner }: ServeParts,
  refused: Set<string>,
): Promise<void> {
  const { ledger, clock, signal, log, job } = context;
  const idle = new AbortController();
  const watching = (async () => {
    while (!signal.aborted && !idle.signal.aborted) {
      await clock.sleep(LOOK_MS, AbortSignal.any([signal, idle.signal]));
      const counts = await ledger.chunks?.count(run);
      if (counts === undefined || counts.open === 0 || (await findLeft(context)) !== undefined) idle.abort("idle");
    }
  })();
  watching.catch(() => idle.abort("failed"));
  try {
    log.info("works on a run", { run: run.id, job: job.name });
    await hasInHand(context, run, refused, (inHand) =>
      workOnChunks(
        { queue, name: nameQueue("tieout-chunk", run), owner, inHand },
        AbortSignal.any([inHand.signal, idle.signal]),
      ),
    );
  } finally {
    idle.abort("ended");
    await watching;
  }
}

/** Gives `act` the run in hand. False when the bank refuses this worker, which then waits a while. */
async function hasInHand(
  context: RunContext,
  run: Run,
  refused: Set<string>,
  act: (inHand: RunInHand) => Promise<void>,
): Promise<boolean> {
  const { ledger, clock, signal } = context;
  const work = await ledger.chunks?.findWork(run);
  const hand = { lease: () => null, maxChange: EVERY_ROW, isResumed: work?.isResumed ?? false };
  // Whoever has the job's lease stops the run for all.
  const stop = await takeInHand({ ...contextOfRun(context, run), stopAtMs: null }, run, hand, async (inHand) => {
    await act(inHand);
    return null;
  });
  // A person has stopped the run: whoever has its lease ends it.
  if (stop === null || stop.byPerson) return true;
  refuse(context, run, refused, stop.issue.message, stop.issue.code);
  await clock.sleep(REFUSED_MS, signal);
  return false;
}

function refuse({ log, job }: RunContext, run: Run, refused: Set<string>, why: string, code?: Code): void {
  if (!refused.has(run.id)) {
    const fields = { run: run.id, job: job.name, ...(code !== undefined && { code }) };
    log.error(`this worker takes no part in run ${run.id}: ${why}`, fields);
  }
  refused.add(run.id);
}
