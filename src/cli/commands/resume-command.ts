/**
 * `tieout resume`: continues an unfinished run where it stopped. Takes no new file.
 */
import { settleAlarms } from "../../alarm/settle-alarms.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { RunContext } from "../../run/context.ts";
import { chooseBank } from "../../run/start/choose-bank.ts";
import { resumeUnderLease } from "../../run/start/resume-under-lease.ts";
import { exitOf, type FileEnd } from "../../run/start/start-job.ts";
import { readEnvironment } from "../environment.ts";
import { findUnfinished } from "../find-run.ts";
import { printEnd } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { stopAtMs } from "../stop-at.ts";
import { tell } from "../tell.ts";
import { checkBank, loadJobOf, withContext } from "../with-context.ts";

export interface ResumeFlags {
  limit?: number | null;
  whole?: boolean;
  stopAt?: string;
}

/** Continues the job's unfinished runs. Takes no new file. */
export async function resumeLeft(session: Session, context: RunContext): Promise<readonly FileEnd[]> {
  const ends: FileEnd[] = [];
  for (const run of await context.ledger.runs.listUnfinished(context.bankName, context.job.name)) {
    const end = run.waiting ? ({ kind: "waiting", run } as const) : await resumeUnderLease(context, run, null);
    printEnd(session, context, end);
    ends.push(end);
    if (end.kind !== "waiting" && exitOf(end) === EXIT.stopped) break;
  }
  return ends;
}

/** Without an id, or for `last`: continues the last unfinished run of this bank. A run that has ended stays as it is. */
export async function resumeCommand(session: Session, id: string | undefined, flags: ResumeFlags): Promise<ExitCode> {
  if (id === undefined || id === "last") {
    const last = await findLastUnfinished(await session.ledger());
    if (last !== undefined) return resumeOne(session, last, flags);
    session.say({ event: "nothing" }, "nothing to resume: every run at this bank has ended");
    return EXIT.done;
  }
  const run = await findUnfinished(session, id, "resume");
  return typeof run === "number" ? run : resumeOne(session, run, flags);
}

/** Without LEAD_PROGRAM the program may be in the job. So a new client id may belong to any bank at the address. */
async function findLastUnfinished({ banks, runs }: Ledger): Promise<Run | undefined> {
  const { apiUrl, clientId, program } = readEnvironment(process.env);
  const known = await banks.list(apiUrl);
  const own = known.filter(({ clientIds }) => clientIds.includes(clientId));
  const possible = (own.length > 0 ? own : known).map(({ bank }) => bank);
  const meant = program === undefined ? possible : [chooseBank(known, { apiUrl, clientId, program })];
  const unfinished = await Promise.all(meant.map((bank) => runs.listUnfinished(bank, null)));
  return unfinished
    .flat()
    .reduce<Run | undefined>((last, run) => (last === undefined || run.no > last.no ? run : last), undefined);
}

async function resumeOne(session: Session, run: Run, flags: ResumeFlags): Promise<ExitCode> {
  const { limit = null, whole = false } = flags;
  const until = stopAtMs(flags.stopAt);
  return withContext(session, await loadJobOf(session, run), async (context) => {
    checkBank(context, run);
    const within = { ...context, ...(until !== undefined && { stopAtMs: until }) };
    const end = await resumeUnderLease(within, run, limit, { isWhole: whole, byPerson: true });
    printEnd(session, context, end);
    await settleAlarms(context, [end]);
    await tell(context);
    return exitOf(end);
  });
}
