/**
 * The one run that a beginning of an id means.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Run } from "../run.ts";

/** `found` are the first two. Throws FatalError `run_not_found` for a beginning that fits both. */
export function onlyRun(id: string, [first, second]: readonly Run[]): Run | undefined {
  if (first === undefined || second === undefined || first.id === id) return first;
  throw new FatalError("run_not_found", `"${id}" is ambiguous: ${first.id} and ${second.id} begin with it`, {
    hint: "give more of the id; tieout runs lists the runs",
  });
}
