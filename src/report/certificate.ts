/**
 * Certificate: the equations that a run must fulfil, with both of their figures, before a word of it is published. Pure.
 */
import { WORDS } from "../errors/words.ts";
import type { Tally } from "./write-results.ts";

/** Two figures that must be the same, and what they are. */
export interface Equation {
  readonly left: string;
  readonly right: string;
  readonly figures: readonly [number | string, number | string];
}

/** What was read, what was written, and what the ledger keeps of the operations in between. */
export interface Sides {
  readonly rowsRead: number;
  /** The sum over rows and keys as read and as written; null where none was kept of the reading. */
  readonly keysRead: string | null;
  readonly keysWritten: string;
  readonly tally: Tally;
  readonly operations: {
    readonly applied: number;
    readonly appliedAndSent: number;
    readonly leftInDone: number;
    readonly made: number;
    readonly linked: number;
  };
}

export function drawCertificate({ rowsRead, keysRead, keysWritten, tally, operations }: Sides): readonly Equation[] {
  const words = WORDS.reduce((sum, word) => sum + tally.words[word], 0);
  return [
    { left: "rows read", right: "rows written", figures: [rowsRead, tally.rows] },
    { left: "rows written", right: "the eight words together", figures: [tally.rows, words] },
    ...(keysRead === null
      ? []
      : [{ left: "accounts read", right: "accounts written", figures: [keysRead, keysWritten] } as const]),
    {
      left: "operations applied",
      right: "of them sent",
      figures: [operations.applied, operations.appliedAndSent],
    },
    { left: "operations left open in rows that are done", right: "none", figures: [operations.leftInDone, 0] },
    { left: "accounts made", right: "accounts linked", figures: [operations.made, operations.linked] },
  ];
}

/** The first equation that does not hold. */
export function findImbalance(certificate: readonly Equation[]): Equation | undefined {
  return certificate.find(({ figures: [left, right] }) => left !== right);
}

/** As `balanced: 41 rows in, 41 out; 12 operations applied, each sent; the same accounts in and out (1a2b3c4d…)`. */
export function renderCertificate(certificate: readonly Equation[]): string {
  const figureOf = (left: string) => certificate.find((equation) => equation.left === left)?.figures;
  const number = (value: number | string | undefined) =>
    typeof value === "number" ? value.toLocaleString("en-US") : String(value ?? "?");
  const rows = figureOf("rows read");
  const keys = figureOf("accounts read");
  const parts = [
    `${number(rows?.[0])} rows in, ${number(rows?.[1])} out`,
    `${number(figureOf("operations applied")?.[0])} operations applied`,
    ...(keys === undefined ? [] : [`the same accounts in and out (${String(keys[0]).slice(0, 8)}…)`]),
  ];
  return `balanced: ${parts.join("; ")}`;
}
