/**
 * The caps: at most so many reads and so many writes in flight at once. Wraps a Transport; a call that waits for its
 * turn, for the pace or for another attempt holds no place.
 */
import pLimit from "p-limit";
import type { Transport } from "./transport.ts";

export interface Caps {
  readonly reads: number;
  readonly writes: number;
}

export function withCaps(transport: Transport, caps: Caps): Transport {
  const reads = pLimit(caps.reads);
  const writes = pLimit(caps.writes);
  return (request) => (request.call === "read" ? reads : writes)(() => transport(request));
}
