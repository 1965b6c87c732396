/**
 * Ids: a cell's text in, the id or why it is none out. The one place that says how people may write an id. Ids never pass
 * through a number.
 *
 * An id has characters that can be seen and single spaces between them, in the Unicode form NFC: two ids that look alike
 * are then the same bytes. What a spreadsheet, a database export or a program has made of an id is refused, unless the job
 * says that its ids look like that; characters that cannot be seen are never allowed.
 */
import { mask } from "../../text/show-id.ts";
import { CONTROLS, UNSEEN } from "../../text/unseen.ts";
import { type CellFaults, fault } from "../cell-fault.ts";
import type { Reading } from "../reading.ts";
import { markerInId } from "./markers.ts";
import { findOddQuote, findOddQuotes } from "./odd-quotes.ts";

/**
 * `allow`: the forms that the job takes for ids. `decimals`: every client_account_id of the file ends in `.0`. `null`: an
 * id that is only compared, or was read by version 0.2, is taken as it is, except for control and format characters.
 */
export type IdRules = { readonly allow: RegExp | null; readonly decimals: boolean } | null;

const STRICT: IdRules = { allow: null, decimals: false };

/** The rules under which a file's ids are read. */
export function idRulesOf({ forms, decimalIds = false }: Reading): IdRules {
  if (forms === undefined) return null;
  const { allowIds } = forms;
  return { allow: allowIds === undefined ? null : new RegExp(allowIds.source, allowIds.flags), decimals: decimalIds };
}

const ACCOUNT_ID = /^account_\w+$/;
const APPLICATION_ID = /^application_\w+$/;
const ENTITY_ID = /^entity_\S{1,33}$/;
/** The contract gives these no form but, where it has one, a length. */
const visible = (most: number) => new RegExp(String.raw`^[^${CONTROLS}\p{Cs}]{1,${most}}$`, "u");
const CLIENT_ACCOUNT_ID = visible(255);
const CLIENT_CUSTOMER_ID = visible(64);
const DOCUMENT_ID = /^[^\p{Cc}\p{Cs}]+$/u;

/** Contract, "Endpoints we use": ids. Fault: id_malformed. */
export function parseAccountId(text: string, rules: IdRules = STRICT): string | CellFaults {
  return parseId(text, rules, ACCOUNT_ID, "it must be account_ followed by letters, digits or _");
}

export function parseApplicationId(text: string, rules: IdRules = STRICT): string | CellFaults {
  return parseId(text, rules, APPLICATION_ID, "it must be application_ followed by letters, digits or _");
}

export function parseEntityId(text: string, rules: IdRules = STRICT): string | CellFaults {
  return parseId(text, rules, ENTITY_ID, "it must be entity_ followed by 1 to 33 characters without blanks");
}

/** Contract, "The bank's own account file": an entity_id or the program's own client_customer_id; the prefix says which. */
export function parseEntityOrCustomerId(text: string, rules: IdRules = STRICT): string | CellFaults {
  if (text.startsWith("entity_")) return parseEntityId(text, rules);
  return parseOwnId(text, rules, CLIENT_CUSTOMER_ID, "it must have 1 to 64 visible characters");
}

/** The same: an application_id of the bank's or the program's own client_application_id. */
export function parseApplicationOrOwnId(text: string, rules: IdRules = STRICT): string | CellFaults {
  if (text.startsWith("application_")) return parseApplicationId(text, rules);
  return parseOwnId(text, rules, CLIENT_ACCOUNT_ID, "it must have 1 to 255 visible characters");
}

/** The bank's ids of other things, which no program gives. */
const OF_BANK = /^(?:subledgered_|partner_ledgered_)?(account|application|entity)_\w+$/;

function parseOwnId(text: string, rules: IdRules, form: RegExp, expected: string): string | CellFaults {
  const [, kind] = OF_BANK.exec(text) ?? [];
  if (kind !== undefined) return fault("id_malformed", `${mask(text)} is the bank's id of an ${kind}`);
  return parseId(text, rules, form, expected);
}

export function parseClientAccountId(text: string, rules: IdRules = STRICT): string | CellFaults {
  if (rules?.decimals && DECIMAL.test(text) && !rules.allow?.test(text)) return fault("id_malformed", DECIMAL_IDS);
  return parseId(text, rules, CLIENT_ACCOUNT_ID, "it must have 1 to 255 visible characters");
}

/** A file's name: it may have spaces together, and look like a number; in JSON no spreadsheet has made it. */
export function parseDocumentId(text: string, rules: IdRules = STRICT): string | CellFaults {
  return parseId(text, rules, DOCUMENT_ID, "it must have only visible characters");
}

const PREFIXED: ReadonlySet<RegExp> = new Set([ACCOUNT_ID, APPLICATION_ID, ENTITY_ID]);

function parseId(text: string, rules: IdRules, form: RegExp, expected: string): string | CellFaults {
  const hasForm = form.test(text);
  const wrong = rules === null ? undefined : (findUnclean(text, form) ?? findMade(text, form, rules));
  if (wrong !== undefined) return fault("id_malformed", wrong);
  return hasForm ? text : fault("id_malformed", `${mask(text)} is not a valid id: ${expected}`);
}

