/**
 * How large and how often each part is measured: at length, and quickly.
 */
export interface Sizes {
  readonly repeats: number;
  /** Of the whole job, at its two sizes. */
  readonly rows: number;
  readonly manyRows: number;
  /** How often the larger one is measured. */
  readonly manyRepeats: number;
  /** For each measurement of a rate. */
  readonly seconds: number;
  /** The most of a bank-bound job. */
  readonly boundRows: number;
  readonly unchangedRows: number;
  readonly growthRows: readonly [number, number, number, number];
  readonly stageRows: number;
  /** In the ledger in all, in its last run done, and in that open. */
  readonly ledgerRows: { readonly all: number; readonly done: number; readonly open: number };
  readonly starts: number;
  /** Of a file by which one row of ten changes. */
  readonly callRows: number;
  /** Of a portfolio, night after night. */
  readonly nightRows: number;
  /** Of one account. */
  readonly accountRows: number;
}

export const FULL: Sizes = {
  repeats: 5,
  rows: 20_000,
  manyRows: 200_000,
  manyRepeats: 3,
  seconds: 8,
  boundRows: 20_000,
  unchangedRows: 100_000,
  growthRows: [10_000, 100_000, 200_000, 1_000_000],
  stageRows: 100_000,
  ledgerRows: { all: 5_000_000, done: 1_000_000, open: 1_000 },
  starts: 21,
  callRows: 300,
  nightRows: 200_000,
  accountRows: 400_000,
};

export const QUICK: Sizes = {
  repeats: 1,
  rows: 3_000,
  manyRows: 10_000,
  manyRepeats: 1,
  seconds: 1,
  boundRows: 1_000,
  unchangedRows: 10_000,
  growthRows: [1_000, 2_000, 5_000, 10_000],
  stageRows: 10_000,
  ledgerRows: { all: 50_000, done: 20_000, open: 100 },
  starts: 5,
  callRows: 100,
  nightRows: 20_000,
  accountRows: 20_000,
};
