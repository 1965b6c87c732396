/**
 * Whether what a job says of its files' columns can be done: its read settings in, each setting that is wrong, with its path, out.
 * Looks at no file.
 */
import { REASONS_OF_STATUS } from "../account.ts";
import { nearest } from "../text/nearest.ts";
import { fault, isFaults } from "./cell-fault.ts";
import { COLUMNS, METADATA_PREFIX } from "./columns.ts";
import { LAYOUT_NAMES, LAYOUTS, type LayoutName } from "./layouts.ts";
import type { Reading, ReadSettings } from "./reading.ts";
import { parseGiven } from "./row/cell-parsers.ts";
import { trimSpaces } from "./row/given.ts";
import { dateText } from "./shape/date-text.ts";
import { findSameCells } from "./shape/map-value.ts";
import { givesReason, partsOf } from "./shape/places.ts";
import { isList, kindNameOf } from "./shape/shaped-texts.ts";
import { cellsGiven, columnNamed, shapesOf } from "./shape/shapes-of.ts";
import type { Shapes } from "./shapes.ts";

export interface ShapeFault {
  readonly path: readonly string[];
  readonly message: string;
}

const NAMED = ["constants", "values", "split", "join", "dates", "amounts"] as const;
type Named = (typeof NAMED)[number];

/** Which account a row is about is what its own cell says. */
const IDS: readonly string[] = ["account_id", "client_account_id", "application_id"];

export function findShapeFaults(settings: Partial<ReadSettings>): readonly ShapeFault[] {
  const unknown = [...findUnknownAliases(settings), ...findUnknownNames(settings)];
  if (unknown.length > 0) return unknown;
  const shapes = shapesOf(settings);
  if (shapes === undefined) return [];
  const unfit = findUnfitKinds(shapes, settings);
  if (unfit.length > 0) return unfit;
  return [...findFights(shapes, settings), ...findWrongValues(shapes, settings), ...findWrongMoney(shapes, settings)];
}

function findUnknownAliases({ columns = {}, layout }: Partial<ReadSettings>): ShapeFault[] {
  return Object.entries(columns).flatMap(([file, name]) => {
    const layouts = layout === undefined ? LAYOUT_NAMES : [layout];
    const isKnown = layouts.some((one) => LAYOUTS[one].names.has(name));
    if (isKnown || (name.startsWith(METADATA_PREFIX) && name.length > METADATA_PREFIX.length)) return [];
    const where = layout === undefined ? "any layout" : `the layout ${layout}`;
    return [{ path: ["columns", file], message: `${unknownName(name, layout)} in ${where}` }];
  });
}

function unknownName(name: string, layout?: LayoutName): string {
  const meant = nearest(name, layout === undefined ? Object.keys(COLUMNS) : LAYOUTS[layout].names.keys());
  return `${JSON.stringify(name)} is no column${meant === undefined ? "" : `, did you mean ${meant},`}`;
}

function findUnknownNames(settings: Partial<ReadSettings>): ShapeFault[] {
  return NAMED.flatMap((name) => {
    const seen = new Map<string, string>();
    return Object.keys(settings[name] ?? {}).flatMap((given): ShapeFault[] => {
      const column = columnNamed(given);
      const path = [name, given];
      if (column === undefined) return [{ path, message: `${unknownName(given)} in either layout` }];
      const other = seen.get(column);
      seen.set(column, given);
      return other === undefined ? [] : [{ path, message: `${other} and ${given} are the same column` }];
    });
  });
}

/** What each setting can be said of. */
function findUnfitKinds(shapes: Shapes, settings: Partial<ReadSettings>): ShapeFault[] {
  const wrong: ShapeFault[] = [];
  const check = (name: Named, message: string, fits: (column: string) => boolean) => {
    for (const given of Object.keys(settings[name] ?? {})) {
      if (!fits(columnNamed(given) ?? "")) wrong.push({ path: [name, given], message });
    }
  };
  const isId = (column: string) => IDS.includes(column);
  check(
    "constants",
    "an id, or documents, cannot be the same in every row",
    (one) => !isId(one) && one !== "documents",
  );
  check(
    "values",
    "ids, documents and amounts have too many values to list",
    (one) => !isId(one) && !["documents", "money", "entity_ids"].includes(kindNameOf(one)),
  );
  check(
    "values",
    "a column of dates has a format, under dates; name a cell that says nothing under nulls.leaveAlone",
    (one) => !["date", "instant"].includes(kindNameOf(one)),
  );
  check("split", "the column is no list", isList);
  check(
    "join",
    "an id, documents and currency have one cell",
    (one) => !isId(one) && !["documents", "currency"].includes(one),
  );
  check("dates", "the column holds no dates", (one) => ["date", "instant"].includes(kindNameOf(one)));
  check("amounts", "the column holds no amounts", (one) => kindNameOf(one) === "money");
  for (const [column, { by }] of Object.entries(shapes.join ?? {})) {
    if (isList(column) === (by === undefined)) continue;
    const message = isList(column)
      ? "a list is made of items, each in a column: give the columns alone"
      : 'say what stands between the texts, as { columns: ["day", "time"], by: " " }';
    wrong.push({ path: ["join", givenName(settings.join, column)], message });
  }
  return [...wrong, ...findMisplacedLists(settings)];
}

