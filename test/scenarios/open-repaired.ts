/**
 * A first run with rows to repair, and its failed.csv as a person has corrected it: what the scenarios of repaired rows begin with.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { type Desk, openDesk, type Told } from "../support/scenario.ts";

export const endsOf = ({ rows }: Told) => rows.map(({ result, result_code }) => `${result} ${result_code}`);

export async function failedOf({ summary }: Told): Promise<string> {
  return readFile(join(summary?.results ?? "", "failed.csv"), "utf8");
}

export interface Repaired extends AsyncDisposable {
  readonly bank: Sandbox;
  readonly desk: Desk;
  readonly failed: string;
}

export async function openRepaired(
  seed: SandboxSeed,
  file: string,
  correct: (failed: string) => string,
): Promise<Repaired> {
  const bank = await startSandbox({ seed: structuredClone(seed) });
  const desk = await openDesk();
  const failed = correct(await failedOf(await desk.run(bank, file, { name: "first.csv" })));
  return {
    bank,
    desk,
    failed,
    async [Symbol.asyncDispose]() {
      await bank.close();
      await desk[Symbol.asyncDispose]();
    },
  };
}
