/**
 * Files for starts: five accounts, four patches of them, and new accounts beside them.
 */
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";

export const SEED: SandboxSeed = {
  entities: [{ id: "entity_ann" }],
  accounts: Array.from({ length: 5 }, (_, i) => ({
    id: `account_${i + 1}`,
    client_account_id: `c${i + 1}`,
    relationships: { account_holder: ["entity_ann"] },
  })),
};
/** Eight accounts, without anything else. */
export const MANY = Array.from({ length: 8 }, (_, index) => `account_${index + 1}`);
export const SEED_OF_MANY: SandboxSeed = { accounts: MANY.map((id) => ({ id })) };
export const PATCHES = ["account_id,product_name", ...[1, 2, 3, 4].map((i) => `account_${i},New`), ""].join("\n");
export const CREATES = "client_account_id,capabilities,account_holders,product_name\n";
export const creates = (from: number, to: number) =>
  CREATES + Array.from({ length: to - from + 1 }, (_, i) => `n${from + i},deposit,entity_ann,Card\n`).join("");
