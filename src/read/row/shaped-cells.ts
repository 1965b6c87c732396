/**
 * The cells of one row as shapes read them, and which of them is to blame for what their text is worth.
 */
import { faultsOf, isFaults } from "../cell-fault.ts";
import type { Reading } from "../reading.ts";
import { isList, type RowCells } from "../shape/shaped-texts.ts";
import type { Beside, RowSteps, ShapedStep } from "./cell-parsers.ts";
import { given, trimSpaces } from "./given.ts";

/** A currency that is at fault is known to be one. */
const AT_FAULT = "?";

export class ShapedCells implements RowCells {
  readonly #cells: readonly string[];
  readonly #leaveAlone: ReadonlySet<string>;
  readonly #default: string;
  /** That of the row's currency column; "" for none. */
  readonly ownCurrency: string;

  constructor(cells: readonly string[], reading: Reading, { shaped, currencyAt, leaveAlone }: RowSteps) {
    this.#cells = cells;
    this.#leaveAlone = leaveAlone;
    this.#default = reading.currency ?? "";
    const step = shaped.find(({ column }) => column === "currency");
    const text = step === undefined ? this.given(currencyAt) : step.textOf(this);
    this.ownCurrency = isFaults(text) ? AT_FAULT : text;
  }

  readonly given = (at: number): string => given(this.#cells[at] ?? "", this.#leaveAlone);
  readonly isEmpty = (at: number): boolean => trimSpaces(this.#cells[at] ?? "") === "";
  readonly currency = (): string => (this.ownCurrency === "" ? this.#default : this.ownCurrency);
}

/** Undefined where the row says nothing of the column. */
export function shapedValue(step: ShapedStep, row: RowCells, beside: Beside): unknown {
  const text = step.textOf(row);
  if (text === "") return undefined;
  return isFaults(text) ? text : blamed(step.parse(text, beside), step, row);
}

/** The value; its faults name the very cell: of a list each item that is wrong, else the cell that is given. */
function blamed(value: unknown, { column, at, parse, textOf }: ShapedStep, row: RowCells): unknown {
  if (!isFaults(value) || at.length < 2) return value;
  const places = at.filter((place) => row.given(place) !== "");
  const alone = places.flatMap((place) => {
    const text = isList(column) ? textOf({ ...row, given: (other) => (other === place ? row.given(other) : "") }) : "";
    const found = text === "" || isFaults(text) ? undefined : parse(text, { decimals: 0, namesAccount: false });
    return isFaults(found) ? found.all.map((one) => ({ ...one, at: place })) : [];
  });
  // What is wrong only together is set right in the last cell.
  return faultsOf(alone.length > 0 ? alone : value.all.map((one) => ({ ...one, at: places.at(-1) ?? -1 })));
}
