/**
 * What JSON text is searched for as text, since PostgreSQL's own functions refuse a text with U+0000 in it. Quotes within a string are
 * escaped, so that a member's name with its quotes is found nowhere else.
 */

/** What the text has where a member of that name is that string. */
export function jsonMember(name: string, value: string): string {
  return `"${name}":${JSON.stringify(value)}`;
}

/** What it has where the member's string begins so. */
export function jsonMemberBeginning(name: string, value: string): string {
  return jsonMember(name, value).slice(0, -1);
}
