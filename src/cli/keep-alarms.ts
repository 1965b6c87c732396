/**
 * Around a start of a job: its alarms are raised and cleared by how it ends.
 */
import { settleAlarms, settleError } from "../alarm/settle-alarms.ts";
import type { RunContext } from "../run/context.ts";
import type { FileEnd, StartOptions } from "../run/start/start-job.ts";

type Ends = readonly FileEnd[];

/** Of whole starts. What a person has named or narrowed is that person's: an error of it is no state of the job. */
export async function keepAlarms(context: RunContext, options: StartOptions, act: () => Promise<Ends>): Promise<Ends> {
  if (options.kind !== "run") return act();
  try {
    const ends = await act();
    await settleAlarms(context, ends, { isStart: true });
    return ends;
  } catch (error) {
    if (isWhole(options)) await settleError(context, error);
    throw error;
  }
}

const isWhole = ({ file, from, limit, again, selection }: StartOptions) =>
  file === null && from === null && limit === null && again === null && selection === undefined;
