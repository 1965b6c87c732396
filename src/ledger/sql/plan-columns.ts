/**
 * What is said of a plan beside its operations, as the columns of `plans` have it.
 */
import type { PlannedChange } from "../plans.ts";
import { encodeList } from "./lists.ts";

/** Notes, differences, seen, resolutions and product. */
export function planColumns({ verdict, differences, seen, resolutions, product }: PlannedChange) {
  const { word, issues } = verdict;
  const notes = word === null ? encodeList(issues) : null;
  const kept = word === "unchanged" ? null : seen;
  return [notes, encodeList(differences), kept, encodeList(resolutions), product] as const;
}
