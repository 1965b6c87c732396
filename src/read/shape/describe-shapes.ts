/**
 * What the job says of how a file writes values, in a few words for the line that shows how it is read. Pure.
 */
import { counted } from "../../text/counted.ts";
import { METADATA_PREFIX } from "../columns.ts";
import { LAYOUTS } from "../layouts.ts";
import type { Reading } from "../reading.ts";
import type { DateForm } from "../shapes.ts";
import { exampleOf } from "./number-text.ts";
import { placesOf } from "./places.ts";

/** How many columns with other names are shown. */
const ALIASES_SHOWN = 4;

/** As `ACCT_NO is client_account_id`, `status by 3 values`, `effective_at as MM/DD/YYYY in America/Chicago`; only of columns that the file has. */
export function describeShapes(reading: Reading): readonly string[] {
  const { constants, values, split, join, dates, numbers, amounts } = reading.forms?.shapes ?? {};
  const isThere = ([column]: readonly [string, unknown]) => placesOf(reading, column).length > 0;
  const all = <Form>(forms: Readonly<Record<string, Form>> | undefined, say: (column: string, form: Form) => string) =>
    Object.entries(forms ?? {})
      .filter(isThere)
      .map(([column, form]) => say(column, form));
  return [
    ...describeAliases(reading),
    ...all(
      join,
      (column, { columns, by }) => `${column} from ${columns.map(quoted).join(by === undefined ? ", " : " and ")}`,
    ),
    ...all(split, (column, sign) => `${column} split at ${quoted(sign)}`),
    ...all(values, (column, { cells, ignoresCase }) => {
      return `${column} by ${counted(Object.keys(cells).length, "listed cell")}${ignoresCase ? " in any letter case" : ""}`;
    }),
    ...all(dates, (column, form) => `${column} as ${describeDate(form)}`),
    ...(numbers === undefined ? [] : [`amounts as ${exampleOf(numbers, reading.money)}`]),
    ...all(amounts, (column, { byCurrency, currency }) =>
      byCurrency === undefined
        ? `${column} in the currency of ${quoted(currency ?? "")}`
        : `${column} in ${Object.keys(byCurrency).join(" or ")}, each in a column of its own`,
    ),
    ...Object.entries(constants ?? {}).map(([column, text]) => `${column} always ${quoted(text)}`),
  ];
}

const quoted = (text: string) => JSON.stringify(text);

function describeDate({ format, zone, time, repeated, century }: DateForm): string {
  return [
    format,
    century !== undefined && `of the years ${century}00 to ${century}99`,
    time !== undefined && `at ${time}`,
    zone !== undefined && `in ${zone}`,
    repeated !== undefined && `the ${repeated} of two`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** Columns that the file calls otherwise than the layout does. */
function describeAliases({ header, columns, layout }: Reading): readonly string[] {
  const names = new Map([...LAYOUTS[layout].names].map(([name, column]) => [column as string, name]));
  const aliases = columns.flatMap((column, at) => {
    const name = names.get(column ?? "") ?? (column?.startsWith(METADATA_PREFIX) ? column : undefined);
    return name === undefined || name === header[at] ? [] : [`${quoted(header[at] ?? "")} is ${name}`];
  });
  const more = aliases.length - ALIASES_SHOWN;
  return more <= 1
    ? aliases
    : [...aliases.slice(0, ALIASES_SHOWN), `and ${counted(more, "other name")} of the file's own`];
}
