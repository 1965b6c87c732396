/**
 * What a spreadsheet program could take for a formula, told sign by sign from lists: the opposite of what the product
 * does with one pattern, so that the one can judge the other.
 */

const SIGNS = new Set("=+-@＝＋－＠﹦﹢﹣﹫−‐‑‒–—―");
const CONTROLS = new Set("\t\r\n\0");
const UNSEEN = new Set("\u2800\u3164\u115f\u1160\uffa0\u034f\u00ad");

function isUnseen(sign: string): boolean {
  return sign.trim() === "" || UNSEEN.has(sign) || /^[\p{C}\p{Z}\p{Mn}]$/u.test(sign);
}

/** Whether a formula sign is the first thing to be seen, a plain negative number apart, or a control is the first at all. */
export function hasDangerousBeginning(cell: string): boolean {
  if (CONTROLS.has(cell.charAt(0))) return true;
  if (cell.startsWith("-") && /^\d+(\.\d+)?$/.test(cell.slice(1))) return false;
  for (const sign of cell) {
    if (!isUnseen(sign)) return SIGNS.has(sign);
  }
  return false;
}
