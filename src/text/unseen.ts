/**
 * Characters that cannot be seen, as parts of a character class in a regular expression with the flag `u` or `v`. What to do
 * about them (refuse, name, escape, ignore) is for the caller.
 */

/** What a terminal acts on, or some reader takes for the end of a line. */
export const CONTROLS = String.raw`\p{Cc}\p{Cf}\p{Zl}\p{Zp}`;

/** What leaves no mark on paper, blanks of every kind and the plain space among them. */
export const UNSEEN = String.raw`\p{White_Space}\p{Default_Ignorable_Code_Point}\p{C}\u2800`;
