/**
 * The state of a stand-in in a file: what it holds and its spent idempotency keys, so that a later start continues where
 * this one ended. Written whole or not at all; tokens and the journal are never in it.
 */
import { randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import type { BankState } from "./bank-state.ts";
import type { IdempotencyKeys, SpentKey } from "./idempotency.ts";
import { parseSeedBy, seedSchema } from "./parse-seed.ts";
import type { SandboxSeed } from "./seed.ts";

export interface SavedState {
  readonly seed: SandboxSeed;
  readonly keys: readonly SpentKey[];
}

const spentKey = z.object({ key: z.string(), request: z.string(), at: z.number(), body: z.string() });
const stateSchema = seedSchema.extend({
  keys: z.array(spentKey, { error: "must be a list of spent keys" }).default([]),
});

/** The state in the file, undefined when there is no such file. Throws SeedError when it can't be used. */
export async function readStateFile(path: string): Promise<SavedState | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const { keys, ...seed } = parseSeedBy(stateSchema, text, path);
  return { seed: seed as SandboxSeed, keys };
}

/** Replaces the file, readable by its owner only. */
export async function writeStateFile(path: string, bank: BankState, keys: IdempotencyKeys): Promise<void> {
  const state = {
    entities: [...bank.entities.values()],
    applications: [...bank.applications.values()],
    accounts: [...bank.accounts.values()],
    keys: keys.listSpent(),
  };
  const draft = `${path}.${randomUUID()}.tmp`;
  await writeFile(draft, JSON.stringify(state), { flag: "wx", mode: 0o600 });
  await rename(draft, path);
}
