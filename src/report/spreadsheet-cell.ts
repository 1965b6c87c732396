/**
 * One cell of the results in, the same cell out so that a spreadsheet program shows it and does nothing with it. Never
 * drops or changes a character of the cell: all that it adds is one apostrophe in front. The premise: the program
 * takes the comma for the separator, as the file does; one set to another may begin a cell in the middle of this one.
 */
import { isBooleanWord } from "../read/repaired/damage.ts";
import { mayBeMoment } from "../read/repaired/moment-forms.ts";
import { UNSEEN } from "../text/unseen.ts";

/**
 * What may come before the beginning that counts: invisible characters (controls, blanks, joiners, marks, fillers), the
 * quotes that a program may remove, and the brace of an array formula.
 */
const COVER = String.raw`[${UNSEEN}\p{Z}\p{M}'"{]*`;

/** Signs that begin a formula, every dash among them, since older encodings turn those into a hyphen; and any control. */
const FORMULA = String.raw`[=+@\u2212\p{Pd}\p{Cc}]`;
/** \\server\share, www., mailto: and scheme://, which become links once somebody edits the cell. */
const LINK = String.raw`\\\\|www\.|mailto:|[a-z][a-z\d+.-]*://`;
/** program|topic!item, with which a cell asks another program for its value. */
const DDE = String.raw`[a-z][\w.]*\|[^!]*!`;

const DANGEROUS = new RegExp(`^${COVER}(?:${FORMULA}|${LINK}|${DDE})`, "iu");

/** The only cells with a dangerous beginning that every program shows as they are. */
const NEGATIVE_NUMBER = /^-\d+(\.\d+)?$/;

/**
 * Puts an apostrophe in front of a cell that a program could take for a formula, a link or a call. A cell that begins
 * with an apostrophe before such a beginning gets one more, so that taking off one gives the original back in every case.
 */
export function formatSpreadsheetCell(cell: string): string {
  // Full-width, small and raised forms count as the plain ones. Decomposed, not composed: "=" before a combining slash
  // would become another sign.
  const plain = cell.normalize("NFKD");
  return DANGEROUS.test(plain) && !NEGATIVE_NUMBER.test(cell) ? `'${cell}` : cell;
}

/** A whole number that every program shows with all of its digits. */
const SMALL_NUMBER = /^(?:0|-?[1-9]\d{0,9})$/;
/** Begins as no number, date or formula does. */
const WORD = /^[\p{L}_[{"]/u;

/**
 * Puts an apostrophe in front of a cell that a program would write anew when it saves the file (a number with zeros in front,
 * a date, TRUE), besides those of formatSpreadsheetCell, and in front of every apostrophe. One taken off gives the cell back.
 */
export function formatKeptCell(cell: string): string {
  const isKept =
    cell === "" || SMALL_NUMBER.test(cell) || (WORD.test(cell) && !isBooleanWord(cell) && !mayBeMoment(cell));
  return isKept ? formatSpreadsheetCell(cell) : `'${cell}`;
}
