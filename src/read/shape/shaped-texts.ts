/**
 * The shapes of a reading in, for each column that they make a function out that gives the text which the column's own parser
 * then reads. Made once for each reading.
 */
import { type CellFaults, fault, faultsOf, isFaults } from "../cell-fault.ts";
import { COLUMNS, type ColumnName } from "../columns.ts";
import { hasColumn } from "../layouts.ts";
import type { Reading } from "../reading.ts";
import type { Shapes, ValueMap } from "../shapes.ts";
import { dateText } from "./date-text.ts";
import { mapValue } from "./map-value.ts";
import { numberText } from "./number-text.ts";
import { givesReason, isMade, partName, placesOf, wholeOf } from "./places.ts";

/** A row's cells as they count. */
export interface RowCells {
  /** Without the spaces around it; "" for one that is left alone. */
  readonly given: (at: number) => string;
  /** Whether the cell itself has nothing but spaces, so that it is not left alone by the job's word. */
  readonly isEmpty: (at: number) => boolean;
  /** That of the row, else of the job; "" for none. */
  readonly currency: () => string;
}

type TextOf = (row: RowCells) => string | CellFaults;

/** A column that the job has a shape for. */
export interface ShapedText {
  readonly column: string;
  /** The cells that make it, the first to blame first; none for a constant. */
  readonly at: readonly number[];
  /** "" where the row says nothing of the column. */
  readonly textOf: TextOf;
}

const LISTS: readonly string[] = ["entity_ids", "capabilities"];

export const kindNameOf = (column: string) => COLUMNS[column as ColumnName]?.kind ?? "text";
export const isList = (column: string) => LISTS.includes(kindNameOf(column));

export function shapedTexts(reading: Reading): readonly ShapedText[] {
  const shapes = reading.forms?.shapes;
  if (shapes === undefined) return [];
  const columns = reading.columns.flatMap((name) => (name === null ? [] : wholeOf(name)));
  const made = [...new Set(columns)].flatMap((column) => {
    const textOf = isList(column) ? listOf(column, reading, shapes) : oneOf(column, reading, shapes);
    return textOf === undefined ? [] : [{ column, at: placesOf(reading, column), textOf }];
  });
  const constants = Object.entries(shapes.constants ?? {}).map(
    ([column, text]): ShapedText => ({ column, at: [], textOf: () => text }),
  );
  return [...made, ...reasonOf(reading, shapes), ...constants];
}

function oneOf(column: string, reading: Reading, shapes: Shapes): TextOf | undefined {
  const given = cellsOf(column, reading, shapes);
  const read = mappedOf(column, reading, shapes) ?? writtenOf(column, reading.money, shapes);
  if (read === undefined) return isMade(shapes, column) || shapes.amounts?.[column] !== undefined ? given : undefined;
  return (row) => {
    const text = given(row);
    return isFaults(text) ? text : read(text, row);
  };
}

/** The column's cell, those that are joined, or the one of the row's currency. */
function cellsOf(column: string, reading: Reading, shapes: Shapes): TextOf {
  const places = placesOf(reading, column);
  const by = shapes.join?.[column]?.by;
  if (by !== undefined) return joinedOf(places, by, kindNameOf(column) === "money");
  if (shapes.amounts?.[column] !== undefined) return amountOf(column, reading, shapes);
  const [at = -1] = places;
  return (row) => row.given(at);
}

/** Without the cells that are empty; but the cents of an amount alone, or its units, would be another amount. */
function joinedOf(places: readonly number[], by: string, isAmount: boolean): TextOf {
  return (row) => {
    const cells = places.map(row.given);
    const present = cells.filter((cell) => cell !== "");
    if (!isAmount || by === "" || present.length === 0 || present.length === cells.length) return present.join(by);
    const message = "a part of the amount is empty, and the job joins all of them: give each part, or none";
    return faultsOf([{ code: "money_malformed", message, at: places[cells.indexOf("")] ?? -1 }]);
  };
}

