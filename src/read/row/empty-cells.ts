/**
 * What an empty cell means: leave alone, or, for lists and documents where the job says that a row is the complete record,
 * none. A column's name and the job's word come in, whether empty means none comes out.
 */
import type { ColumnName } from "../columns.ts";
import { fileColumn } from "../header/read-header.ts";
import { layoutOf } from "../layouts.ts";
import type { EmptyMeans, Reading, ReadSettings } from "../reading.ts";
import { placesOf } from "../shape/places.ts";

/**
 * The columns that can be emptied, and the setting that says so. Users have one of their own: programs that send the bank's
 * Authorized Users file leave the column empty (contract, "The bank's own account file"). Capabilities can't be removed.
 */
const SETTINGS = {
  account_holders: "emptyMeans",
  authorized_signers: "emptyMeans",
  documents: "emptyMeans",
  authorized_users: "emptyAuthorizedUsers",
} as const satisfies Partial<Record<ColumnName, keyof EmptyMeans>>;

type Emptied = keyof typeof SETTINGS;

/** Whether an empty cell of the column, one of the `tieout` layout, means none. What the job doesn't say is `keep`. */
export function meansNone(column: string, said: EmptyMeans | undefined): boolean {
  return Object.hasOwn(SETTINGS, column) && said?.[SETTINGS[column as Emptied]] === "clear";
}

/** As `an empty documents or authorized_users is left alone`, and which mean none; nothing for a file without such columns. */
export function describeEmpty(reading: Reading): readonly string[] {
  const columns = columnsOf(reading);
  const named = (clears: boolean) =>
    columns
      .filter((column) => meansNone(column, reading.forms) === clears)
      .map((column) => (reading.columns.includes(column) ? fileColumn(reading, column) : column))
      .join(" or ");
  const [none, alone] = [named(true), named(false)];
  return [
    ...(none === "" ? [] : [`an empty ${none} means none`]),
    ...(alone === "" ? [] : [`an empty ${alone} is left alone`]),
  ];
}

/**
 * The columns of a file whose rows are complete records, by the file's names, about whose empty cells the job says nothing: *leave alone*
 * may not be what is meant.
 */
export function findUnsaid(reading: Reading, { emptyMeans }: Pick<ReadSettings, "emptyMeans">): readonly string[] {
  if (!layoutOf(reading).rowIsWholeRecord || emptyMeans !== undefined) return [];
  return columnsOf(reading)
    .filter((column) => SETTINGS[column] === "emptyMeans")
    .map((column) => fileColumn(reading, column));
}

function columnsOf(reading: Reading): readonly Emptied[] {
  if (!layoutOf(reading).emptyMayMeanNone) return [];
  return (Object.keys(SETTINGS) as Emptied[]).filter((column) => placesOf(reading, column).length > 0);
}
