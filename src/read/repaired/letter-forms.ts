/**
 * Whether a file that was opened or saved in another encoding made one text of the other. Proves it by the bytes: the same
 * bytes are the one text in one encoding and the other text in the other.
 */

/** What Excel saves in by default, by country; and what Macs had. */
const PAGES = [
  ...["windows-1252", "macintosh", "windows-1250", "windows-1251", "windows-1253", "windows-1254", "windows-1257"],
  ...["shift_jis", "gbk", "big5", "euc-kr"],
];

/** Those of one byte for each character, so that a text leads back to its bytes. */
const OPENED_AS = ["windows-1252", "macintosh", "windows-1250"];

/** As `MÃ¼ller`, `M?ller` or `MŸller` for `Müller`. */
export function isLettersForm(had: string, given: string): boolean {
  if (/^[\0-\x7f]*$/.test(had)) return false;
  if (had.normalize("NFC") === given.normalize("NFC")) return true;
  if (had.replace(/[^\0-\x7f]/gu, "?") === given || had.replace(/[^\0-\x7f]/g, "?") === given) return true;
  return OPENED_AS.some((page) => {
    const bytes = bytesOf(given, page);
    if (bytes === undefined) return false;
    return ["utf-8", ...PAGES].some((other) => other !== page && decode(bytes, other) === had);
  });
}

function decode(bytes: Uint8Array, page: string): string | undefined {
  try {
    return new TextDecoder(page, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const BYTES = new Map<string, ReadonlyMap<string, number>>();

/** Undefined when the page lacks one of the characters. */
function bytesOf(text: string, page: string): Uint8Array | undefined {
  const known = BYTES.get(page) ?? tableOf(page);
  BYTES.set(page, known);
  const bytes = [...text].map((character) => known.get(character));
  return bytes.includes(undefined) ? undefined : Uint8Array.from(bytes as number[]);
}

function tableOf(page: string): ReadonlyMap<string, number> {
  const decoder = new TextDecoder(page);
  return new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
}
