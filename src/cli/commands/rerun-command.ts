/**
 * `tieout rerun`: runs chosen rows of an earlier run again, from the ledger.
 */
import { settleAlarms } from "../../alarm/settle-alarms.ts";
import { ACCEPTABLE, type Code } from "../../errors/codes/codes.ts";
import type { ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { WORDS, type Word } from "../../errors/words.ts";
import type { NumberedCause } from "../../run/report/find-causes.ts";
import { type Accepted, rerunRows } from "../../run/start/rerun-rows.ts";
import { exitOf } from "../../run/start/start-job.ts";
import { findRun } from "../find-run.ts";
import { printEnd } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { tell } from "../tell.ts";
import { checkBank, loadJobOf, withContext } from "../with-context.ts";

export interface RerunFlags {
  only?: string;
  cause?: string;
  accept?: string;
  reason?: string;
}

export async function rerunCommand(session: Session, id: string, flags: RerunFlags): Promise<ExitCode> {
  const { words, accepted, causes } = choose(id, flags);
  const run = await findRun(await session.ledger(), id);
  return withContext(session, await loadJobOf(session, run), async (context) => {
    checkBank(context, run);
    const end = await rerunRows(context, run, words, accepted, causes);
    printEnd(session, context, end);
    await settleAlarms(context, [end]);
    await tell(context);
    return exitOf(end);
  });
}

/** The command line has either both of `accept` and `reason` or neither. */
function choose(
  id: string,
  { only, accept, cause, reason = "" }: RerunFlags,
): { words: readonly Word[]; accepted: Accepted | null; causes: readonly NumberedCause[] } {
  const causes = cause === undefined ? [] : listOf(cause).map(parseCause);
  const usual = causes.length > 0 ? WORDS.join(",") : "invalid,refused,failed";
  if (accept === undefined) return { words: listOf(only ?? usual).map(checkWord), accepted: null, causes };
  const codes = listOf(accept).map(checkAcceptable);
  const words = listOf(only ?? "held").map(checkWord);
  if (words.every((word) => word === "held")) return { words, accepted: { codes, reason }, causes };
  throw new FatalError("usage", "--accept releases only held rows", {
    hint: `start tieout rerun ${id} --only held --accept ${codes.join(",")} --reason "…"`,
  });
}

function listOf(text: string): string[] {
  return [...new Set(text.split(",").map((item) => item.trim()))];
}

/** As `3`, or `3@2` of publication 2. */
export function parseCause(text: string): NumberedCause {
  const [, no, renumbered] = /^([1-9]\d{0,5})(?:@([1-9]\d{0,8}))?$/.exec(text) ?? [];
  if (no !== undefined) return { no: Number(no), ...(renumbered !== undefined && { renumbered: Number(renumbered) }) };
  throw new FatalError("usage", `--cause ${text} is no number of a cause`, {
    hint: "give it as the summary has it, such as --cause 3",
  });
}

function checkWord(text: string): Word {
  const word = WORDS.find((known) => known === text);
  if (word !== undefined) return word;
  throw new FatalError("usage", `--only does not know ${JSON.stringify(text)}`, { hint: `use ${WORDS.join(", ")}` });
}

function checkAcceptable(text: string): Code {
  const code = ACCEPTABLE.find((known) => known === text);
  if (code !== undefined) return code;
  const message = `--accept does not take ${JSON.stringify(text)}`;
  throw new FatalError("usage", message, { hint: `it takes ${ACCEPTABLE.join(", ")}` });
}
