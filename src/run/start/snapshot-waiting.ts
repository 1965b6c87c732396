/**
 * Whether a file waits that knows better than a run over absent accounts who is absent: that run was stopped, or approved, before the file was
 * read. Reads files that the job does not know by their time alone, and changes nothing of them.
 */
import type { Run } from "../../ledger/run.ts";
import { layoutOf } from "../../read/layouts.ts";
import type { RunContext } from "../context.ts";
import { sourceOf } from "../sources.ts";
import { findFiles } from "./find-files.ts";
import { findKnown } from "./known-file.ts";
import { pinInput } from "./pin-input.ts";

/** A start as it is made every night. */
const NIGHTLY = { kind: "run", file: null, from: null, limit: null, again: null } as const;

/** False for a run of any other kind. */
export async function isSnapshotWaiting(context: RunContext, { absentOf }: Run): Promise<boolean> {
  const { job } = context;
  if (absentOf === undefined || job.mode !== "snapshot") return false;
  for (const { store, file } of await findFiles(context, NIGHTLY)) {
    if (!layoutOf(sourceOf(job, store.place, file.key)?.reads).mayBeSnapshot) continue;
    await using pinned = await pinInput(context, store, file);
    if ((await findKnown(context, pinned, NIGHTLY)) === null) return true;
  }
  return false;
}
