/**
 * `tieout diff`: shows the rows whose word or change differs between two runs. Only looks.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { type BankName, isSameBank, type Run } from "../../ledger/run.ts";
import { renderDiffCounts, renderDifferingRow } from "../../report/runs-diff.ts";
import { diffRuns } from "../../run/report/diff-runs.ts";
import { counted } from "../../text/counted.ts";
import { findRun } from "../find-run.ts";
import type { Session } from "../session.ts";

export async function diffCommand(session: Session, ids: readonly string[], most: number): Promise<ExitCode> {
  // Both at one moment: others may work on them meanwhile.
  await using ledger = await (await session.ledger()).openSnapshot();
  const [first, second] = [await findRun(ledger, ids[0] ?? ""), await findRun(ledger, ids[1] ?? "")];
  if (first.id === second.id)
    throw new FatalError("usage", `both are run ${first.id}`, { hint: "name two runs; tieout runs lists them" });
  const diff = await diffRuns(ledger, first, second, most);
  const { shown, ...counts } = diff;
  session.say(
    { event: "diff", first: first.id, second: second.id, ...counts },
    renderDiffCounts(diff, [first.id, second.id]) + describeBanks(first, second),
  );
  for (const row of shown) session.say({ event: "differing", ...row }, renderDifferingRow(row));
  const more = diff.differing - shown.length;
  if (more > 0) session.say({ event: "more", rows: more }, `and ${counted(more, "more row")}`);
  return EXIT.done;
}

/** What is alike at two banks, such as a sandbox and the real one, says nothing of either. */
function describeBanks({ bank: one }: Run, { bank: other }: Run): string {
  const nameOf = ({ apiUrl, program }: BankName) => `${apiUrl} (program ${program})`;
  return isSameBank(one, other) ? "" : `\nthe runs are of two banks, ${nameOf(one)} and ${nameOf(other)}`;
}