function findMisplacedLists({ constants = {}, values = {} }: Partial<ReadSettings>): readonly ShapeFault[] {
  const given = [
    ...Object.entries(constants).map(([column, value]) => ({ column, path: ["constants", column], value })),
    ...Object.entries(values).flatMap(([column, map]) =>
      Object.entries(cellsGiven(map)).map(([cell, value]) => ({ column, path: ["values", column, cell], value })),
    ),
  ];
  return given
    .filter(({ column, value }) => Array.isArray(value) && !isList(columnNamed(column) ?? ""))
    .map(({ path }) => ({ path, message: "the column is no list: give one value" }));
}

/** As the job has written the column's name. */
const givenName = (settings: object | undefined, column: string) =>
  Object.keys(settings ?? {}).find((given) => columnNamed(given) === column) ?? column;

/** Settings of one column, or of one cell, that cannot both hold. */
const FIGHTS: readonly (readonly [Named, Named, string])[] = [
  ["constants", "values", "every row has the same value already"],
  ["constants", "split", "every row has the same value already"],
  ["constants", "join", "every row has the same value already"],
  ["constants", "dates", "every row has the same value already, in the layout's own form"],
  ["constants", "amounts", "every row has the same value already"],
  ["split", "join", "the items have a column each"],
  ["join", "amounts", "the amount has cells already"],
];

function findFights(shapes: Shapes, settings: Partial<ReadSettings>): ShapeFault[] {
  const wrong = FIGHTS.flatMap(([one, other, why]) =>
    Object.keys(shapes[other] ?? {})
      .filter((column) => shapes[one]?.[column] !== undefined)
      .map((column) => ({
        path: [other, givenName(settings[other], column)],
        message: `${column} is under ${one} too: ${why}`,
      })),
  );
  if (givesReason(shapes)) {
    const other = (["constants", "values", "join"] as const).find((name) => shapes[name]?.status_reason !== undefined);
    if (other !== undefined)
      wrong.push({ path: [other, "status_reason"], message: "the values of status give the reason already" });
  }
  const owners = new Map(Object.keys(settings.columns ?? {}).map((file) => [file, `columns.${file}`]));
  for (const name of ["join", "amounts"] as const) {
    for (const column of Object.keys(shapes[name] ?? {})) {
      const given = givenName(settings[name], column);
      for (const part of partsOf({ [name]: shapes[name] }, column)) {
        const owner = owners.get(part);
        if (owner !== undefined)
          wrong.push({ path: [name, given], message: `the file's ${JSON.stringify(part)} is under ${owner} already` });
        owners.set(part, `${name}.${given}`);
      }
    }
  }
  return wrong;
}

