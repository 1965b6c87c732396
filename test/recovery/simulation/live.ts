/**
 * Lives through one history on a machine of its own, and hears what breaks there unheard. Tells what came of it.
 */
import { History, type Told } from "./history.ts";
import type { Workshop } from "./machine.ts";
import type { Policy } from "./policy.ts";

export async function live(
  workshop: Workshop,
  seed: number,
  policy: Policy,
  tellLine: ((line: string) => void) | null = null,
): Promise<Told> {
  await using machine = await workshop.openMachine();
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
