/**
 * Whether the clock can be trusted with what cannot be taken back: one that is years ahead would make every run an old one.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import { jobWord } from "../../report/job-word.ts";
import type { RunContext } from "../context.ts";

const DAY_MS = 86_400_000;
/** As many of the ledger's latest runs are looked at. */
const RUNS = 1_000;
/** Longer than this no ledger in use is without a run. */
const LONGEST_PAUSE_MS = 35 * DAY_MS;
/** Runs since a pause must be so old before it is taken for one: by then somebody has seen a wrong clock. */
const PROVEN_MS = 14 * DAY_MS;

/** Throws FatalError `clock_jumped` if the clock has come to now by a jump, as far as the ledger's runs can tell. */
export async function checkClock(
  { ledger, jobPath }: Pick<RunContext, "ledger" | "jobPath">,
  nowMs: number,
): Promise<void> {
  let laterMs = nowMs;
  for (const { startedAtMs } of await ledger.runs.list(RUNS)) {
    if (laterMs < nowMs - PROVEN_MS) return;
    if (laterMs - startedAtMs > LONGEST_PAUSE_MS) throw jumped(jobPath, startedAtMs, laterMs);
    laterMs = Math.min(laterMs, startedAtMs);
  }
}

function jumped(jobPath: string, fromMs: number, toMs: number): FatalError {
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString().slice(0, 10));
  const message = `between ${from} and ${to} the ledger has no run, so the clock may be wrong, and nothing was pruned`;
  return new FatalError("clock_jumped", message, {
    hint: `if this machine's clock is right, type: tieout prune ${jobWord(jobPath)} --reason "the clock is right"; if not, set it`,
  });
}
