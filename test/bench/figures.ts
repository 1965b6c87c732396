/**
 * What a part of the bench comes to: a table of what was measured, and the bars that it is held against. Pure.
 */

/** A ratio or an amount, and what it is to be. */
export interface Bar {
  readonly what: string;
  readonly measured: number;
  readonly limit: number;
  readonly wanted: "at least" | "at most";
  readonly unit: Unit;
}

/** What a bar is measured in; a ratio is `×`. */
export type Unit = keyof typeof DIGITS;

/** Behind the point. */
const DIGITS = { "×": 2, MB: 0, s: 2, µs: 0, bytes: 0, calls: 2, statements: 1 };

export interface Part {
  readonly title: string;
  /** What was measured, in a sentence or two. */
  readonly text: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly bars: readonly Bar[];
  /** Whether it ended early, so that its bars are missing. */
  readonly isBroken?: boolean;
}

export function isMet({ measured, limit, wanted }: Bar): boolean {
  return wanted === "at least" ? measured >= limit : measured <= limit;
}

/** `met`, or by how much of the limit it is missed. */
export function verdictOf(bar: Bar): string {
  if (isMet(bar)) return "met";
  const by = Math.abs(bar.measured - bar.limit) / bar.limit;
  return `**missed by ${Math.max(1, Math.round(by * 100))} %**`;
}

export function atLeast(what: string, measured: number, limit: number): Bar {
  return { what, measured, limit, wanted: "at least", unit: "×" };
}

export function atMost(what: string, measured: number, limit: number, unit: Unit = "×"): Bar {
  return { what, measured, limit, wanted: "at most", unit };
}

/** An amount as its bar shows it. */
export function withUnit(figure: number, unit: Unit): string {
  return `${figure.toFixed(DIGITS[unit])} ${unit}`;
}

export function count(figure: number): string {
  return Math.round(figure).toLocaleString("en-US").replaceAll(",", " ");
}

export function decimal(figure: number, digits = 1): string {
  return figure.toFixed(digits);
}

export function megabytes(bytes: number): string {
  return `${count(bytes / 1e6)} MB`;
}
