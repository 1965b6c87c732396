/**
 * Who can fix what a code says, in the words that people read. Pure.
 */

import type { CodeEntry } from "../errors/codes/code-entry.ts";
import { CODES, type Code } from "../errors/codes/codes.ts";

const OWNERS: Readonly<Record<CodeEntry["fixedBy"], string>> = {
  file: "source data",
  operator: "operator",
  bank: "bank",
  tieout: "us",
  nobody: "nobody",
};

export function ownerWord(code: Code): string {
  return OWNERS[CODES[code].fixedBy];
}
