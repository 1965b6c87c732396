/**
 * Which open changes of a run a phase has left, within a query: what its chunks are cut from.
 */
import type { Chunk } from "../chunks.ts";
import { isAccountKey, isClientKey } from "./change-keys.ts";
import { isUnplanned } from "./conditions.ts";

const IS_FOUND = "EXISTS (SELECT 1 FROM finds f WHERE f.run = c.run AND f.change = c.change)";

/** A condition on the change `c`. */
export const LEFT_OF_PHASE: Readonly<Record<Chunk["phase"], string>> = {
  find: `${isClientKey("c.key")} AND NOT ${IS_FOUND}`,
  plan: `${isUnplanned("c")} AND (${isAccountKey("c.key")} OR ${IS_FOUND})`,
  apply: "EXISTS (SELECT 1 FROM plans p WHERE p.run = c.run AND p.change = c.change)",
};
