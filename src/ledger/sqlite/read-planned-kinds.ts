/**
 * What is planned of changes, in short, from SQLite: a page at a time.
 */
import type { PlannedKinds } from "../../report/plan-tally.ts";
import type { Page } from "../page.ts";
import type { Run } from "../run.ts";
import { decodePlannedKinds, listPlannedKinds, type PlannedKindsShape } from "../sql/planned-kinds.ts";
import { CLEARS_DOCUMENTS } from "./guards.ts";
import type { SqliteStore } from "./store.ts";

const LIST = listPlannedKinds(CLEARS_DOCUMENTS, ["?1", "?2", "?3"]);

export function readPlannedKinds({ db }: SqliteStore, run: Run, { after, limit }: Page): readonly PlannedKinds[] {
  return db.all<PlannedKindsShape>(LIST, run.no, after, limit).map(decodePlannedKinds);
}
