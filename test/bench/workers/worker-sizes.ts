/**
 * How large and how often each part of the workers' bench is measured: at length, and quickly.
 */
export interface WorkerSizes {
  readonly repeats: number;
  /** Of one process on either ledger. */
  readonly rows: number;
  /** Of one to four workers at a slow bank. */
  readonly sharedRows: number;
  /** For each pace. */
  readonly seconds: number;
  readonly kills: number;
  /** Of the job whose processes' memory is measured; TIEOUT_BENCH_ROWS gives another number. */
  readonly memoryRows: number;
}

const given = Number(process.env.TIEOUT_BENCH_ROWS ?? 0);

export const FULL: WorkerSizes = {
  repeats: 3,
  rows: 20_000,
  sharedRows: 6_000,
  seconds: 20,
  kills: 6,
  memoryRows: given || 100_000,
};

export const QUICK: WorkerSizes = {
  repeats: 1,
  rows: 3_000,
  sharedRows: 1_200,
  seconds: 3,
  kills: 1,
  memoryRows: given || 5_000,
};
