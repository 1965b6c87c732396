/**
 * `tieout rerun`: runs chosen rows of an earlier run again, from the ledger.
 */
import { ACCEPTABLE, type Code } from "../../errors/codes/codes.ts";
import type { ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { WORDS, type Word } from "../../errors/words.ts";
import { type Accepted, rerunRows } from "../../run/start/rerun-rows.ts";
import { exitOf } from "../../run/start/start-job.ts";
import { findRun } from "../find-run.ts";
import { printEnd } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { checkBank, loadJobOf, withContext } from "../with-context.ts";

export interface RerunFlags {
  only?: string;
  accept?: string;
  reason?: string;
}

export async function rerunCommand(session: Session, id: string, flags: RerunFlags): Promise<ExitCode> {
  const { words, accepted } = choose(id, flags);
  const run = await findRun(await session.ledger(), id);
  return withContext(session, await loadJobOf(session, run), async (context) => {
    checkBank(context, run);
    const end = await rerunRows(context, run, words, accepted);
    printEnd(session, context, end);
    return exitOf(end);
  });
}

/** The command line has either both of `accept` and `reason` or neither. */
function choose(
  id: string,
  { only, accept, reason = "" }: RerunFlags,
): { words: readonly Word[]; accepted: Accepted | null } {
  if (accept === undefined) return { words: listOf(only ?? "invalid,refused,failed").map(checkWord), accepted: null };
  const codes = listOf(accept).map(checkAcceptable);
  const words = listOf(only ?? "held").map(checkWord);
  if (words.every((word) => word === "held")) return { words, accepted: { codes, reason } };
  throw new FatalError("usage", "--accept releases only held rows", {
    hint: `start tieout rerun ${id} --only held --accept ${codes.join(",")} --reason "…"`,
  });
}

function listOf(text: string): string[] {
  return [...new Set(text.split(",").map((item) => item.trim()))];
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
