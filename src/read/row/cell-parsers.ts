/**
 * A reading in, what to do with each cell of its rows out. Made once for each file, so that a row costs no look-up.
 */
import type { OwnIdKind } from "../../account.ts";
import { type CellFaults, fault, isFaults } from "../cell-fault.ts";
import { type ColumnName, type Kind, METADATA_PREFIX, PROVENANCE_COLUMNS } from "../columns.ts";
import { kindOf } from "../layouts.ts";
import type { Reading } from "../reading.ts";
import { wholeOf } from "../shape/places.ts";
import { type ShapedText, shapedTexts } from "../shape/shaped-texts.ts";
import { CURRENCY_DECIMALS, MOST_DECIMALS } from "./currency-decimals.ts";
import { parseDocuments } from "./documents.ts";
import { meansNone } from "./empty-cells.ts";
import {
  idRulesOf,
  parseAccountId,
  parseApplicationId,
  parseApplicationOrOwnId,
  parseClientAccountId,
  parseEntityId,
  parseEntityOrCustomerId,
} from "./ids.ts";
import { parseDate, parseInstant } from "./instants.ts";
import { parseCapabilityList, parseEntityList } from "./lists.ts";
import { parseDecimalMoney, parseMinorMoney } from "./money.ts";
import { findControlCharacter, parseBoolean, parseCurrency, parseInteger, parseText, parseWord } from "./values.ts";

/** How many decimals the amounts of a row are given with; or why that is not known. */
export type Decimals = number | CellFaults;

/** What the other cells of a row say of this one. */
export interface Beside {
  readonly decimals: Decimals;
  /** Whether account_id names the account, so that client_account_id is only compared. */
  readonly namesAccount: boolean;
}

export interface Step {
  readonly at: number;
  /** The column's name in the `tieout` layout. */
  readonly column: string;
  /** Given for a `metadata.<key>` column. */
  readonly metadataKey?: string;
  /** Whether the cell is taken verbatim. */
  readonly isText: boolean;
  /** The value; its faults; or `undefined` for a cell that is copied and not read, or that says nothing. */
  readonly parse: (text: string, beside: Beside) => unknown;
}

/** A column that the job has a shape for: its text is made of other texts, and then parsed as any other. */
export interface ShapedStep extends ShapedText, Pick<Step, "metadataKey" | "parse"> {}

export interface RowSteps {
  readonly steps: readonly Step[];
  /** In most readings there are none. */
  readonly shaped: readonly ShapedStep[];
  /** Those whose empty cells mean an empty list, and the places of these cells. */
  readonly emptied: readonly { readonly column: string; readonly at: readonly number[] }[];
  /** The places of the columns that other columns or the row's origin depend on; -1 for none. */
  readonly currencyAt: number;
  readonly accountAt: number;
  readonly runAt: number;
  readonly rowAt: number;
  /** Whole cells, without the spaces around them, that are left alone. */
  readonly leaveAlone: ReadonlySet<string>;
}

const PARSERS = {
  boolean: parseBoolean,
  integer: parseInteger,
  currency: parseCurrency,
  instant: parseInstant,
  date: parseDate,
} as const;

/**
 * The same parser, which remembers its last cell: in most files these cells are long, and repeat row after row.
 * What it gives is never changed by anyone, so rows may share it.
 */
function remembering<Value>(parse: (text: string) => Value): (text: string) => Value {
  let last: { readonly text: string; readonly value: Value } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, value: parse(text) };
    return last.value;
  };
}

const MADE = new WeakMap<Reading, RowSteps>();

/** The steps of a reading; the same ones for the same reading. */
export function stepsOf(reading: Reading): RowSteps {
  const known = MADE.get(reading);
  if (known !== undefined) return known;
  const parsers = parsersOf(reading);
  const shaped = shapedTexts(reading).map(
    (text): ShapedStep => ({ ...text, ...metadataKeyOf(text.column), parse: parserFor(text.column, reading, parsers) }),
  );
  const steps = stepsFor(reading, shaped, parsers);
  const made: RowSteps = {
    steps,
    shaped,
    emptied: [...steps.map(({ column, at }) => ({ column, at: [at] })), ...shaped].filter(
      ({ column, at }) => at.length > 0 && meansNone(column, reading.forms),
    ),
    leaveAlone: new Set(reading.forms?.leaveAlone),
    accountAt: reading.columns.indexOf("account_id"),
    currencyAt: reading.columns.indexOf("currency"),
    runAt: reading.columns.indexOf("result_run"),
    rowAt: reading.columns.indexOf("result_row"),
  };
  MADE.set(reading, made);
  return made;
}

