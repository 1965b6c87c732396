/**
 * The Retry-After header as a wait. Takes header texts, gives milliseconds; reads no clock of its own.
 */

/** Nobody is made to wait longer than this, whatever the header says. */
export const LONGEST_RETRY_AFTER_MS = 300_000;

/**
 * Seconds (`120`) or an HTTP date (`Wed, 21 Oct 2025 07:28:00 GMT`), measured from the answer's own Date header when it
 * has one, since the two clocks may differ. At most 300 s; `undefined` when there is no header or it says neither.
 */
export function parseRetryAfter(
  value: string | undefined,
  date: string | undefined,
  nowMs: number,
): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - fallback(parseHttpDate(date), nowMs);
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), LONGEST_RETRY_AFTER_MS);
}

/** Milliseconds since 1970; NaN for anything but a date in GMT, which is all that HTTP allows. */
function parseHttpDate(text: string | undefined): number {
  return text?.trim().endsWith("GMT") === true ? Date.parse(text) : Number.NaN;
}

function fallback(ms: number, otherwiseMs: number): number {
  return Number.isNaN(ms) ? otherwiseMs : ms;
}
