/**
 * Every question to pg-boss, so that troubles of its server are those of the ledger, which is on the same one.
 */
import { FatalError } from "../errors/fatal-error.ts";
import { troubleOf } from "../ledger/postgres/troubles.ts";

/** Rejects with FatalError `ledger_failed` for a trouble of the server or of the way to it. */
export async function askQueue<Answer>(act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === undefined) throw error;
    const { what, hint } = trouble;
    throw new FatalError("ledger_failed", `the queue of the workers failed: ${what}`, { hint, cause: error });
  }
}
