/**
 * How many different moments the rows of one account name where the job says how the file writes them, so that the ledger cannot tell
 * from the cells alone. Pages of rows in, a number out.
 */
import { instantOrder } from "../instant.ts";
import type { ParsedRow } from "../read/change.ts";

/** Held at once. */
const INSTANTS_AT_ONCE = 250_000;
/** Moments at whole seconds, or days, differ by it in every way. */
const SOME_PRIME = 1_000_003n;

/** `rows` is how many there are. Many are read several times, each time for a part of the moments, so that memory is bounded. */
export async function countInstants(
  readPages: () => AsyncIterable<readonly ParsedRow[]>,
  rows: number,
  most = INSTANTS_AT_ONCE,
): Promise<number> {
  const parts = Math.ceil(rows / most);
  const partOf = (instant: string) => (parts === 1 ? 0 : Number(BigInt(instant) % SOME_PRIME) % parts);
  let counted = 0;
  for (let part = 0; part < parts; part += 1) {
    const instants = new Set<string>();
    for await (const page of readPages()) {
      for (const row of page) {
        const instant = row.kind === "desired" ? instantOrder(row.desired.effective_at ?? "") : null;
        if (instant !== null && partOf(instant) === part) instants.add(instant);
      }
    }
    counted += instants.size;
  }
  return counted;
}