/** All that shows nothing, except a space; and U+FFFD and U+FFFC, which replace what was there. */
const HIDDEN = new RegExp(String.raw`[[${UNSEEN}\u{1d159}\ufffc\ufffd]--\u0020]`, "v");

const PLAIN = /^[\x21-\x7e]*$/;

/** Why the characters of the text make no id, whatever the job says. */
function findUnclean(text: string, form: RegExp): string | undefined {
  if (PLAIN.test(text)) return undefined;
  const unseen = HIDDEN.exec(text);
  if (unseen !== null) {
    const name = unseen[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
    const place = [...text.slice(0, unseen.index)].length + 1;
    return `character ${place} of the id is U+${name}, which is invisible or replaces a lost character: type the id again`;
  }
  if (/^ | $/.test(text)) return `${mask(text)} begins or ends with a space`;
  if (form !== DOCUMENT_ID && text.includes("  ")) return `${mask(text)} has two spaces together`;
  if (text.normalize("NFC") === text) return undefined;
  return `${mask(text)} has letters in another Unicode form than NFC: it looks like another id and is not the same`;
}

/** A number in scientific notation, unless it may be an id: `1E5` without sign or point. */
const SCIENTIFIC = /^[+-]?\d[.,]\d+[eE][+-]?\d+$|^[+-]?\d+[eE][+-]\d+$/;
const DECIMAL = /^[+-]?\d+[.,]0+$/;

/** Which program made the text of an id, unless the job takes it. */
function findMade(text: string, form: RegExp, { allow }: NonNullable<IdRules>): string | undefined {
  const made = quotedBy(text, form) ?? madeOf(text, form);
  return made === undefined || allow?.test(text) ? undefined : made;
}

function madeOf(text: string, form: RegExp): string | undefined {
  if (form === DOCUMENT_ID) return text.startsWith('="') ? madeBy(text) : markedBy(text);
  // What has a prefix is made by no spreadsheet.
  if (PREFIXED.has(form) && form.test(text)) return form === ENTITY_ID ? severalIn(text) : undefined;
  return madeBy(text);
}

/** By the published pattern these may be part of an entity's id; far more likely they separate two. */
function severalIn(text: string): string | undefined {
  if (!/[,;|]/.test(text)) return undefined;
  return `${mask(text)} has a comma, a semicolon or a bar in it: give each id as an item of its own`;
}

/** Quotes that are no part of an id. A file may be called `Terms “final”`, so its name counts only if it is in quotes. */
function quotedBy(text: string, form: RegExp): string | undefined {
  const odd = form === DOCUMENT_ID ? findOddQuotes(text) : findOddQuote(text);
  if (odd !== undefined) return `the id is in quotes, and one is ${odd}: use straight quotes or none`;
  const isQuoted = text.length > 1 && (/^".*"$/s.test(text) || (form === DOCUMENT_ID && /^'.*'$/s.test(text)));
  return isQuoted ? "the id is in quotes that an export has added: give only the id" : undefined;
}

/** Said of each of them. */
export const DECIMAL_IDS =
  "every client_account_id of the file ends in .0, which a spreadsheet or a program adds to whole numbers: give the ids as text";

function madeBy(text: string): string | undefined {
  if (text.startsWith("=")) return `${mask(text)} is a formula that a spreadsheet wraps around an id: give only the id`;
  if (text.startsWith("'"))
    return `${mask(text)} begins with an apostrophe that a spreadsheet puts before text: give only the id`;
  if (SCIENTIFIC.test(text))
    return `${mask(text)} is a number that a spreadsheet has shortened, so digits are lost: take the id from its source`;
  return markedBy(text);
}

function markedBy(text: string): string | undefined {
  const marker = markerInId(text);
  if (marker === "error") return `${mask(text)} is the error of a spreadsheet formula, not an id`;
  if (marker === "null") return `${mask(text)} is what a database export or a program writes for no value, not an id`;
  return undefined;
}

/**
 * Whether all of a file's client_account_ids are whole numbers with `.0` behind: cells go in as they come, and only the
 * whole column tells, so it is asked at the end. Keeps no cell.
 */
export class DecimalIds {
  readonly #at: number;
  readonly #rules: IdRules;
  readonly #leaveAlone: readonly string[];
  #hasOne = false;
  #hasOther = false;

  constructor(reading: Reading) {
    this.#at = reading.columns.indexOf("client_account_id");
    this.#rules = idRulesOf(reading);
    this.#leaveAlone = reading.forms?.leaveAlone ?? [];
  }

  add(cells: readonly string[] | null): void {
    if (this.#hasOther || this.#at < 0) return;
    const text = cells?.[this.#at]?.trim() ?? "";
    if (text === "" || this.#leaveAlone.includes(text)) return;
    if (DECIMAL.test(text) && !this.#rules?.allow?.test(text)) this.#hasOne = true;
    else this.#hasOther = true;
  }

  get isWholeColumn(): boolean {
    return this.#hasOne && !this.#hasOther;
  }
}
