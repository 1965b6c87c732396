/**
 * Characters that cannot be seen, as parts of a character class in a regular expression with the flag `u` or `v`. What to do
 * about them (refuse, name, escape, ignore) is for the caller.
 */

/** What a terminal acts on, or some reader takes for the end of a line. */
export const CONTROLS = String.raw`\p{Cc}\p{Cf}\p{Zl}\p{Zp}`;

/** What leaves no mark on paper, blanks of every kind and the plain space among them. */
export const UNSEEN = String.raw`\p{White_Space}\p{Default_Ignorable_Code_Point}\p{C}\u2800`;

const HIDDEN = new RegExp(String.raw`[[${UNSEEN}]--\u0020]`, "v");

/** As `; its character 2 is U+00A0, which cannot be seen`, of the first such character but a plain space; "" when there is none. */
export function tellUnseen(cell: string): string {
  const found = HIDDEN.exec(cell);
  if (found === null) return "";
  const place = [...cell.slice(0, found.index)].length + 1;
  return `; its character ${place} is U+${(found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}, which cannot be seen`;
}
