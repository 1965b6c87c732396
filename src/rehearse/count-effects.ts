/**
 * Counts whether each operation took effect exactly once: compares the results with the stand-in's effects. Reads only.
 */

import type { Ledger } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import { walkResults } from "../run/pages.ts";
import type { SandboxEffect } from "../sandbox/state/journal.ts";
import { counted, grouped } from "../text/counted.ts";

export interface EffectCount {
  /** Operations that the results say took effect. */
  readonly applied: number;
  /** Operations that the results call unknown. */
  readonly unknown: number;
  readonly effects: number;
  /** Effects that no operation of the results accounts for. */
  readonly duplicates: number;
  /** Operations that the results call applied, without an effect. */
  readonly missing: number;
}

export async function countEffects(
  ledger: Ledger,
  runs: readonly Run[],
  effects: readonly SandboxEffect[],
): Promise<EffectCount> {
  const applied = new Map<string, number>();
  const unknown = new Map<string, number>();
  let [took, open, duplicates] = [0, 0, 0];
  for await (const { kind, accountId, key, state } of operationsOf(ledger, runs)) {
    if (state === "applied") {
      add(applied, nameOf(kind, accountId ?? ""), 1);
      took += 1;
    } else if (state === "unknown" || state === "sending") {
      // The id of an account that may have been made is not known, so its key is used.
      add(unknown, accountId === null ? key : nameOf(kind, accountId), 1);
      open += 1;
    }
  }
  for (const { kind, accountId, idempotencyKey } of effects) {
    const name = nameOf(kind, accountId);
    const isKnown = take(applied, name) || take(unknown, name) || take(unknown, idempotencyKey ?? "");
    if (!isKnown) duplicates += 1;
  }
  const missing = [...applied.values()].reduce((sum, left) => sum + left, 0);
  return { applied: took, unknown: open, effects: effects.length, duplicates, missing };
}

/** Each once, though several rows may share it. */
async function* operationsOf(ledger: Ledger, runs: readonly Run[]) {
  for (const run of runs) {
    const keys = new Set<string>();
    const pages = walkResults(ledger, run);
    for await (const page of pages) {
      for (const { accountId, operations } of page) {
        for (const { kind, key, state } of operations) {
          if (keys.has(key)) continue;
          keys.add(key);
          yield { kind, accountId, key, state };
        }
      }
    }
  }
}

function nameOf(kind: string, accountId: string): string {
  return `${kind} ${accountId}`;
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function take(counts: Map<string, number>, name: string): boolean {
  if ((counts.get(name) ?? 0) < 1) return false;
  add(counts, name, -1);
  return true;
}

/** As `exactly once: 31 operations applied by the results, 31 effects at the stand-in; 0 duplicates, 0 missing`. */
export function describeEffects({ applied, unknown, effects, duplicates, missing }: EffectCount): string {
  const verdict = duplicates + missing === 0 ? "exactly once" : "NOT exactly once";
  const said = `${counted(applied, "operation")} applied by the results${unknown === 0 ? "" : ` and ${grouped(unknown)} unknown`}`;
  const done = `${counted(effects, "effect")} at the stand-in`;
  return `${verdict}: ${said}, ${done}; ${counted(duplicates, "duplicate")}, ${grouped(missing)} missing`;
}
