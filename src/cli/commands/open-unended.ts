/**
 * What the ledger keeps of how far the schedule's starts are: that they have come to their end, or that this process stops before that, so
 * that the next one makes them again.
 */
import { placeOf } from "../../errors/describe-stack.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { RunContext } from "../../run/context.ts";
import { endSlot, leaveSlot } from "../../schedule/claim-slot.ts";
import type { Start, StartEnd } from "../../schedule/on-tick.ts";
import type { LoadedJob } from "../load-job.ts";
import { openContext } from "../open-context.ts";
import type { Session } from "../session.ts";

const NOT_KEPT =
  "the ledger cannot keep now how far the start has come; a schedule that begins within 6 hours of its slot makes it once more";

export interface Unended {
  /** The process has a slot, and is at its start. */
  readonly onBegun: (context: RunContext) => void;
  /** That start, known to be over once it has ended or failed. */
  readonly follow: (start: Start) => Start;
  /** As the schedule stops: starts that have not come to their end are for whoever comes next. Never rejects. */
  readonly leave: () => Promise<void>;
}

export function openUnended(session: Session, loaded: readonly LoadedJob[]): Unended {
  const { log, progress, signal } = session;
  /** By job. */
  const owners = new Map<string, string>();
  const leave = async (one: LoadedJob, owner: string) => {
    await using ledger = await session.openLedger();
    await leaveSlot(await openContext({ loaded: one, ledger, log, progress, signal }, session.workFolder()), owner);
  };
  return {
    onBegun: ({ job, owner }) => void owners.set(job.name, owner),
    follow: (start) => async (job) => {
      let end: StartEnd = "ended";
      try {
        end = await start(job);
        return end;
      } finally {
        if (end === "ended") owners.delete(job.name);
      }
    },
    async leave() {
      for (const one of loaded) {
        const owner = owners.get(one.job.name);
        if (owner !== undefined) await leave(one, owner).catch((error) => sayNotKept({ ...one, log }, error));
      }
    },
  };
}

/** The start has come to its end. Never rejects. */
export async function endStart(context: RunContext): Promise<void> {
  await endSlot(context).catch((error: unknown) => sayNotKept(context, error));
}

function sayNotKept({ job, log }: Pick<RunContext, "job" | "log">, error: unknown): void {
  const why = error instanceof FatalError ? { code: error.code } : { code: "internal", error: placeOf(error) };
  log.warn(NOT_KEPT, { job: job.name, ...why });
}
