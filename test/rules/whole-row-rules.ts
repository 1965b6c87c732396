/**
 * For each code of a row as a whole, whatever its cells mean: a file with a row that gets it, and one without.
 */
import type { ROW_CODES } from "../../src/errors/codes/row.ts";
import type { Rule } from "./rule.ts";
import type { Trial } from "./trial.ts";

const bytes = (what: string, text: string | Uint8Array): Trial => ({ what, bytes: text });
const HEADER = "client_account_id,product_name\n";
const CRLF_HEADER = HEADER.replace("\n", "\r\n");

export const WHOLE_ROW_RULES = {
  row_ragged: {
    rejects: bytes("a third cell under two columns", `${HEADER}c1,Card,Gold\n`),
    accepts: bytes("two cells under two columns", `${HEADER}c1,"Card,Gold"\n`),
    says: /row 2, which begins at byte 31, has 3 cells and the header has 2/,
  },
  row_broken: {
    rejects: bytes("the halves of a row that a lone LF cuts in two", `${CRLF_HEADER}c1,Gold\nCard`),
    accepts: bytes("the same cell in quotes", `${CRLF_HEADER}c1,"Gold\nCard"\r\n`),
    says: /row 2, which begins at byte 32, and row 3 are one row, cut in two by a line end in an unquoted cell/,
  },
  quote_stray: {
    rejects: bytes("a quote in a cell that is not quoted", `${HEADER}c1,5" pipe\n`),
    accepts: bytes("the quote doubled in a quoted cell", `${HEADER}c1,"5"" pipe"\n`),
    says: /row 2, which begins at byte 31, has a quote where none is allowed/,
  },
  header_repeated: {
    rejects: bytes("the header once more", HEADER + HEADER),
    accepts: bytes("a row of accounts", `${HEADER}c1,product_name\n`),
    says: /row 2, which begins at byte 31, repeats the header/,
  },
  row_blank: {
    rejects: bytes("a row of nothing but delimiters", `${HEADER},\n`),
    accepts: bytes("a row with one value, and a blank line at the end", `${HEADER}c1,\n\n`),
    says: /every cell of the row is empty/,
  },
} satisfies Partial<Record<keyof typeof ROW_CODES, Rule>>;
