/**
 * The text of one CSV record in which a quote is part of a cell, or may be, in; its cells out, and whether its quotes hold.
 *
 * csv-parse finds where records end. With `relax_quotes` it takes any stray quote for text, and a quote that is never
 * closed would silently swallow the rows after it. So every record that it gives with a quote in a cell is split again
 * here, by the narrow rule:
 *
 * - A quoted cell ends right after its closing quote (RFC 4180). Blanks around such a cell are no part of its value: the
 *   RFC knows no quote in a cell that begins with a blank, so nothing else can have been meant.
 * - In files whose delimiter is not the comma the bank writes lists of ids with bare quotes: quoted items (`"a","b"`), or
 *   brackets around them (`["a","b"]`).
 * - Any other quote is stray. A record of one line with a stray quote ends where its line does, for every reader that takes
 *   the quote for text. Whether it truly ends there, its own width and that of the row after it must confirm: a quote that
 *   is meant to hold a text of several lines would make the lines of that text rows.
 * - A record of several lines with a stray quote, or one with a quote that is not closed, may be two rows or a part of one:
 *   that cannot be decided.
 */

const QUOTED_ITEMS = /^"[^"\r\n]*"(?:, *"[^"\r\n]*")+$/;
const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;
const LINE_END = /[\r\n]/;

/** What a record with a stray quote may be like. */
export interface Stray {
  /** How many cells different readers see in it. */
  readonly widths: readonly number[];
  /** Whether each quote may have its partner in the line. */
  readonly isEven: boolean;
}

export interface QuotedRecord {
  /** Those of a record with a stray quote are cut at each delimiter outside of sound quotes, and none is to be trusted. */
  readonly cells: readonly string[];
  readonly quotes: "sound" | "stray" | "doubtful";
}

/** `record` is the text of one record without its line end. `mayHaveLists` is false for a header. */
export function splitQuoted(record: string, delimiter: string, mayHaveLists = delimiter !== ","): QuotedRecord {
  const cells: string[] = [];
  let isStray = false;
  let hasBlanks = false;
  let outside = "";
  let quote = record.indexOf('"');
  for (let at = 0; at <= record.length; at += delimiter.length) {
    const start = at;
    const opening = skipBlanks(record, start, delimiter);
    if (record.charCodeAt(opening) === QUOTE) {
      const closing = closingQuote(record, opening);
      if (closing < 0) return { cells, quotes: "doubtful" };
      at = skipBlanks(record, closing + 1, delimiter);
      if (at === record.length || record.startsWith(delimiter, at)) {
        hasBlanks ||= opening > start || at > closing + 1;
        const text = record.slice(opening + 1, closing);
        cells.push(text.includes('"') ? text.replaceAll('""', '"') : text);
        continue;
      }
    }
    at = nextDelimiter(record, start, delimiter);
    const cell = record.slice(start, at);
    if (quote >= 0 && quote < start) quote = record.indexOf('"', start);
    isStray ||= quote >= 0 && quote < at && !(mayHaveLists && isList(cell));
    cells.push(cell);
    outside += cell;
  }
  if (isStray) return { cells, quotes: LINE_END.test(record) ? "doubtful" : "stray" };
  // With a line end outside of quotes, csv-parse has taken other quotes for CSV's.
  return { cells, quotes: hasBlanks && LINE_END.test(outside) ? "doubtful" : "sound" };
}

/** `cells` are those of `splitQuoted`. */
export function describeStray(record: string, cells: readonly string[], delimiter: string): Stray {
  return { widths: [cells.length, countLenient(record, delimiter)], isEven: record.split('"').length % 2 === 1 };
}

/** How many cells a reader finds that lets a quoted cell go on up to a quote before a delimiter. */
function countLenient(record: string, delimiter: string): number {
  let count = 1;
  for (let at = 0; ; count++) {
    let end = nextDelimiter(record, at, delimiter);
    if (record[at] === '"') {
      const closing = record.indexOf(`"${delimiter}`, at + 1);
      end = closing < 0 && record.endsWith('"') ? record.length : Math.max(end, closing + 1);
    }
    if (end === record.length) return count;
    at = end + delimiter.length;
  }
}

function isList(text: string): boolean {
  const list = /^[ \t]|[ \t]$/.test(text) ? text.replace(/^[ \t]+|[ \t]+$/g, "") : text;
  return (list.startsWith("[") && list.endsWith("]")) || QUOTED_ITEMS.test(list);
}

/** Whether the record's text, as far as it is known, ends within a quoted cell. */
export function endsInQuotes(record: string, delimiter: string): boolean {
  let at = 0;
  for (;;) {
    let end = at;
    if (record[at] === '"') {
      end = closingQuote(record, at);
      if (end < 0) return true;
    }
    end = record.indexOf(delimiter, end);
    if (end < 0) return false;
    at = end + delimiter.length;
  }
}

/** Where the quoted cell that opens at `start` is closed; -1 when it isn't. */
export function closingQuote(record: string, start: number): number {
  let closing = record.indexOf('"', start + 1);
  while (closing >= 0 && record[closing + 1] === '"') closing = record.indexOf('"', closing + 2);
  return closing;
}

function nextDelimiter(record: string, start: number, delimiter: string): number {
  const found = record.indexOf(delimiter, start);
  return found < 0 ? record.length : found;
}

/** Past the spaces and tabs from `at` on that are no delimiter. */
function skipBlanks(record: string, at: number, delimiter: string): number {
  let end = at;
  for (; ; end++) {
    const code = record.charCodeAt(end);
    if (code !== SPACE && (code !== TAB || delimiter === "\t")) return end;
  }
}
