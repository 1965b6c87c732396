/**
 * Cells that hold no value but a sign that one is missing: what a spreadsheet shows for an error, and what databases and
 * programs write for nothing. A cell's text comes in, which of the two it is comes out.
 */

/** Excel's, Google's and LibreOffice's, in English and in the languages that translate them; and a cell too narrow for its number. */
const ERROR = String.raw`#(?:N/A(?: N/A)?|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!|EXTERNAL!|PYTHON!|TIMEOUT!|ERROR!|NV|BEZUG!|WERT!|ZAHL!|ÜBERLAUF!|N/D|VALEUR!|NOM\?|NOMBRE!|NUL!|RIF!|VALORE!|NOME\?|VALOR!|¡(?:REF|VALOR|NUM|DIV/0|NULO)!|¿NOMBRE\?)|#{3,}|Err:\d{3}`;

/** As a spreadsheet writes it, letter for letter: anything else may be meant. */
const ERROR_IN_TEXT = new RegExp(`^(?:${ERROR})$`, "u");
const ERROR_IN_ID = new RegExp(`^(?:${ERROR})$`, "iu");

/** SQL's own, and the one of its dumps: the only ones that no text is likely to be. */
const NULL_IN_TEXT = /^(?:NULL|\\N)$/;
/** No id is called so in any letter case. */
const NULL_IN_ID = /^(?:null|none|nil|nan|nat|n\/a|undefined|\\n|<null>|\(null\)|\[null\]|<na>|#null)$/i;

export type Marker = "error" | "null";

/** The marker that a cell of text is as a whole; blanks around it don't count. */
export function markerInText(cell: string): Marker | undefined {
  const text = cell.trim();
  return ERROR_IN_TEXT.test(text) ? "error" : NULL_IN_TEXT.test(text) ? "null" : undefined;
}

/** The marker in place of an id. */
export function markerInId(text: string): Marker | undefined {
  return ERROR_IN_ID.test(text) ? "error" : NULL_IN_ID.test(text) ? "null" : undefined;
}
