/**
 * Lives through one history on a machine of its own, and hears what breaks there unheard. Tells what came of it.
 */
import type { DiskKind } from "./disk.ts";
import { History, type Told } from "./history.ts";
import type { Workshop } from "./machine.ts";
import type { Policy } from "./policy.ts";

export async function live(
  workshop: Workshop,
  seed: number,
  policy: Policy,
  tellLine: ((line: string) => void) | null = null,
  disk: DiskKind = seed % 3 === 2 ? "server" : "memory",
): Promise<Told> {
  // Only files can lose the last part of what was written to them.
  await using machine = await workshop.openMachine(policy.kept === undefined ? disk : "files");
  const history = new History(machine, seed, policy, tellLine);
  // A promise of the product's that rejects unheard ends its process.
  const hear = (reason: unknown) => history.unheard(reason);
  process.on("unhandledRejection", hear);
  try {
    return await history.live();
  } finally {
    process.off("unhandledRejection", hear);
  }
}
