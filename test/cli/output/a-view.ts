/** A run in the midst of being applied, for tests of what is drawn of it. */
import type { CallsNow, RunView } from "../../../src/report/progress.ts";

export const CALLS: CallsNow = {
  perSecond: 11.84,
  pace: 12,
  inFlight: 16,
  slowDowns: 0,
  pausedMs: 0,
  isDown: false,
  isShared: false,
};

export function aView(changes: Partial<RunView> = {}): RunView {
  return {
    run: "20261129-021500-a1b2c3",
    kind: "run",
    job: "nightly-sync",
    file: { key: "accounts-2026-11-29.csv", no: 2, of: 3 },
    rerunOf: null,
    limit: null,
    stage: "apply",
    done: 1_200,
    of: 40_000,
    rows: 60_000,
    words: { unchanged: 19_700, applied: 1_150, held: 214, invalid: 12, refused: 0 },
    calls: CALLS,
    deadlineMs: null,
    forecast: { calls: 38_400, perSecond: 12.06, seconds: 3_180 },
    share: 0.479,
    nowMs: new Date(2026, 10, 24, 2, 5).getTime(),
    ...changes,
  };
}
