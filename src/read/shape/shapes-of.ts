/**
 * The job's settings of shapes in, what a reading keeps of them out: columns under their names in the `tieout` layout, values
 * as the texts of cells. Pure.
 */
import { METADATA_PREFIX } from "../columns.ts";
import { accountColumn, LAYOUTS, type LayoutName } from "../layouts.ts";
import type { JoinForm, MappedValue, ShapeSettings, Shapes, ValueMap } from "../shapes.ts";

/** The column of the `tieout` layout that a setting names, in either layout's words; `undefined` for none. */
export function columnNamed(name: string): string | undefined {
  if (name.startsWith(METADATA_PREFIX) && name.length > METADATA_PREFIX.length) return name;
  return accountColumn(name);
}

/** Undefined where nothing is said. What names no column is left out. */
export function shapesOf(settings: ShapeSettings): Shapes | undefined {
  const { numbers } = settings;
  const shapes: Shapes = {
    ...named("constants", settings.constants, (value) => cellOf(value) ?? ""),
    ...named("values", settings.values, valueMapOf),
    ...named("split", settings.split, (sign) => sign),
    ...named("join", settings.join, joinOf),
    ...named("dates", settings.dates, (form) => (typeof form === "string" ? { format: form } : form)),
    ...(numbers !== undefined && { numbers }),
    ...named("amounts", settings.amounts, (form) => form),
  };
  return Object.keys(shapes).length === 0 ? undefined : shapes;
}

/** What of the shapes is about a file of the layout. */
export function shapesIn(layout: LayoutName, shapes: Shapes | undefined): Shapes | undefined {
  const own = LAYOUTS[layout].shapes;
  if (own === "all" || shapes === undefined) return shapes;
  const only = <Form>(forms: Readonly<Record<string, Form>> | undefined, columns: readonly string[]) =>
    Object.fromEntries(Object.entries(forms ?? {}).filter(([column]) => columns.includes(column)));
  return { values: only(shapes.values, own.values), dates: only(shapes.dates, own.dates) };
}

/** For files that write values as the layout says. */
export function withoutShapes<Settings extends ShapeSettings>(settings: Settings): Settings {
  return { ...settings, ...NOTHING };
}

const NOTHING = {
  constants: undefined,
  values: undefined,
  split: undefined,
  join: undefined,
  dates: undefined,
  numbers: undefined,
  amounts: undefined,
} satisfies Required<ShapeSettings>;

function named<Name extends string, Given, Form>(
  name: Name,
  given: Readonly<Record<string, Given>> | undefined,
  formOf: (given: Given) => Form,
): Partial<Record<Name, Readonly<Record<string, Form>>>> {
  const entries = Object.entries(given ?? {}).flatMap(([column, form]) => {
    const known = columnNamed(column);
    return known === undefined ? [] : [[known, formOf(form)] as const];
  });
  return entries.length === 0 ? {} : ({ [name]: Object.fromEntries(entries) } as Record<Name, Record<string, Form>>);
}

function joinOf(form: NonNullable<ShapeSettings["join"]>[string]): JoinForm {
  return isNames(form) ? { columns: form } : form;
}

const isNames = (form: readonly string[] | JoinForm): form is readonly string[] => Array.isArray(form);

type GivenMap = NonNullable<ShapeSettings["values"]>[string];

/** The cells of a map as the job gives it, in either form. */
export function cellsGiven(given: GivenMap): Readonly<Record<string, MappedValue>> {
  return (isFolded(given) ? given.cells : given) as Readonly<Record<string, MappedValue>>;
}

const isFolded = (given: GivenMap) =>
  typeof given.cells === "object" && given.cells !== null && !Array.isArray(given.cells);

function valueMapOf(given: GivenMap): ValueMap {
  const texts = Object.entries(cellsGiven(given)).map(([cell, value]) => [cell, cellOf(value)] as const);
  return { cells: Object.fromEntries(texts), ...(isFolded(given) && { ignoresCase: true as const }) };
}

/** The text of a cell that has the value. */
function cellOf(value: MappedValue): string | null {
  return typeof value === "string" || value === null ? value : JSON.stringify(value);
}
