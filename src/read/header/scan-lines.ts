/**
 * A file's beginning in, where its rows lie and which line ends it has out. A first look, before the
 * header and the delimiter are known; `RecordSplitter` then splits the rows.
 */
import { lineEndKind, rowEndLength } from "../csv/line-ends.ts";
import { closingQuote } from "../csv/quotes.ts";
import type { Delimiter, FileTraits, LineEnds } from "../reading.ts";

/** Bytes from the beginning; `end` lies before the line end. */
export interface Line {
  readonly start: number;
  readonly end: number;
}

export interface Scan {
  /** The rows that end in these bytes, in file order. */
  readonly lines: readonly Line[];
  /** Of the line ends outside quotes. */
  readonly lineEnds: FileTraits["lineEnds"];
  /** The commonest of them, or several that are equally common. */
  readonly commonLineEnds: readonly LineEnds[];
  /** Whether the bytes end within quotes. */
  readonly isQuoteOpen: boolean;
}

export interface ScanSettings {
  /** `head` is all of the file, so its last row ends with it. */
  readonly isWhole: boolean;
  /** After any of these a quote may open. */
  readonly delimiters: readonly Delimiter[];
  readonly lineEnds: LineEnds | undefined;
}

/** Line ends within quotes end no row. */
export function scanLines(head: Buffer, { isWhole, delimiters, lineEnds }: ScanSettings): Scan {
  // A character for each byte.
  const text = head.toString("latin1");
  const lines: Line[] = [];
  const counts = new Map<LineEnds, number>();
  // A CR at the end may be the first half of CRLF, so it is not judged here.
  const length = !isWhole && text.endsWith("\r") ? text.length - 1 : text.length;
  let start = 0;
  let isQuoteOpen = false;
  let isCellStart = true;
  for (let at = 0; at < length; at++) {
    if (text[at] === '"' && isCellStart) {
      const closing = closingQuote(text, at);
      isQuoteOpen = closing < 0;
      if (isQuoteOpen) break;
      at = closing;
      isCellStart = false;
      continue;
    }
    const kind = lineEndKind(head, at);
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const endLength = rowEndLength(head, at, lineEnds);
    if (endLength > 0) {
      lines.push({ start, end: at });
      at += endLength - 1;
      start = at + 1;
    }
    isCellStart = endLength > 0 || delimiters.some((delimiter) => text[at] === delimiter);
  }
  if (isWhole && start < head.length) lines.push({ start, end: head.length });
  const kinds = [...counts.keys()];
  const most = Math.max(...counts.values());
  const commonLineEnds = kinds.filter((kind) => counts.get(kind) === most);
  return { lines, lineEnds: kinds.length > 1 ? "mixed" : (kinds[0] ?? "none"), commonLineEnds, isQuoteOpen };
}
