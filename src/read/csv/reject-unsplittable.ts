/**
 * Why rows can't be separated in, the file's rejection out. Says where, and shows no cell.
 */
import type { Rejection } from "../../errors/rejection.ts";
import { counted } from "../../text/counted.ts";

/** `quotes`: they don't hold. `too_long`: the row goes beyond the limit. `isQuoteOpen`: within quotes when it was given up. */
export interface Unsplittable {
  readonly kind: "quotes" | "too_long";
  readonly isQuoteOpen: boolean;
}

const QUOTES_HINT = "correct that row: close every quote, and double the quotes inside quoted cells (RFC 4180)";

/** `where` names the row, as `row 3, which begins at byte 40,`. Codes: file_not_csv, file_row_too_long. */
export function rejectUnsplittable({ kind, isQuoteOpen }: Unsplittable, where: string, rowBytes: number): Rejection {
  if (kind === "quotes") {
    return {
      code: "file_not_csv",
      message: isQuoteOpen
        ? `${where} opens a quote that is never closed`
        : `${where} has malformed quotes: a quoted cell seems to close only in a later row`,
      hint: QUOTES_HINT,
    };
  }
  return {
    code: "file_row_too_long",
    message: isQuoteOpen
      ? `${where} opens a quote that is not closed within ${counted(rowBytes, "byte")}`
      : `${where} is longer than ${counted(rowBytes, "byte")}`,
    hint: "check that every quote in that row is closed; or raise limits.rowBytes in the job",
  };
}

/** For a row with a stray quote, named by `where`, which the row after it does not confirm; `next` says what that one is like. */
export function rejectStray(where: string, next: string): Rejection {
  return {
    code: "file_not_csv",
    message: `${where} has a stray quote, and it is not certain where the row ends, because ${next}`,
    hint: QUOTES_HINT,
  };
}
