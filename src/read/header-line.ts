/**
 * One row's bytes in, its cells and delimiter out: the header's by the strict rule, or those of a row of accounts where
 * there is no header. What the names mean, `header.ts` says.
 */
import { parse } from "csv-parse/sync";
import { countKnown } from "./header.ts";
import type { Delimiter, ReadSettings } from "./layout.ts";
import { csvOptions } from "./record-splitter.ts";

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
  return splitBest(line, settings, false, (cells) => countKnown(cells, settings));
}

/** `line` is a row of accounts, perhaps with lists. The delimiter is the one that gives the most cells. */
export function splitAccounts(line: Buffer, settings: ReadSettings): SplitLine | undefined {
  return splitBest(line, settings, true, () => 0);
}

/** The delimiter that splits the most of these rows of accounts into `width` cells; nothing when two do so equally. */
export function delimiterByWidth(
  lines: readonly Buffer[],
  width: number,
  settings: ReadSettings,
): Delimiter | undefined {
  const [first, ...others] = delimitersOf(settings)
    .map((delimiter) => ({ delimiter, fitting: lines.filter((line) => widthOf(line, delimiter, settings) === width) }))
    .sort((a, b) => b.fitting.length - a.fitting.length);
  // A single column has no delimiter, and without a row that fits it makes no difference.
  if (width === 1 || first === undefined || first.fitting.length === 0) return delimitersOf(settings)[0];
  return first.fitting.length === others[0]?.fitting.length ? undefined : first.delimiter;
}

function widthOf(line: Buffer, delimiter: Delimiter, settings: ReadSettings): number | undefined {
  return cellsOf(line, delimiter, settings, true)?.length;
}

function splitBest(
  line: Buffer,
  settings: ReadSettings,
  mayHaveLists: boolean,
  rank: (cells: readonly string[]) => number,
): SplitLine | undefined {
  return delimitersOf(settings)
    .flatMap((delimiter) => {
      const cells = cellsOf(line, delimiter, settings, mayHaveLists);
      return cells === undefined ? [] : [{ cells, delimiter, rank: rank(cells) }];
    })
    .sort((a, b) => b.rank - a.rank || b.cells.length - a.cells.length)[0];
}

function cellsOf(
  line: Buffer,
  delimiter: Delimiter,
  { lineEnds }: ReadSettings,
  mayHaveLists: boolean,
): readonly string[] | undefined {
  if (line.length === 0) return [""];
  const options = csvOptions(delimiter, lineEnds);
  try {
    return (parse(line, mayHaveLists ? options : { ...options, relax_quotes: false }) as string[][])[0];
  } catch {
    return undefined;
  }
}
