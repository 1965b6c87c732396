/**
 * One small pure parser for each simple kind of value: a cell's text in, the value or its faults out.
 * Text comes in without surrounding spaces and never empty, except for parseText. Ids never pass through a number.
 */
import { CURRENCY_DECIMALS } from "./currencies.ts";
import { type Faults, fault, mask } from "./faults.ts";
import { nearest } from "./nearest.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** The fault of a control character other than tab, line feed and carriage return; `undefined` when there is none. */
export function findControlCharacter(cell: string): Faults | undefined {
  const found = CONTROL.exec(cell);
  if (found === null) return undefined;
  const name = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return fault("control_character", `the cell holds the control character U+${name}, which is no text`);
}

/** Verbatim, spaces and line ends included. Fault: control_character. */
export function parseText(cell: string): string | Faults {
  return findControlCharacter(cell) ?? cell;
}

const ACCOUNT_ID = /^account_\w+$/;
const APPLICATION_ID = /^application_\w+$/;
const ENTITY_ID = /^entity_\S{1,33}$/;
/** The contract gives no form: anything that can be seen, spaces within included. */
const CLIENT_ACCOUNT_ID = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,255}$/u;

/** Contract, "Endpoints we use": ids. Fault: id_malformed. */
export function parseAccountId(text: string): string | Faults {
  return ACCOUNT_ID.test(text) ? text : malformedId(text, "account_ and then letters, digits or _");
}

export function parseApplicationId(text: string): string | Faults {
  return APPLICATION_ID.test(text) ? text : malformedId(text, "application_ and then letters, digits or _");
}

export function parseEntityId(text: string): string | Faults {
  const isWell = ENTITY_ID.test(text) && !CONTROL.test(text);
  return isWell ? text : malformedId(text, "entity_ and then 1 to 33 characters without blanks");
}

export function parseClientAccountId(text: string): string | Faults {
  return CLIENT_ACCOUNT_ID.test(text) ? text : malformedId(text, "1 to 255 characters that can be seen");
}

function malformedId(text: string, expected: string): Faults {
  return fault("id_malformed", `${mask(text)} is not such an id: ${expected}`);
}

/** `true` or `false` in any case. Fault: boolean_malformed. */
export function parseBoolean(text: string): boolean | Faults {
  if (text === "true" || text === "false") return text === "true";
  const lower = text.length > 5 ? "" : text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  return fault("boolean_malformed", `${mask(text)} is neither true nor false`);
}

/** Digits only, safe as a number. Fault: integer_malformed. */
export function parseInteger(text: string): number | Faults {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : fault("integer_malformed", `${mask(text)} is not a whole number`);
}

/** Three capital letters of ISO 4217. Fault: currency_unknown. */
export function parseCurrency(text: string): string | Faults {
  if (CURRENCY_DECIMALS.has(text)) return text;
  return fault("currency_unknown", `${mask(text)} is not a currency of ISO 4217 in capital letters, such as USD`);
}

/** One of the allowed words, exactly. Fault: value_not_allowed, with the nearest word when there is one. */
export function parseWord(text: string, allowed: readonly string[]): string | Faults {
  if (allowed.includes(text)) return text;
  const meant = nearest(text, allowed);
  // A word near an allowed one is a slip and may be shown; any other may have strayed from a personal column.
  const message =
    meant === undefined
      ? `${mask(text)} is not one of ${allowed.join(", ")}`
      : `"${text.replace(/[^\w .-]/g, "?")}" is not one of ${allowed.join(", ")}: did you mean ${meant}?`;
  return fault("value_not_allowed", message);
}
