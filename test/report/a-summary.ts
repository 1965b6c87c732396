/** A summary of a run that went well, for tests that change what they are about. */
import { emptyCounts, type WordCounts } from "../../src/errors/words.ts";
import type { Summary } from "../../src/report/summary.ts";

export const counts = (some: Partial<WordCounts>): WordCounts => ({ ...emptyCounts(), ...some });

export function summary(over: Partial<Summary> = {}): Summary {
  return {
    run: "run-1",
    job: "nightly",
    kind: "run",
    final: true,
    exit: 0,
    bank: { apiUrl: "https://bank.test", program: "one" },
    file: { place: "s3://in", key: "2025-01-15.csv", size: 9, sha256: "abc" },
    rerunOf: null,
    reason: null,
    actor: { user: "clara", host: "night-1", version: "1.0.0" },
    startedAt: "2025-01-15T12:00:00.000Z",
    endedAt: "2025-01-15T12:00:09.000Z",
    rows: 3,
    ignoredColumns: [],
    words: counts({ unchanged: 3 }),
    operations: {},
    reasons: [],
    calls: null,
    certificate: [],
    maxChange: Number.MAX_SAFE_INTEGER,
    stopped: null,
    results: "s3://out/run-1/1",
    audit: { no: 7, hash: "b2" },
    next: [],
    ...over,
  };
}
