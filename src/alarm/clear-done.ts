/**
 * Clears the alarms of runs that leave nobody anything to do any more, whatever command has brought that about.
 */
import type { AlarmKind } from "../errors/alarm-kinds.ts";
import type { Word } from "../errors/words.ts";
import type { Alarm } from "../ledger/alarms.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import { isAccepted, walkOpen } from "../run/open-rows.ts";
import { clearAlarms, type DeskContext } from "./raise-alarm.ts";

/** The alarms that rows of a run raise, and the words of those rows. */
const WORDS_OF = {
  failed: ["failed", "unknown"],
  held: ["held"],
  repair: ["invalid", "refused"],
} as const satisfies Partial<Record<AlarmKind, readonly Word[]>>;

type RowsKind = keyof typeof WORDS_OF;
const KINDS = Object.keys(WORDS_OF) as RowsKind[];

/** Of those kinds: whatever has no open row since the run that raised it. Resolves with those that were cleared. */
export async function clearDone(desk: DeskContext, kinds: readonly AlarmKind[] = KINDS): Promise<readonly Alarm[]> {
  const { ledger, bankName: bank, job } = desk;
  let raised = await listRaised(desk, kinds);
  if (raised.length === 0) return [];
  // A run that is not at its end may have stopped for what no row shows.
  if ((await ledger.runs.listUnfinished(bank, job.name)).length > 0)
    raised = raised.filter(({ kind }) => kind !== "failed");
  const nowMs = ledger.nowMs();
  for await (const row of walkOpen(ledger, { bank, job: job.name })) {
    if (raised.length === 0) break;
    if (isAccepted(row, nowMs)) continue;
    const isAbout = ({ kind, fromNo }: RaisedByRows) =>
      row.original.no >= fromNo && WORDS_OF[kind].some((word) => word === row.word);
    raised = raised.filter((one) => !isAbout(one));
  }
  const cleared: Alarm[] = [];
  for (const { kind, subject } of raised) cleared.push(...(await clearAlarms(desk, [kind], subject)));
  return cleared;
}

/** An open alarm, with the number of the first run whose rows it is about. */
interface RaisedByRows {
  readonly kind: RowsKind;
  readonly subject: string;
  readonly fromNo: number;
}

async function listRaised(
  { ledger, bankName, job }: DeskContext,
  kinds: readonly AlarmKind[],
): Promise<readonly RaisedByRows[]> {
  const raised: RaisedByRows[] = [];
  const wanted = { bank: bankName, job: job.name, isOpen: true };
  for (const { kind, subject, run: id } of await ledger.alarms.list(wanted, 0, MOST_OPEN)) {
    const own = KINDS.find((one) => one === kind);
    const run = id === null || own === undefined || !kinds.includes(own) ? undefined : await ledger.runs.find(id);
    if (own !== undefined && run !== undefined) raised.push({ kind: own, subject, fromNo: await firstNo(ledger, run) });
  }
  return raised;
}

const MOST_OPEN = 1_000;

/** What was run again is open under the number of the run that it came from. */
async function firstNo({ runs, lineage }: Ledger, run: Run): Promise<number> {
  if (run.rerunOf === null && !run.byName) return run.no;
  const [origin] = await lineage.listOrigins(run, 1);
  return Math.min(run.no, (origin === undefined ? undefined : await runs.find(origin))?.no ?? run.no);
}
