/**
 * Reads from the ledger what a plan would do, and what the job's last runs have done beside it.
 */
import type { Run } from "../../ledger/run.ts";
import { allowedOf } from "../../plan/guard-settings.ts";
import type { GuardKind } from "../../plan/operation.ts";
import { type Ahead, drawPage, type PlanPage } from "../../report/plan-page.ts";
import { PlanTally } from "../../report/plan-tally.ts";
import type { Summary } from "../../report/summary.ts";
import type { RunContext } from "../context.ts";
import { PAGE, walk } from "../pages.ts";
import { alikeFor } from "../sources.ts";

/** How many earlier runs say what is usual. */
const HISTORY = 30;

export async function readPage({ ledger, job }: RunContext, run: Run, ahead: Ahead | null): Promise<PlanPage> {
  const tally = new PlanTally();
  const planned = walk(
    (page) => ledger.changes.readPlannedKinds(run, page),
    ({ change }) => change,
    PAGE,
  );
  for await (const change of planned) tally.add(change);
  const before = await ledger.runs.listBefore(run, HISTORY, alikeFor(job, run.file));
  const history = before.flatMap(({ summary }) =>
    summary === null ? [] : [(JSON.parse(summary) as Summary).operations],
  );
  const accounts = await ledger.guards.countAccounts(run);
  const tripped = await ledger.guards.list(run);
  const allowed = (kind: GuardKind) => {
    const approval = tripped.find(({ guard, holding }) => guard === kind && holding === 0)?.approval;
    return approval?.max ?? allowedOf(job.guards, kind, accounts)?.allowed ?? null;
  };
  return drawPage(tally, { allowed, history, ahead });
}
