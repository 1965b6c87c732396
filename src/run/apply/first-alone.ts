/**
 * The first create on a bank where no account is known: it goes alone and must then be found by the look-up, before any
 * other create follows (contract, "The look-up must prove itself").
 */
import { clientIdOf } from "../../change-keys.ts";
import type { ChangeToApply } from "../../ledger/ledger.ts";
import { lookUp } from "../look-up.ts";
import { PAGE, walk } from "../pages.ts";
import { wayToCreate } from "../plan/judge-create.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";

/** How often to look for a new account, and the wait in between: a bank's look-up may lag a little. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 1_000;

export const isCreate = ({ operations }: ChangeToApply) =>
  operations[0]?.kind === "create" && operations[0].state !== "applied";

/**
 * Does nothing unless the run's look-up is `alone`. Resolves with the stop `account_busy` when there was no other create
 * to go first; no create may follow then.
 */
export async function firstAlone(
  { ledger, clock, signal, log, job, bank, run, maxChange }: RunInHand,
  apply: (change: ChangeToApply) => Promise<Stop | null>,
): Promise<Stop | null> {
  if ((await ledger.runs.find(run.id))?.proof !== "alone") return null;
  let busy: Stop | null = null;
  for await (const change of walk(
    (page) => ledger.changes.takeToApply(run, { ...page, to: maxChange }),
    ({ change }) => change,
    PAGE,
  )) {
    if (!isCreate(change)) continue;
    const stop = await apply(change);
    if (stop?.issue.code === "account_busy") {
      busy ??= stop;
      continue;
    }
    if (stop !== null || signal.aborted) return stop;
    const clientAccountId = clientIdOf(change.key);
    const created = await ledger.accounts.readLink(run.bank, clientAccountId);
    if (created === undefined) continue;
    for (let look = 1; look <= LOOKS; look++) {
      const found = await lookUp(bank, clientAccountId);
      if (found.kind === "stop") return found;
      if (found.kind === "account" && found.account.id === created && found.proves) {
        await ledger.runs.record(run, { proof: "proven" });
        return null;
      }
      await clock.sleep(LOOK_AGAIN_MS, signal);
    }
    await ledger.runs.record(run, { proof: "missed" });
    const why =
      "the first account was created, and the bank's look-up does not find it, so no other account was created";
    const message = `${why}; ${wayToCreate(job, { ...run, proof: "missed" })}`;
    const verdict = {
      word: "held" as const,
      issues: [{ code: "lookup_unproven" as const, column: "client_account_id", message }],
    };
    const held = await ledger.changes.closePlanned(run, "create", verdict, clock.nowMs());
    log.warn("look-up: the first account was not found", { run: run.id, held });
    return null;
  }
  return busy;
}