/** Whether the job says how the file writes that column of the `tieout` layout, so that its cell alone is not its value. */
export const hasShape = (reading: Reading, column: string) =>
  stepsOf(reading).shaped.some((step) => step.column === column);

/**
 * The decimals of the row's currency, else of the reading's. For a currency that is itself at fault the most there are,
 * so that amounts are blamed for their form only.
 */
export function decimalsOf(currency: string, reading: Reading): Decimals {
  if (currency !== "") return CURRENCY_DECIMALS.get(currency) ?? MOST_DECIMALS;
  if (reading.currency === undefined) {
    return fault("currency_missing", "a decimal amount has no currency");
  }
  return (
    CURRENCY_DECIMALS.get(reading.currency) ??
    fault("currency_unknown", "the currency under defaults in the job is not one of ISO 4217")
  );
}

/** A cell of a shaped column is judged with the others that make its value. */
function stepsFor(reading: Reading, shaped: readonly ShapedStep[], parsers: Parsers): Step[] {
  const others = new Set(shaped.map(({ column }) => column));
  return reading.columns.flatMap((column, at): Step[] => {
    if (column === null || PROVENANCE_COLUMNS.includes(column)) {
      return [{ at, column: column ?? "", isText: true, parse: findControlCharacter }];
    }
    if (others.has(wholeOf(column))) return [];
    const isText = column.startsWith(METADATA_PREFIX) || kindOf(column as ColumnName, reading.layout).kind === "text";
    return [{ at, column, ...metadataKeyOf(column), isText, parse: parserFor(column, reading, parsers) }];
  });
}

const metadataKeyOf = (column: string) =>
  column.startsWith(METADATA_PREFIX) ? { metadataKey: column.slice(METADATA_PREFIX.length) } : {};

function parserFor(column: string, reading: Reading, parsers: Parsers): Step["parse"] {
  if (column.startsWith(METADATA_PREFIX)) return parsers.text;
  // readHeader lets no other name into a reading.
  return parserOf(kindOf(column as ColumnName, reading.layout), reading, parsers);
}

type Parsers = Readonly<Record<Exclude<Kind["kind"], "word" | "money">, Step["parse"]>>;

function parsersOf(reading: Reading): Parsers {
  const ids = idRulesOf(reading);
  const mayBeOwn = (kind: OwnIdKind) => reading.forms?.ownIds?.includes(kind) === true;
  const parseOne = mayBeOwn("client_customer_id") ? parseEntityOrCustomerId : parseEntityId;
  const parseApplication = mayBeOwn("client_application_id") ? parseApplicationOrOwnId : parseApplicationId;
  const taken = new Set(reading.forms?.text);
  const isEmptied = meansNone("documents", reading.forms);
  const ofText = reading.forms === undefined ? parseTextAsWas : (text: string) => parseText(text, taken);
  return {
    ...PARSERS,
    account_id: (text) => parseAccountId(text, ids),
    client_account_id: (text, { namesAccount }) => parseClientAccountId(text, namesAccount ? null : ids),
    application_id: (text) => parseApplication(text, ids),
    entity_id: (text) => parseOne(text, ids),
    entity_ids: (text) => parseEntityList(text, ids, parseOne),
    capabilities: remembering(parseCapabilityList),
    documents: remembering((text) => {
      const documents = parseDocuments(text, ids, ofText);
      // A list of documents says what to add; only where an empty cell takes them away, an empty list does too.
      return isFaults(documents) || documents.length > 0 || isEmptied ? documents : undefined;
    }),
    text: ofText,
  };
}

/** As version 0.2 took it. */
function parseTextAsWas(cell: string): string | CellFaults {
  return findControlCharacter(cell) ?? cell;
}

function parserOf(kind: Kind, reading: Reading, parsers: Parsers): Step["parse"] {
  if (kind.kind === "word") return (text) => parseWord(text, kind.allowed);
  if (kind.kind !== "money") return parsers[kind.kind];
  if (reading.money === "minor") return (text) => parseMinorMoney(text, kind.mayBeNegative);
  return (text, { decimals }) =>
    isFaults(decimals) ? decimals : parseDecimalMoney(text, decimals, kind.mayBeNegative);
}

/** What a column makes of a text that the job itself gives, whatever the row's currency. */
export function parseGiven(column: string, text: string, reading: Reading): unknown {
  return parserFor(column, reading, parsersOf(reading))(text, { decimals: MOST_DECIMALS, namesAccount: false });
}
