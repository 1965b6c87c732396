/**
 * Whether two values differ in form alone: text in its blanks, its letter case or its Unicode form, an instant in its
 * precision. Pure. A bank may keep what it is sent in a form of its own; nothing else that it keeps otherwise is a form.
 */
import { instantNs } from "../../instant.ts";

/** From whole seconds on; an instant without them is another one. */
const COARSEST_NS = 1_000_000_000n;

/** Equal but for blanks anywhere, letter case and Unicode form. */
export function sameText(one: string, other: string): boolean {
  return one === other || bare(one) === bare(other);
}

/** Whether one of the two is the other with some of its decimals cut off or rounded away. */
export function sameMoment(one: string, other: string): boolean {
  const [ours, theirs] = [instantNs(one), instantNs(other)];
  if (ours === undefined || theirs === undefined) return false;
  return isCoarserOf(ours, theirs) || isCoarserOf(theirs, ours);
}

function isCoarserOf(fine: bigint, coarse: bigint): boolean {
  for (let unit = 1n; unit <= COARSEST_NS; unit *= 10n) {
    if (coarse % unit !== 0n) return false;
    const isCut = fine - coarse >= 0n && fine - coarse < unit;
    const isRoundedUp = coarse - fine > 0n && (coarse - fine) * 2n <= unit;
    if (isCut || isRoundedUp) return true;
  }
  return false;
}

function bare(text: string): string {
  return text.normalize("NFKC").replace(/\s/gu, "").toUpperCase().toLowerCase().normalize("NFKC");
}
