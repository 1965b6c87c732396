/**
 * The handle on several workers of one bank, each a process of its own, that keep to one pace on one ledger.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface PacedOrder {
  readonly ledgerUrl: string;
  readonly bankUrl: string;
  readonly requestsPerSecond: number;
  readonly burst: number;
}

export interface PacedTold {
  /** That were answered. */
  readonly calls: number;
  readonly reservations: number;
}

const PROCESS = fileURLToPath(new URL("paced-worker.ts", import.meta.url));

/** They begin at once when all are ready, and end when `act` has. */
export async function withPacedWorkers(
  count: number,
  order: PacedOrder,
  act: () => Promise<void>,
): Promise<readonly PacedTold[]> {
  const workers = Array.from({ length: count }, () =>
    fork(PROCESS, [JSON.stringify(order)], { stdio: ["ignore", "inherit", "inherit", "ipc"] }),
  );
  await Promise.all(workers.map(hear));
  const say = (what: string) => workers.map((worker) => worker.send(what));
  say("begin");
  await act();
  const told = Promise.all(workers.map(hear));
  say("end");
  return (await told) as PacedTold[];
}

/** What it says next; rejects when it ends without a word. */
async function hear(worker: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  const { signal } = over;
  try {
    const gone = once(worker, "exit", { signal }).then(([code]) => {
      throw new Error(`a worker ended with ${code}`);
    });
    return await Promise.race([once(worker, "message", { signal }).then(([message]) => message), gone]);
  } finally {
    over.abort();
  }
}
