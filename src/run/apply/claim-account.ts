/**
 * Claims a change's account for this run before anything of the change is sent, and finds out whether the plan may be out of
 * date.
 */
import { type BackOff, backOffMs } from "../../back-off.ts";
import type { ChangeToApply, Ledger } from "../../ledger/ledger.ts";
import { LEASE_MS } from "../lease.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import { stopFor, stopOf } from "../stop.ts";
import type { Rest } from "../window.ts";

/** The waits between looks at a busy account. */
const LOOKS: BackOff = { firstMs: 100, longestMs: 10_000 };
/** How long a row waits for an account that nobody works on. After a job died, its next start has to wait for the lease to end. */
const IDLE_MS = 2 * LEASE_MS;

type Claim = Awaited<ReturnType<Ledger["accounts"]["claim"]>>;
type BusyClaim = Extract<Claim, { kind: "busy" }>;

/**
 * Begins on a change. While another run works on its account, the row rests, until this run's time is over. While that run
 * only has the account in doubt and does not work on it, the row rests for two minutes. Then comes the stop `account_busy`,
 * and the row stays open.
 */
export async function claimAccount(
  inHand: RunInHand,
  change: ChangeToApply,
  rest: Rest,
): Promise<{ readonly kind: "claimed" | "plan again" } | Stop> {
  const { ledger, clock, job, run } = inHand;
  const look = () => ledger.accounts.claim(run, change.change, clock.nowMs());
  // Both are one commit.
  const [first] = await Promise.all([look(), ledger.changes.recordBegun(run, change.change)]);
  const claim = first.kind === "busy" ? await rest(() => waitWhileBusy(inHand, change, first, look)) : first;
  if (claim.kind === "stop") return claim;
  const isSettled = change.operations.every(({ state, inDoubt }) => !inDoubt && ["applied", "planned"].includes(state));
  const isOld = clock.nowMs() - change.plannedAtMs > job.recheckAfterMs;
  return { kind: isSettled && (claim.kind === "drifted" || isOld) ? "plan again" : "claimed" };
}

async function waitWhileBusy(
  { clock, signal, log, run }: RunInHand,
  { change }: ChangeToApply,
  first: BusyClaim,
  look: () => Promise<Claim>,
): Promise<Exclude<Claim, BusyClaim> | Stop> {
  log.info("a row waits, as another run works on its account", { run: run.id, row: change });
  let busy = first;
  let atWorkMs = clock.monotonicMs();
  for (let looks = 0; ; looks += 1) {
    if (signal.aborted) return stopOf(signal);
    const nowMs = clock.monotonicMs();
    if (busy.isAtWork) atWorkMs = nowMs;
    else if (nowMs - atWorkMs >= IDLE_MS) return stayedBusy(busy.run);
    await clock.sleep(backOffMs(LOOKS, looks), signal);
    const claim = await look();
    if (claim.kind !== "busy") return claim;
    busy = claim;
  }
}

function stayedBusy(holder: string): Stop {
  const message = `run ${holder} may have changed an account of this run, and the outcome is not known; settle it first: tieout resume ${holder}`;
  return stopFor({ code: "account_busy", column: "", message });
}
