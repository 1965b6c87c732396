/**
 * Whether the quotes of one CSV record hold, in files whose delimiter is not the comma: there the bank writes lists of
 * ids as JSON with bare quotes. Judges; never changes a byte.
 *
 * csv-parse reads those lists truly with `relax_quotes`, but then takes any stray quote too, and a quote that is never
 * closed would swallow the rows after it unseen. So every record with a quote in it is judged here by the narrow rule:
 * a quoted cell ends right after its closing quote (RFC 4180), or is a list of quoted items (`"a","b"`), or it is bare
 * and stands in brackets (`["a","b"]`).
 */

const QUOTED_ITEMS = /^"[^"\r\n]*"(?:, *"[^"\r\n]*")+$/;

/** `record` is the text of one record without its line end, a character for each byte. */
export function quotesHold(record: string, delimiter: string): boolean {
  let at = 0;
  for (;;) {
    const end = record[at] === '"' ? endOfQuotedCell(record, at, delimiter) : endOfBareCell(record, at, delimiter);
    if (end === undefined) return false;
    if (end === record.length) return true;
    at = end + delimiter.length;
  }
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

function endOfBareCell(record: string, start: number, delimiter: string): number | undefined {
  const end = nextDelimiter(record, start, delimiter);
  const quote = record.indexOf('"', start);
  if (quote < 0 || quote >= end) return end;
  return record[start] === "[" && record[end - 1] === "]" ? end : undefined;
}

function endOfQuotedCell(record: string, start: number, delimiter: string): number | undefined {
  const closing = closingQuote(record, start);
  if (closing < 0) return undefined;
  if (closing + 1 === record.length || record.startsWith(delimiter, closing + 1)) return closing + 1;
  const end = nextDelimiter(record, start, delimiter);
  return QUOTED_ITEMS.test(record.slice(start, end)) ? end : undefined;
}

/** -1 when the cell that opens at `start` isn't closed. */
function closingQuote(record: string, start: number): number {
  let closing = record.indexOf('"', start + 1);
  while (closing >= 0 && record[closing + 1] === '"') closing = record.indexOf('"', closing + 2);
  return closing;
}

function nextDelimiter(record: string, start: number, delimiter: string): number {
  const found = record.indexOf(delimiter, start);
  return found < 0 ? record.length : found;
}
