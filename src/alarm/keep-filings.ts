/**
 * After a start: files go to the archive and get their tags. Where that fails, the job has an alarm until it works; no run is any worse for it.
 */
import { FatalError } from "../errors/fatal-error.ts";
import { fileAway } from "../run/after/file-away.ts";
import type { RunContext } from "../run/context.ts";
import { counted } from "../text/counted.ts";
import { shownKey } from "../text/shown-key.ts";
import { clearAlarms, raiseAlarm } from "./raise-alarm.ts";

/** Never throws a FatalError: what is due stays due. */
export async function keepFilings(context: RunContext): Promise<void> {
  const { job, log, isRehearsal = false } = context;
  if ((job.archive === undefined && job.tag === undefined) || isRehearsal) return;
  try {
    const failed = await fileAway(context);
    if (failed === null) {
      await clearAlarms(context, ["not_archived"]);
      return;
    }
    const { error, run, files } = failed;
    const key = shownKey(run.file.key);
    const more = files > 1 ? `, nor ${counted(files - 1, "other file")}` : "";
    const message = `${key} could not be archived or tagged${more}: ${error.message}`;
    const next = `${error.hint}; the next start of the job tries again`;
    log.warn(message, { job: job.name, run: run.id, code: error.code, next });
    await raiseAlarm(context, {
      kind: "not_archived",
      code: "not_archived",
      message,
      run: run.id,
      counts: { files },
      next,
    });
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    log.warn("files could not be archived or tagged now", { job: job.name, code: error.code, next: error.hint });
  }
}
