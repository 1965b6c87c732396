/**
 * Two nights of one job, each on a ledger of its own, with results in one place: what the tests of lost and restored ledgers begin with.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../../src/clock.ts";
import type { JobInput } from "../../../src/job.ts";
import type { RunContext } from "../../../src/run/context.ts";
import { type StartOptions, startJob } from "../../../src/run/start/start-job.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import type { Desk } from "../../support/scenario.ts";

export const CSV = [
  "client_account_id,capabilities,account_holders,product_name",
  "n1,deposit,entity_ann,Card",
  "n2,deposit,entity_ann,Card",
  "",
].join("\n");
const NOW = Date.UTC(2026, 0, 15);
export const OLD_RUN = "20251231-020000-abc123";
export const NEW_RUN = "20260115-000000-def456";

export const openBank = (options: SandboxOptions = {}) =>
  startSandbox({ seed: { entities: [{ id: "entity_ann" }] }, ...options });

/** A desk on 2026-01-15, whose results lie in `out`; the next run there gets that id. */
export function contextOf(
  desk: Desk,
  bank: Sandbox,
  [out, id]: readonly [string, string],
  job: Partial<JobInput> = {},
): RunContext {
  const ahead = NOW - systemClock.nowMs();
  return {
    ...desk.context(bank, { creates: "trusted", results: { folder: out }, ...job }),
    clock: { ...systemClock, nowMs: () => systemClock.nowMs() + ahead },
    newRunId: () => id,
  };
}

export async function startOn(context: RunContext, csv: string, options: Partial<StartOptions> = {}) {
  const file = join(context.workFolder, "..", "file.csv");
  await writeFile(file, csv);
  const [end] = await startJob(context, { kind: "run", file, from: null, limit: null, again: null, ...options });
  return end?.kind === "reported" ? end.summary : null;
}
