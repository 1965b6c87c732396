/**
 * Rules about what a cell holds as text, before anything is made of it.
 */
import type { ROW_CODES } from "../../src/errors/codes/row.ts";
import { cell, type Rule } from "./rule.ts";

const HEADER = "client_account_id,product_name\n";

export const TEXT_RULES = {
  row_undecodable: {
    rejects: { what: "a byte that is no UTF-8", bytes: Buffer.from(`${HEADER}c1,Caf\xe9 Card\n`, "latin1") },
    accepts: { what: "the letter in UTF-8", bytes: `${HEADER}c1,Café Card\n` },
    says: /row 2, .*bytes that are not UTF-8 text/,
  },
  control_character: cell(
    "product_name",
    /control character U\+0007; row 2/,
    ["a bell", "Card\u0007s"],
    ["a tab", "Card\ts"],
  ),
  replacement_character: cell(
    "product_name",
    /U\+FFFD, which replaces a lost character/,
    ["a text with a lost letter", "Caf\ufffd Card"],
    ["the letter", "Café Card"],
  ),
  null_marker: cell(
    "product_name",
    /what a database export writes for no value: leave the cell empty, or name it under nulls/,
    ["a database's NULL", "NULL"],
    ["a text of another letter case", "Null"],
  ),
  spreadsheet_error: cell(
    "metadata.branch",
    /the error of a spreadsheet formula: give the value, or name it under nulls/,
    ["a formula's error", "#N/A"],
    ["a text with that beginning", "#N/A so far"],
  ),
} satisfies Partial<Record<keyof typeof ROW_CODES, Rule>>;
