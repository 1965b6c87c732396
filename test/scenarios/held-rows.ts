/** What scenarios of held rows look at: the run that holds them, and what each of its rows is told. */
import type { Run } from "../../src/ledger/run.ts";
import type { Desk } from "../support/scenario.ts";

export async function runOf({ ledger }: Desk, id = "last"): Promise<Run> {
  const run = await ledger.runs.find(id);
  if (run === undefined) throw new Error("no run");
  return run;
}

/** As `held guard`, or `applied`. */
export const toldOf = (rows: readonly Readonly<Record<string, string>>[]) =>
  rows.map(({ result, result_code }) => `${result} ${result_code}`.trim());
