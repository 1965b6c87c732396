/**
 * `tieout open`: lists the rows of all runs that ended short of agreement and have not come right since. Only looks.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { type ListedRow, OpenTally, renderListed, renderSums, wholeDays } from "../../report/open-tally.ts";
import { ownerWord } from "../../report/owner-word.ts";
import { isAccepted, type OpenRow, walkOpen } from "../../run/open-rows.ts";
import { withFileColumn } from "../../run/report/with-file-column.ts";
import { checkJob } from "../find-run.ts";
import type { Session } from "../session.ts";

export interface OpenFlags {
  readonly job?: string;
  readonly limit: number;
}

export async function openCommand(session: Session, { job, limit }: OpenFlags): Promise<ExitCode> {
  await using ledger = await (await session.ledger()).openSnapshot();
  await checkJob(ledger, job);
  const nowMs = ledger.nowMs();
  const tally = new OpenTally(limit);
  for await (const row of walkOpen(ledger, { bank: null, job: job ?? null })) {
    if (isAccepted(row, nowMs)) tally.accepted += 1;
    else tally.add(listed(row, nowMs));
  }
  const sums = tally.sums();
  session.say({ event: "open", ...sums }, renderSums(sums));
  const rows = tally.oldest();
  for (const row of rows) session.say({ event: "open_row", ...row }, renderListed(row));
  return EXIT.done;
}

function listed({ original, job, last, word, issue, accountId, key }: OpenRow, nowMs: number): ListedRow {
  const code = issue?.code ?? "internal_error";
  const column = issue && withFileColumn(issue, last.reading).column;
  const named = [issue?.bankCode, column].filter(Boolean).join(" in ");
  return {
    run: original.run,
    row: original.row,
    job,
    word,
    code,
    cause: `${word}: ${code}${named === "" ? "" : ` (${named})`}`,
    owner: ownerWord(code),
    account: accountId ?? (key === null ? null : key.slice(key.indexOf(":") + 1)),
    since: new Date(original.sinceMs).toISOString(),
    days: wholeDays(original.sinceMs, nowMs),
    lastRun: last.run,
    lastRow: last.row,
  };
}
