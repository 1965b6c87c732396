/**
 * What is said of a plan beside its operations, as the columns of `plans` have it.
 */
import type { PlannedChange } from "../plans.ts";
import { encodeList } from "./lists.ts";

/** Notes, differences, seen and resolutions. */
export function planColumns({ verdict, differences, seen, resolutions }: PlannedChange) {
  const { word, issues } = verdict;
  const notes = word === null ? encodeList(issues) : null;
  const kept = word === "unchanged" ? null : seen;
  return [notes, encodeList(differences), kept, encodeList(resolutions)] as const;
}
