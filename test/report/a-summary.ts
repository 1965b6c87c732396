/** A summary of a run that went well, for tests that change what they are about. */
import { emptyCounts, type WordCounts } from "../../src/errors/words.ts";
import type { Cause } from "../../src/report/causes.ts";
import type { Summary } from "../../src/report/summary.ts";

export const counts = (some: Partial<WordCounts>): WordCounts => ({ ...emptyCounts(), ...some });

export function cause(over: Partial<Cause> = {}): Cause {
  return {
    no: 1,
    word: "invalid",
    code: "id_malformed",
    column: "",
    bankReason: "",
    count: 1,
    firstRow: 7,
    lastRow: 7,
    samples: [7],
    owner: "file",
    todo: "Correct the row.",
    command: null,
    ...over,
  };
}

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
    causes: [],
    notes: [],
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
