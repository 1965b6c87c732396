/**
 * The lease of a job: one start works on it at a time, and renews the lease while it lives. A process that lost it
 * begins no new call, since the ledger checks the lease at every intent.
 */
import type { Clock } from "../clock.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type BankName, type Lease, leaseName } from "../ledger/run.ts";

export interface HeldLease extends AsyncDisposable {
  readonly current: () => Lease;
}

/** The job at its bank. */
export interface LeasedJob {
  readonly job: string;
  readonly bank: BankName;
}

/** Throws FatalError `lease_held` when another start has it, saying who and since when. */
export async function holdLease(
  ledger: Ledger,
  of: LeasedJob,
  owner: string,
  clock: Pick<Clock, "nowMs" | "sleep">,
): Promise<HeldLease> {
  const claim = await ledger.leases.claim(leaseName(of.bank, of.job), owner, ledger.leaseMs, clock.nowMs());
  if (claim.kind === "held") throw await leaseHeld(ledger, of, claim.lease);
  let current = claim.lease;
  const stopped = new AbortController();
  const renewing = (async () => {
    while (!stopped.signal.aborted) {
      await clock.sleep(ledger.leaseMs / 3, stopped.signal);
      if (stopped.signal.aborted) return;
      const renewed = await ledger.leases.renew(current, ledger.leaseMs, clock.nowMs()).catch(() => current);
      if (renewed === undefined) return;
      current = renewed;
    }
  })();
  return {
    current: () => current,
    async [Symbol.asyncDispose]() {
      stopped.abort("released");
      await renewing;
      await ledger.leases.release(current).catch(() => {});
    },
  };
}

/** A start that has not come to a run yet, or works on a plan, can only be waited for. */
async function leaseHeld({ runs }: Ledger, { bank, job }: LeasedJob, lease: Lease): Promise<FatalError> {
  const unended = (await runs.listUnfinished(bank, job)).filter(({ stage, waiting }) => stage !== "ended" && !waiting);
  const run = unended.at(-1)?.id;
  const type =
    run === undefined
      ? "wait for it to end"
      : `to watch it, type: tieout follow ${run}; to stop it: tieout ctl ${run} stop`;
  const [since, until] = [lease.sinceMs, lease.untilMs].map((ms) => new Date(ms).toISOString());
  return new FatalError("lease_held", `job ${job} is in progress: ${lease.owner} has run it since ${since}`, {
    hint: `${type}; if that process is gone, the job is free at ${until}`,
  });
}
