/**
 * The lease of a job: one start works on it at a time, and renews the lease while it lives. A process that lost it
 * begins no new call, since the ledger checks the lease at every intent.
 */
import type { Clock } from "../clock.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Lease } from "../ledger/run.ts";

export interface HeldLease extends AsyncDisposable {
  readonly current: () => Lease;
}

/** Throws FatalError `lease_held` when another start has it, saying who and since when. */
export async function holdLease(
  ledger: Ledger,
  name: string,
  job: string,
  owner: string,
  clock: Clock,
): Promise<HeldLease> {
  const claim = await ledger.leases.claim(name, owner, ledger.leaseMs, clock.nowMs());
  if (claim.kind === "held") {
    const { owner: holder, sinceMs, untilMs } = claim.lease;
    const since = new Date(sinceMs).toISOString();
    throw new FatalError("lease_held", `job ${job} is in progress: ${holder} has run it since ${since}`, {
      hint: `wait for it to end; if that process is gone, the job is free at ${new Date(untilMs).toISOString()}`,
    });
  }
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
