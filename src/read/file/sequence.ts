/**
 * Names of files against a job's pattern: whether they fit, the sequence in them, and which of two comes first. Pure.
 */

/** The pattern's match in the key. With the flags g and y a RegExp would remember where its last match ended. */
function matchKey(key: string, pattern: RegExp): RegExpExecArray | null {
  const { source, flags, global, sticky } = pattern;
  return (global || sticky ? new RegExp(source, flags.replace(/[gy]/g, "")) : pattern).exec(key);
}

export function fitsPattern(key: string, pattern: RegExp): boolean {
  return matchKey(key, pattern) !== null;
}

/** What the pattern's group `sequence` captures in the key, if anything. */
export function sequenceOf(key: string, pattern: RegExp): string | undefined {
  return matchKey(key, pattern)?.groups?.sequence;
}

/** What the pattern's group `date` captures in the key, if anything. */
export function dateOf(key: string, pattern: RegExp): string | undefined {
  return matchKey(key, pattern)?.groups?.date;
}

export function isNumericSequence(sequence: string): boolean {
  return /^[0-9]+$/.test(sequence);
}

/** Numbers by value, then texts, then files without one: were numbers mixed in among texts, the order would run in circles. */
export function compareSequences(a: string | undefined, b: string | undefined): number {
  const kind = (sequence: string | undefined) => (sequence === undefined ? 2 : isNumericSequence(sequence) ? 0 : 1);
  if (kind(a) !== kind(b)) return kind(a) - kind(b);
  if (a === undefined || b === undefined) return 0;
  if (kind(a) === 1) return compareText(a, b);
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
