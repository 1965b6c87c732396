/**
 * One small pure parser for each simple kind of value: a cell's text in, the value or its faults out.
 * Text comes in without surrounding spaces and never empty, except for parseText.
 */
import { nearest } from "../../text/nearest.ts";
import { mask } from "../../text/show-id.ts";
import { type CellFaults, fault } from "../cell-fault.ts";
import { CURRENCY_DECIMALS } from "./currency-decimals.ts";
import { markerInText } from "./markers.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** The fault of a control character other than tab, line feed and carriage return; `undefined` when there is none. */
export function findControlCharacter(cell: string): CellFaults | undefined {
  const found = CONTROL.exec(cell);
  if (found === null) return undefined;
  const name = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return fault("control_character", `the cell has the control character U+${name}`);
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Verbatim, spaces and line ends included. `taken` are whole cells that the job takes for text, whatever they look like.
 * Faults: control_character, replacement_character, null_marker, spreadsheet_error.
 */
export function parseText(cell: string, taken: ReadonlySet<string> = NOTHING): string | CellFaults {
  const control = findControlCharacter(cell);
  if (control !== undefined) return control;
  return taken.has(cell.trim()) ? cell : (findLostText(cell) ?? cell);
}

/** The fault of a text that was lost on its way here: no character of it is what was meant. */
function findLostText(cell: string): CellFaults | undefined {
  if (cell.includes("\ufffd"))
    return fault("replacement_character", "the cell has U+FFFD, which replaces a lost character");
  if (!cell.isWellFormed())
    return fault("replacement_character", "the cell has half of a character; the other half is lost");
  const marker = markerInText(cell);
  const way = "or name it under nulls in the job";
  if (marker === "error")
    return fault("spreadsheet_error", `${mask(cell)} is the error of a spreadsheet formula: give the value, ${way}`);
  if (marker === "null")
    return fault(
      "null_marker",
      `${mask(cell)} is what a database export writes for no value: leave the cell empty, ${way}`,
    );
  return undefined;
}

/** `true` or `false` in any case. Fault: boolean_malformed. */
export function parseBoolean(text: string): boolean | CellFaults {
  if (text === "true" || text === "false") return text === "true";
  const lower = text.length > 5 ? "" : text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  return fault("boolean_malformed", `${mask(text)} is neither true nor false`);
}

/** Digits only, safe as a number. Fault: integer_malformed. */
export function parseInteger(text: string): number | CellFaults {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : fault("integer_malformed", `${mask(text)} is not a whole number`);
}

/** Three capital letters of ISO 4217. Fault: currency_unknown. */
export function parseCurrency(text: string): string | CellFaults {
  if (CURRENCY_DECIMALS.has(text)) return text;
  return fault("currency_unknown", `${mask(text)} is not a currency of ISO 4217 in capital letters, such as USD`);
}

/** One of the allowed words, exactly. Fault: value_not_allowed, with the nearest word when there is one. */
export function parseWord(text: string, allowed: readonly string[]): string | CellFaults {
  if (allowed.includes(text)) return text;
  const meant = nearest(text, allowed);
  // A word near an allowed one is a slip and may be shown; any other may have strayed from a personal column.
  const message =
    meant === undefined
      ? `${mask(text)} is not one of ${allowed.join(", ")}`
      : `"${text.replace(/[^\w .-]/g, "?")}" is not one of ${allowed.join(", ")}: did you mean ${meant}?`;
  return fault("value_not_allowed", message);
}
