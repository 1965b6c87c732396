/**
 * Says which files a start leaves for a later one, as a run before them is to be seen to first: what that run came to says nothing of them.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Run } from "../../ledger/run.ts";
import { counted } from "../../text/counted.ts";
import { shownKey } from "../../text/shown-key.ts";
import type { RunContext } from "../context.ts";
import { type FoundFile, findFiles } from "./find-files.ts";
import type { StartOptions } from "./start-job.ts";

/** One line; none where no file waits. */
export function tellWaiting({ progress }: RunContext, files: readonly FoundFile[], { id, file }: Run): void {
  const [first, ...others] = files;
  if (first === undefined) return;
  const more =
    others.length === 0 ? "" : `, as ${others.length === 1 ? "is" : "are"} ${counted(others.length, "file")} after it`;
  progress.note(
    `${shownKey(first.file.key)} is left for a later start${more}: run ${id} of ${shownKey(file.key)} is to be seen to first`,
  );
}

/** The same for a start that comes to no file at all. It takes none, and whether they can be listed is the next start's trouble. */
export async function tellAllWaiting(context: RunContext, options: StartOptions, run: Run): Promise<void> {
  try {
    tellWaiting(context, await findFiles(context, { ...options, kind: "plan" }), run);
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
  }
}
