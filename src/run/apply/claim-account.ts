/**
 * Claims a change's account for this run before anything of the change is sent, and finds out whether the plan may be out of
 * date. If it is not, the first operation is recorded as being sent with the claim, in one commit.
 */
import { type SentAt, sentAt } from "../../apply/sent-at.ts";
import { type BackOff, backOffMs } from "../../back-off.ts";
import type { ChangeToApply, Claim, FirstSending } from "../../ledger/ledger.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import { stopFor, stopOf } from "../stop.ts";
import type { Rest } from "../window.ts";
import { isInDoubt } from "./is-in-doubt.ts";
import { mayNotSend } from "./may-not-send.ts";

/** The waits between looks at a busy account. */
const LOOKS: BackOff = { firstMs: 100, longestMs: 10_000 };
/** How long a row waits for an account that nobody works on. After a job died, its next start has to wait for the lease to end. */
const IDLE_MS = 120_000;

/** With what was recorded as being sent. */
interface Look {
  readonly kind: "look";
  readonly claim: Claim;
  readonly first: FirstSending | undefined;
}

/** `sentAt` is when the first operation was recorded as being sent; null when it was not. */
export type Claimed =
  | { readonly kind: "claimed"; readonly sentAt: SentAt | null }
  | { readonly kind: "plan again" }
  | Stop;

/** Begins on a change: claims its account, and sees whether its plan still holds. */
export async function claimAccount(inHand: RunInHand, change: ChangeToApply, rest: Rest): Promise<Claimed> {
  const { plannedAtMs } = change;
  const isOld = () => plannedAtMs === 0 || inHand.clock.nowMs() - plannedAtMs > inHand.job.recheckAfterMs;
  const now = await holdAccount(inHand, change, rest, () => (isOld() ? undefined : firstSending(inHand, change)));
  if (now.kind === "stop") return now;
  const isSettled = change.operations.every(({ state, inDoubt }) => !inDoubt && ["applied", "planned"].includes(state));
  if (now.claim.kind === "claimed" && now.first !== undefined) return { kind: "claimed", sentAt: now.first.at };
  return isSettled && (now.claim.kind === "drifted" || isOld())
    ? { kind: "plan again" }
    : { kind: "claimed", sentAt: null };
}

/**
 * Claims the account of a change, with what `firstOf` gives. While another run works on the account, the row rests, until this
 * run's time is over. While that run only has the account in doubt and does not work on it, the row rests for two minutes. Then comes
 * the stop `account_busy`, and the row stays open.
 */
export async function holdAccount(
  inHand: RunInHand,
  change: ChangeToApply,
  rest: Rest,
  firstOf: () => FirstSending | undefined = () => undefined,
): Promise<Look | Stop> {
  const { ledger, clock, run } = inHand;
  const planned = { ...change, inDoubt: change.operations.some(isInDoubt) };
  const look = async (): Promise<Look> => {
    const first = firstOf();
    return { kind: "look", claim: await ledger.accounts.claim(run, planned, clock.nowMs(), first), first };
  };
  const now = await look();
  const { claim } = now;
  return claim.kind === "busy" ? rest(() => waitWhileBusy(inHand, change, claim, look)) : now;
}

/** None when the change does not begin with an operation that is to be sent now. */
function firstSending(inHand: RunInHand, { operations }: ChangeToApply): FirstSending | undefined {
  const { signal, run } = inHand;
  const lease = inHand.lease();
  const [operation] = operations;
  if (signal.aborted || run.abandoned !== null || lease === null || operation === undefined) return undefined;
  if (operation.state !== "planned" || operations.some(isInDoubt) || mayNotSend(inHand, operation) !== null)
    return undefined;
  return { lease, step: operation.step, at: sentAt(inHand) };
}

async function waitWhileBusy(
  { clock, signal, log, run }: RunInHand,
  { change }: ChangeToApply,
  first: Extract<Claim, { kind: "busy" }>,
  look: () => Promise<Look>,
): Promise<Look | Stop> {
  log.info("a row waits, as another run works on its account", { run: run.id, row: change });
  let busy = first;
  let atWorkMs = clock.monotonicMs();
  for (let looks = 0; ; looks += 1) {
    if (signal.aborted) return stopOf(signal);
    const nowMs = clock.monotonicMs();
    if (busy.isAtWork) atWorkMs = nowMs;
    else if (nowMs - atWorkMs >= IDLE_MS) return stayedBusy(busy.run);
    await clock.sleep(backOffMs(LOOKS, looks), signal);
    const now = await look();
    if (now.claim.kind !== "busy") return now;
    busy = now.claim;
  }
}

function stayedBusy(holder: string): Stop {
  const message = `run ${holder} may have changed an account of this run, and the outcome is not known; settle it first: tieout resume ${holder}`;
  return stopFor({ code: "account_busy", column: "", message });
}
