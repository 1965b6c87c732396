/**
 * Certificate: the equations that must hold before any result of a run is published, with both of their figures. Pure.
 */

import { WORDS } from "../errors/words.ts";
import { type ComparedTotal, describeTotal } from "../read/totals/file-totals.ts";
import { counted, grouped } from "../text/counted.ts";
import type { Tally } from "./write-results.ts";

/** Two figures that must be equal, and what they count. */
export interface Equation {
  readonly left: string;
  readonly right: string;
  readonly figures: readonly [number | string, number | string];
}

/** What was read, what was written, and what the ledger keeps of the operations in between. */
export interface Sides {
  readonly rowsRead: number;
  /** The sum over rows and keys as read and as written; null where none was kept when the file was read. */
  readonly keysRead: string | null;
  readonly keysWritten: string;
  /** What the file's trailer or manifest has of all rows, beside what was written of them; absent where nothing is stated. */
  readonly totals?: { readonly by: string; readonly compared: readonly ComparedTotal[] };
  readonly tally: Tally;
  /** Whether nothing of the run is left to do. */
  readonly isFinal: boolean;
  /** Rows that were not fetched, as the ledger has them and as written; null for a job that always fetches everything. */
  readonly notFetched?: Equation["figures"] | null;
  readonly ledger: {
    readonly rows: number;
    readonly changesWithoutWord: number;
    readonly operations: number;
    readonly operationsByState: Readonly<Record<keyof typeof SHOWN_STATES, number>>;
    readonly operationsOfRows: number;
    readonly appliedAndSent: number;
    readonly leftInDone: number;
    readonly made: number;
    readonly linked: number;
  };
}

const SHOWN_STATES = {
  applied: "applied",
  refused: "refused",
  failed: "failed",
  unknown: "unknown",
  skipped: "skipped",
  planned: "not sent yet",
  sending: "being sent",
} as const;
const STATES = Object.keys(SHOWN_STATES) as (keyof typeof SHOWN_STATES)[];

const NONE = "none";
/** Before who has stated a total of the file. */
const BY = " by the ";

export function drawCertificate(sides: Sides): readonly Equation[] {
  const { ledger, tally } = sides;
  const { applied, sending } = ledger.operationsByState;
  const words = sum(WORDS.map((word) => tally.words[word]));
  const states = sum(STATES.map((state) => ledger.operationsByState[state]));
  return [
    equate("rows read", "rows in the ledger", sides.rowsRead, ledger.rows),
    equate("rows in the ledger", "rows written", ledger.rows, tally.rows),
    equate("rows written", "the eight words together", tally.rows, words),
    ...(sides.keysRead === null
      ? []
      : [equate("accounts read", "accounts written", sides.keysRead, sides.keysWritten)]),
    ...(sides.totals?.compared ?? []).map(({ what, found, stated }) =>
      equate(what, `${what}${BY}${sides.totals?.by}`, found, stated),
    ),
    equate("operations planned", listStates(ledger.operationsByState), ledger.operations, states),
    equate("operations of the rows", "operations written", ledger.operationsOfRows, tally.operationsShown),
    equate("operations applied", "of them sent", applied, ledger.appliedAndSent),
    equate("operations left open in finished rows", NONE, ledger.leftInDone, 0),
    equate("accounts made", "accounts linked", ledger.made, ledger.linked),
    ...(sides.notFetched == null ? [] : [equate("rows not fetched", "of them written so", ...sides.notFetched)]),
    ...(sides.isFinal
      ? [
          equate("operations being sent at the end", NONE, sending, 0),
          equate("changes without a word at the end", NONE, ledger.changesWithoutWord, 0),
        ]
      : []),
  ];
}

/** The same for one line of each original row, whichever runs it took. */
export function drawFinalCertificate(
  sides: Pick<Sides, "rowsRead" | "keysRead" | "keysWritten" | "tally">,
): readonly Equation[] {
  const { rowsRead, keysRead, keysWritten, tally } = sides;
  return [
    equate("rows read", "rows written", rowsRead, tally.rows),
    equate("rows written", "the eight words together", tally.rows, sum(WORDS.map((word) => tally.words[word]))),
    ...(keysRead === null ? [] : [equate("accounts read", "accounts written", keysRead, keysWritten)]),
  ];
}

function equate(left: string, right: string, ...figures: Equation["figures"]): Equation {
  return { left, right, figures };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** As `5,208 applied, 2 unknown`. */
function listStates(states: Sides["ledger"]["operationsByState"]): string {
  const shown = STATES.filter((state) => states[state] > 0);
  return shown.map((state) => `${format(states[state])} ${SHOWN_STATES[state]}`).join(", ") || NONE;
}

function format(figure: number | string): string {
  return typeof figure === "number" ? grouped(figure) : figure;
}

/** The first equation that does not hold. */
export function findImbalance(certificate: readonly Equation[]): Equation | undefined {
  return certificate.find(({ figures: [left, right] }) => left !== right);
}

/** As `rows in the ledger: 5,000, rows written: 4,999`. */
export function renderEquation({ left, right, figures }: Equation): string {
  return `${left}: ${format(figures[0])}, ${right}: ${format(figures[1])}`;
}

/**
 * As `balanced: 5,000 rows in, 5,000 out; 5,210 operations planned, 5,208 applied, 2 unknown; the same accounts in and
 * out (1a2b3c4d…)`.
 */
export function renderCertificate(certificate: readonly Equation[]): string {
  const find = (name: string) => certificate.find(({ left }) => left === name);
  const rows = find("rows read");
  const written = find("rows written");
  const planned = find("operations planned");
  const keys = find("accounts read");
  const parts: string[] = [];
  if (rows && written) parts.push(`${counted(Number(rows.figures[0]), "row")} in, ${format(written.figures[0])} out`);
  if (planned)
    parts.push([`${counted(Number(planned.figures[0]), "operation")} planned`, ...endsOf(planned)].join(", "));
  if (keys) parts.push(`the same accounts in and out (${String(keys.figures[0]).slice(0, 8)}…)`);
  const totals = certificate.filter(({ left, right }) => right.startsWith(`${left}${BY}`));
  const by = totals[0]?.right.split(BY).at(-1);
  const shown = totals.map(({ left, figures }) =>
    describeTotal({ what: left, found: figures[0] }, Number(rows?.figures[0])),
  );
  if (by) parts.push(`as the ${by} has it: ${shown.join(", ")}`);
  return `balanced: ${parts.join("; ")}`;
}

function endsOf({ right }: Equation): readonly string[] {
  return right === NONE ? [] : [right];
}
