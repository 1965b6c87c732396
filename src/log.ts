/**
 * Log: what each part of the program may say about its work, and LOG_FIELDS, the only fields that a line may have.
 */
import type { WordCounts } from "./errors/words.ts";

/** Of each field what it holds: never cell values, never secrets. */
export const LOG_FIELDS = {
  run: "text",
  /** The key of the file. */
  file: "text",
  row: "count",
  files: "count",
  jobs: "count",
  job: "text",
  code: "text",
  /** The next command to type. */
  next: "command",
  exit: "count",
  rows: "count",
  words: "words",
  /** The most frequent causes, by word, code, and the bank's own names for it. */
  causes: "causes",
  operation: "text",
  outcome: "text",
  kind: "text",
  planned: "count",
  max: "count",
  held: "count",
  month: "text",
  signal: "text",
  cron: "text",
  zone: "text",
  /** As `placeOf` gives it. */
  error: "text",
  state: "text",
  /** As `targetName` gives it. */
  target: "text",
  probeInMs: "count",
  reason: "text",
  requestsPerSecond: "count",
  waitMs: "count",
  /** An instant, in UTC. */
  dueAt: "text",
  bankIsAheadBySeconds: "count",
} as const;

interface LogValues {
  text: string | null | undefined;
  command: string;
  count: number;
  words: WordCounts;
  causes: Readonly<Record<string, number>>;
}

export type LogKind = keyof LogValues;

export type LogFields = {
  readonly [Name in keyof typeof LOG_FIELDS]?: LogValues[(typeof LOG_FIELDS)[Name]];
};

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
