/**
 * The queue by which the workers of a ledger share its runs; for a ledger in PostgreSQL, and loaded only when it is needed.
 */
import { hostname } from "node:os";
import { FatalError } from "../errors/fatal-error.ts";
import type { Log } from "../log.ts";
import type { ChunkQueue } from "../workers/chunk-queue.ts";
import type { LedgerPlace } from "./ledger-place.ts";

/** The queue's tables are in a schema beside the ledger's. */
export async function openQueue(place: LedgerPlace, log: Log): Promise<ChunkQueue> {
  const { ChunkQueue, address } = await loadQueue(place);
  return ChunkQueue.open({
    url: address.url,
    schema: `${address.schema}_queue`,
    owner: `${hostname()} pid ${process.pid}`,
    onError: (error) => log.warn("the queue of chunks has failed, and is tried again", { error: error.name }),
  });
}

/** Asks no server. Rejects with FatalError `ledger_unusable` for a ledger in a file, and where pg-boss is not installed. */
export async function loadQueue(place: LedgerPlace) {
  if (place.kind === "file") {
    throw new FatalError("ledger_unusable", `workers share a ledger in PostgreSQL, and this one is ${place.name}`, {
      hint: "set TIEOUT_LEDGER=postgres://user@host:5432/database; a ledger in a file is for one process at a time",
    });
  }
  const { ChunkQueue, loadBoss } = await import("../workers/chunk-queue.ts");
  await loadBoss();
  return { ChunkQueue, address: place.address };
}
