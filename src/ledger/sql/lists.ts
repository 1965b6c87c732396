/**
 * Lists as a column has them.
 */

/** JSON text of a list; NULL for an empty one, which most are. */
export function encodeList(list: readonly unknown[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list);
}

/** The list of `encodeList`; the caller vouches for its type, having written it. */
export function decodeList<Item>(text: string | null): readonly Item[] {
  return text === null ? [] : (JSON.parse(text) as Item[]);
}
