/**
 * Others who write to the bank beside the jobs: they change what no row speaks of, or set back what a job has done. Never through
 * the product.
 */
import type { Bank } from "./bank.ts";
import type { Figures } from "./figures.ts";
import type { Load } from "./load.ts";
import type { Published } from "./oracle.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** Somebody changes accounts at the bank, in what no row speaks of. */
export function scheduleOtherWriter(world: World, { accounts }: Load, fate: Random, figures: Figures): void {
  for (const account of accounts) {
    if (!fate.chance(0.15)) continue;
    world.after(fate.spread(1, 3_600_000), () => {
      figures.strike("other writer");
      account.metadata = { ...account.metadata, other: "somebody" };
      account.updated_at = new Date(world.nowMs()).toISOString();
    });
  }
}

/** Somebody gives every account that `core` says to be as its row wants it another name; resolves with whose they are. */
export function setBack({ state }: Bank, { rows }: Load, published: Published | null): ReadonlySet<string> {
  const clients = new Set<string>();
  for (const [at, { client, cells }] of rows.core.entries()) {
    const isAgreed = ["applied", "unchanged"].includes(published?.lines[at]?.result ?? "");
    if (!isAgreed || cells.product_name === undefined) continue;
    for (const account of state.accounts.values()) {
      if (account.client_account_id !== client || account.status === "closed") continue;
      account.details = { ...account.details, product_name: "Set back" };
      clients.add(client);
    }
  }
  return clients;
}
