/**
 * One row's bytes in, its cells and delimiter out: those of a header by the strict rule, or those of a row of accounts
 * where there is no header. What the names mean, `read-header.ts` says.
 */
import { splitQuoted } from "../csv/quotes.ts";
import type { Delimiter, ReadSettings } from "../reading.ts";
import { countKnown } from "./read-header.ts";

const DELIMITERS: readonly Delimiter[] = [",", "|", ";", "\t"];

export interface SplitLine {
  readonly cells: readonly string[];
  readonly delimiter: Delimiter;
}

/** The delimiters that the file may have: the job's, else all. */
export function delimitersOf(settings: ReadSettings): readonly Delimiter[] {
  return settings.delimiter === undefined ? DELIMITERS : [settings.delimiter];
}

/**
 * `line` is the header without its line end. The delimiter is the one that gives the most known names, then the most
 * cells. Nothing when the quotes hold in none.
 */
export function splitHeader(line: Buffer, settings: ReadSettings): SplitLine | undefined {
  // A header has no lists in it, so every quote is CSV's.
  const split = (delimiter: Delimiter) => cellsOf(line, delimiter, false);
  return best(split, settings, (cells) => countKnown(cells, settings));
}

/** `line` is a row of accounts, perhaps with lists. The delimiter is the one that gives the most cells. */
export function splitAccounts(line: Buffer, settings: ReadSettings): SplitLine | undefined {
  return best(
    (delimiter) => cellsOf(line, delimiter, true),
    settings,
    () => 0,
  );
}

/**
 * The delimiter that splits the most of these rows of accounts into `width` cells, rows with stray quotes counting half;
 * nothing when two do so equally.
 */
export function delimiterByWidth(
  lines: readonly Buffer[],
  width: number,
  settings: ReadSettings,
): Delimiter | undefined {
  const [first, ...others] = delimitersOf(settings)
    .map((delimiter) => ({ delimiter, fits: lines.reduce((sum, line) => sum + fitOf(line, delimiter, width), 0) }))
    .sort((a, b) => b.fits - a.fits);
  // A single column has no delimiter, and without a row that fits it makes no difference.
  if (width === 1 || first === undefined || first.fits === 0) return delimitersOf(settings)[0];
  return first.fits === others[0]?.fits ? undefined : first.delimiter;
}

function fitOf(line: Buffer, delimiter: Delimiter, width: number): number {
  const { cells, quotes } = splitQuoted(line.toString(), delimiter);
  if (cells.length !== width || quotes === "doubtful") return 0;
  return quotes === "sound" ? 2 : 1;
}

function best(
  split: (delimiter: Delimiter) => readonly string[] | undefined,
  settings: ReadSettings,
  rank: (cells: readonly string[]) => number,
): SplitLine | undefined {
  return delimitersOf(settings)
    .flatMap((delimiter) => {
      const cells = split(delimiter);
      return cells === undefined ? [] : [{ cells, delimiter, rank: rank(cells) }];
    })
    .sort((a, b) => b.rank - a.rank || b.cells.length - a.cells.length)[0];
}

/** A row of accounts may have stray quotes, a header none. */
function cellsOf(line: Buffer, delimiter: Delimiter, isRow: boolean): readonly string[] | undefined {
  const { cells, quotes } = splitQuoted(line.toString(), delimiter, isRow && delimiter !== ",");
  return quotes === "sound" || (isRow && quotes === "stray") ? cells : undefined;
}