function findWrongValues(shapes: Shapes, settings: Partial<ReadSettings>): ShapeFault[] {
  const reading = readingOf(settings);
  const parse: Parse = (column, text) => parseGiven(column, text, reading);
  const constants = Object.entries(shapes.constants ?? {}).flatMap(([column, text]) =>
    faultsFor(
      ["constants", givenName(settings.constants, column)],
      trimSpaces(text) === "" ? fault("value_not_allowed", "the value is empty") : parse(column, text),
    ),
  );
  const values = Object.entries(shapes.values ?? {}).flatMap(([column, map]) => {
    const path = ["values", givenName(settings.values, column)];
    const same = findSameCells(map);
    if (same !== undefined)
      return [
        {
          path,
          message: `${same.map((cell) => JSON.stringify(cell)).join(" and ")} are the same cell without letter case`,
        },
      ];
    if (Object.keys(map.cells).length === 0) return [{ path, message: "no cell is listed" }];
    return Object.entries(map.cells).flatMap(([cell, text]) => {
      const of = [...path, cell];
      const leaveAlone = text === null || isList(column) ? [] : (settings.nulls?.leaveAlone ?? []);
      const unread = whyNeverRead(cell, shapes.split?.[column], leaveAlone);
      if (unread !== undefined) return [{ path: of, message: unread }];
      if (text === null) return [];
      if (trimSpaces(text) === "") return [{ path: of, message: "the value is empty: null leaves the column alone" }];
      const [first = "", reason, more] = column === "status" ? text.split("/") : [text];
      if (more !== undefined)
        return [{ path: of, message: 'give a status, or a status and its reason, as "inactive/frozen"' }];
      const one = isList(column) && !first.startsWith("[") ? JSON.stringify([first]) : first;
      return [
        ...faultsFor(of, parse(column, one)),
        ...(reason === undefined ? [] : reasonFaults(of, first, reason, parse)),
      ];
    });
  });
  const dates = Object.entries(shapes.dates ?? {}).flatMap(([column, form]) => {
    const made = dateText(form, kindNameOf(column) === "date" ? "date" : "instant");
    return made.kind === "problem"
      ? [{ path: ["dates", givenName(settings.dates, column)], message: made.message }]
      : [];
  });
  const split = Object.entries(shapes.split ?? {})
    .filter(([, sign]) => /[\p{L}\p{N}_."'[\]\\-]|^\s*$/u.test(sign))
    .map(([column, sign]) => ({
      path: ["split", givenName(settings.split, column)],
      message: `${JSON.stringify(sign)} may be part of an item: give a sign such as | or /`,
    }));
  return [...constants, ...values, ...dates, ...split];
}

/** Why a cell of a map is never looked up; undefined where it is. */
function whyNeverRead(cell: string, sign: string | undefined, leaveAlone: readonly string[]): string | undefined {
  const bare = trimSpaces(cell);
  if (cell !== bare) return `spaces around a cell do not count: write ${JSON.stringify(bare)}`;
  if (sign !== undefined && cell.includes(sign))
    return `a cell is split at ${JSON.stringify(sign)} before it is looked up: list each item`;
  return leaveAlone.includes(cell)
    ? "such a cell is left alone, as nulls.leaveAlone says: take it out there"
    : undefined;
}

type Parse = (column: string, text: string) => unknown;

/** A file of that job, for texts that the job gives: what the layout decides, and the job does not say, is let through. */
function readingOf({ layout, money, nulls, entities }: Partial<ReadSettings>): Reading {
  const said = layout === undefined ? undefined : LAYOUTS[layout];
  const isOwn = said?.ownIds.length !== 0 || entities?.by === "client_customer_id";
  return {
    layout: layout ?? "bank",
    money: money ?? said?.money ?? "decimal",
    delimiter: ",",
    header: [],
    columns: [],
    forms: { leaveAlone: [], text: nulls?.text ?? [], ...(isOwn && { ownIds: ["client_customer_id"] }) },
  };
}

function reasonFaults(path: readonly string[], status: string, reason: string, parse: Parse): readonly ShapeFault[] {
  const wrong = faultsFor(path, parse("status_reason", reason));
  const fitting: readonly string[] | undefined = Object.entries(REASONS_OF_STATUS).find(
    ([name]) => name === status,
  )?.[1];
  if (wrong.length > 0 || fitting === undefined || fitting.includes(reason)) return wrong;
  return [{ path, message: `${reason} is no reason for ${status}, which takes ${fitting.join(", ")}` }];
}

function faultsFor(path: readonly string[], value: unknown): readonly ShapeFault[] {
  if (!isFaults(value)) return [];
  return value.all.map(({ message }) => ({ path, message }));
}

function findWrongMoney({ numbers, amounts }: Shapes, settings: Partial<ReadSettings>): readonly ShapeFault[] {
  const name = numbers?.implied === undefined ? "decimal" : "implied";
  if (settings.money === "minor" && numbers?.[name] !== undefined)
    return [{ path: ["numbers", name], message: "money is minor, and minor units have no decimals" }];
  const reading = readingOf(settings);
  return Object.entries(amounts ?? {}).flatMap(([column, { byCurrency }]) => {
    const path = ["amounts", givenName(settings.amounts, column)];
    const codes = byCurrency && Object.keys(byCurrency);
    if (codes?.length === 0) return [{ path, message: "no currency is listed" }];
    return (codes ?? []).flatMap((code) =>
      faultsFor([...path, "byCurrency", code], parseGiven("currency", code, reading)),
    );
  });
}
