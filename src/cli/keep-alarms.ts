/**
 * Around a start of a job: its alarms are raised and cleared by how it ends.
 */
import { sayTrouble } from "../alarm/deliver-notices.ts";
import { settleAlarms, settleError } from "../alarm/settle-alarms.ts";
import type { RunContext } from "../run/context.ts";
import type { FileEnd, StartOptions } from "../run/start/start-job.ts";

type Ends = readonly FileEnd[];

/** A start: calls `onEnd` for each file as it ends, and resolves with all of them. */
export type Acting = (onEnd: (end: FileEnd) => void) => Promise<Ends>;

/** Of whole starts. What a person has named or narrowed is that person's: an error of it is no state of the job. */
export async function keepAlarms(context: RunContext, options: StartOptions, act: Acting): Promise<Ends> {
  const met: FileEnd[] = [];
  const onEnd = (end: FileEnd) => void met.push(end);
  if (options.kind !== "run") return act(onEnd);
  try {
    const ends = await settleIfThrown(context, met, () => act(onEnd));
    await settleAlarms(context, ends, { isStart: true });
    return ends;
  } catch (error) {
    if (isWhole(options)) await settleError(context, error);
    throw error;
  }
}

/** An error of one file leaves those before it known, so that no later start says what became of them: their alarms are raised now. */
export async function settleIfThrown<Result>(
  context: RunContext,
  met: Ends,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (met.length > 0) await settleAlarms(context, met).catch((another: unknown) => sayTrouble(context, another));
    throw error;
  }
}

const isWhole = ({ file, from, limit, again, selection }: StartOptions) =>
  file === null && from === null && limit === null && again === null && selection === undefined;