function amountOf(column: string, reading: Reading, shapes: Shapes): TextOf {
  const { byCurrency, currency } = shapes.amounts?.[column] ?? {};
  const placeOf = (name: string) => reading.columns.indexOf(partName(column, name));
  if (byCurrency !== undefined) {
    const places = Object.entries(byCurrency).map(([code, name]) => ({ code, at: placeOf(name) }));
    return (row) => {
      const given = places.filter(({ at }) => row.given(at) !== "");
      if (given.length === 0) return "";
      const own = row.currency();
      if (own === "")
        return fault("currency_missing", "the amount's column depends on the row's currency, and it has none");
      const other = given.find(({ code }) => code !== own);
      if (other === undefined) return row.given(given[0]?.at ?? -1);
      const message = `the amount is in the column of ${other.code}, and the row's currency is another one`;
      return faultsOf([{ code: "amount_currency_differs", message, at: other.at }]);
    };
  }
  const at = reading.columns.indexOf(column);
  const besideAt = placeOf(currency ?? "");
  const map = mappedOf("currency", reading, shapes);
  return (row) => {
    const text = row.given(at);
    if (text === "") return "";
    const named = row.given(besideAt);
    const code = map === undefined ? named : map(named, row);
    if (isFaults(code)) return faultsOf(code.all.map((one) => ({ ...one, at: besideAt })));
    if (code !== "" && code === row.currency()) return text;
    const what =
      code === "" ? "the amount has no currency beside it" : "the currency beside the amount is not the row's";
    return faultsOf([{ code: "amount_currency_differs", message: what, at: besideAt }]);
  };
}

type Read = (text: string, row: RowCells) => string | CellFaults;

/** By the job's map; of status only the word, and not the reason. */
function mappedOf(column: string, reading: Reading, shapes: Shapes): Read | undefined {
  const map = shapes.values?.[column];
  if (map === undefined) return undefined;
  const toValue = mapValue(map);
  const places = placesOf(reading, column);
  return (text, row) => {
    if (text === "" && (map.cells[""] === undefined || !places.every(row.isEmpty))) return "";
    const value = toValue(text);
    if (value === null || isFaults(value)) return value ?? "";
    return column === "status" ? (value.split("/")[0] ?? "") : value;
  };
}

/** In the job's form of dates or of amounts. */
function writtenOf(column: string, money: Reading["money"], { dates, numbers }: Shapes): Read | undefined {
  const kind = kindNameOf(column);
  const form = dates?.[column];
  const read =
    form !== undefined && (kind === "date" || kind === "instant")
      ? textOfDate(dateText(form, kind))
      : kind === "money" && numbers !== undefined
        ? numberText(numbers, money)
        : undefined;
  return read && ((text) => (text === "" ? "" : read(text)));
}

function textOfDate(made: ReturnType<typeof dateText>) {
  // A job with such a format is refused before any file is read.
  if (made.kind === "problem") throw new Error(made.message);
  return made.textOf;
}

/** The items as a JSON array, each mapped where the job says so. */
function listOf(column: string, reading: Reading, shapes: Shapes): TextOf | undefined {
  const sign = shapes.split?.[column];
  const map = shapes.values?.[column];
  if (sign === undefined && map === undefined && !isMade(shapes, column)) return undefined;
  const toValue = map === undefined ? (item: string) => item : mapValue(map);
  const places = placesOf(reading, column);
  return (row) => {
    const cells = places.map((at) => ({ at, text: row.given(at) })).filter(({ text }) => text !== "");
    const items: string[] = [];
    for (const { at, text } of cells) {
      for (const item of sign === undefined ? [text] : text.split(sign)) {
        const value = item.trim() === "" ? EMPTY_ITEM : toValue(item.trim());
        if (isFaults(value)) return faultsOf(value.all.map((one) => ({ ...one, at })));
        if (value !== null) items.push(...itemsOf(value, map));
      }
    }
    const whole = map?.cells[""];
    if (cells.length === 0 && whole && places.every(row.isEmpty)) items.push(...itemsOf(whole, map));
    return items.length === 0 ? "" : JSON.stringify(items);
  };
}

const EMPTY_ITEM = fault("list_malformed", "the list has an empty item between its signs");

/** A mapped cell may stand for several. */
const itemsOf = (value: string, map: ValueMap | undefined): readonly string[] =>
  map !== undefined && value.startsWith("[") ? (JSON.parse(value) as string[]) : [value];

/** The reason that the map of status gives. A status that is not known has a fault already. */
function reasonOf(reading: Reading, shapes: Shapes): readonly ShapedText[] {
  const map = shapes.values?.status;
  const at = placesOf(reading, "status");
  if (map === undefined || at.length === 0 || !givesReason(shapes) || !hasColumn(reading.layout, "status_reason"))
    return [];
  const toValue = mapValue(map);
  const given = cellsOf("status", reading, shapes);
  const textOf: TextOf = (row) => {
    const text = given(row);
    if (isFaults(text) || (text === "" && (map.cells[""] === undefined || !at.every(row.isEmpty)))) return "";
    const value = toValue(text);
    return value === null || isFaults(value) ? "" : (value.split("/")[1] ?? "");
  };
  return [{ column: "status_reason", at, textOf }];
}
