/**
 * What several processes on one run must not have: mutants of how chunks are taken, given back and closed.
 */
import type { ChangeToApply, ChunksLedger, Ledger } from "../../../src/ledger/ledger.ts";
import type { SharedChunks } from "./chunks.ts";
import { overLedger } from "./over-ledger.ts";

/** The same change of how chunks are kept. */
function overChunks(ledger: Ledger, change: (chunks: ChunksLedger, inner: Ledger) => Partial<ChunksLedger>): Ledger {
  return overLedger(ledger, (inner) => ({
    chunks: inner.chunks && { ...inner.chunks, ...change(inner.chunks, inner) },
  }));
}

/** As many as PostgreSQL may let pass: whoever shares a lock with others need not wait for those who want it alone. */
const TRANSACTIONS_BEFORE = 5;

/**
 * A chunk is taken and its changes are read in one statement. In PostgreSQL that statement sees what was committed when it began, and then
 * waits for the transactions of whoever held the chunk: what these commit is not in what it reads.
 */
export function withReadingInTake(ledger: Ledger): Ledger {
  const seen = new Map<string, readonly ChangeToApply[]>();
  const nameOf = (run: { readonly id: string }, after: number) => `${run.id} ${after}`;
  const taking = overChunks(ledger, ({ begin, findStop }, { changes }) => ({
    async begin(run, no, owner) {
      const all = await changes.takeToApply(run, { after: 0, limit: Number.MAX_SAFE_INTEGER });
      for (let before = 0; before < TRANSACTIONS_BEFORE; before++) await findStop(run);
      const begun = await begin(run, no, owner);
      if (begun?.chunk.phase === "apply") {
        const { after, to } = begun.chunk;
        const ofChunk = all.filter(({ change }) => change > after && change <= to);
        seen.set(nameOf(run, after), ofChunk);
      }
      return begun;
    },
  }));
  return overLedger(taking, ({ changes }) => ({
    changes: {
      ...changes,
      async takeToApply(run, page) {
        const name = nameOf(run, page.after);
        const ofChunk = seen.get(name);
        seen.delete(name);
        return ofChunk ?? changes.takeToApply(run, page);
      },
    },
  }));
}

/** Who goes on with a run leaves the chunks open that others may still be at work on. */
export function withoutClosing(ledger: Ledger): Ledger {
  return overChunks(ledger, (chunks) => ({ async close() {}, open: (chunks as SharedChunks).openBeside }));
}

/** The last change of each chunk is left as it is, and the chunk ends all the same. */
export function withLeftovers(ledger: Ledger): Ledger {
  return overLedger(ledger, ({ changes }) => ({
    changes: {
      ...changes,
      takeToApply(run, page) {
        const isOfChunk = page.to !== undefined && page.limit > 1;
        return changes.takeToApply(run, isOfChunk ? { ...page, to: page.to - 1 } : page);
      },
    },
  }));
}
