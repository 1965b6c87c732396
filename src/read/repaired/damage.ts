/**
 * What a spreadsheet program makes of a cell when it opens a file and saves it again: the cell as it was and the cell as it
 * came back in, the kind of damage out. Pure.
 *
 * A cell counts as damaged only where a known rule of Excel, LibreOffice or Google Sheets leads from the one to the other,
 * in any language and with any separators. Whatever no rule leads to, a person has typed.
 */
import { isLettersForm } from "./letter-forms.ts";
import { isMomentForm } from "./moment-forms.ts";
import { isNumberForm } from "./number-forms.ts";

type IsForm = (had: string, given: string) => boolean;

/** In the order in which they are tried: a number comes before a date, since 1.50 may be the first of May as well. */
const FORMS = {
  blanks: isBlanksForm,
  apostrophe: isApostropheForm,
  boolean: isBooleanForm,
  number: isNumberForm,
  date: isMomentForm,
  letters: isLettersForm,
} satisfies Readonly<Record<string, IsForm>>;

export type Damage = keyof typeof FORMS;

/** Null for the same cell, and for one that no program makes of `had`. */
export function damageOf(had: string, given: string): Damage | null {
  if (had === given) return null;
  const forms = Object.entries(FORMS) as [Damage, IsForm][];
  const found = forms.find(([, isForm]) => isForm(had, given))?.[0];
  if (found !== undefined) return found;
  const plain = inAsciiDigits(given);
  if (plain === given) return null;
  return isNumberForm(had, plain) ? "number" : isMomentForm(had, plain) ? "date" : null;
}

/** The zeros of the digits that programs show in some countries, such as the Arabic and the Thai ones. */
const ZEROS = ["\u0660", "\u06f0", "\u0966", "\u09e6", "\u0e50", "\uff10"];

function inAsciiDigits(text: string): string {
  const digits = text.replace(/\p{Nd}/gu, (digit) => {
    const values = ZEROS.map((zero) => (digit.codePointAt(0) ?? 0) - (zero.codePointAt(0) ?? 0));
    const value = values.find((one) => one >= 0 && one <= 9);
    return value === undefined ? digit : String(value);
  });
  return digits.replaceAll("\u066b", ".").replaceAll("\u066c", ",");
}

/** Blanks around a cell are trimmed, and its line ends become those of the program (RFC 4180 leaves them free). */
function isBlanksForm(had: string, given: string): boolean {
  const plain = (text: string) => text.replace(/\r\n?/g, "\n").replaceAll("\u00a0", " ").trim();
  return plain(had) === plain(given);
}

/** LibreOffice and Excel show an apostrophe of a CSV file as text; Google Sheets takes it for the sign of text, and drops it. */
function isApostropheForm(had: string, given: string): boolean {
  return had === `'${given}` || given === `'${had}`;
}

/** Each program shows a boolean in capitals and in its own language. */
const TRUE = [
  "TRUE",
  "WAHR",
  "VRAI",
  "VERDADERO",
  "VERDADEIRO",
  "VERO",
  "WAAR",
  "SANT",
  "SAND",
  "PRAWDA",
  "TOSI",
  "ИСТИНА",
];
const FALSE = ["FALSE", "FALSCH", "FAUX", "FALSO", "ONWAAR", "FALSKT", "FALSK", "FAŁSZ", "EPÄTOSI", "ЛОЖЬ"];

/** Whether a program in some language takes the text for a boolean. */
export function isBooleanWord(text: string): boolean {
  const word = text.trim().toUpperCase();
  return TRUE.includes(word) || FALSE.includes(word);
}

function isBooleanForm(had: string, given: string): boolean {
  const word = had.trim().toLowerCase();
  const words = word === "true" ? TRUE : word === "false" ? FALSE : [];
  return words.includes(given.trim().toUpperCase());
}
