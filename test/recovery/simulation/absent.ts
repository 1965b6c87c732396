/**
 * Accounts that a snapshot lacks: in some histories the first job's file is one, the bank has accounts that it does not name, and a person approves
 * that they are closed. Each must be closed once.
 */
import { FatalError } from "../../../src/errors/fatal-error.ts";
import type { JobInput } from "../../../src/job.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import type { BankName, Run } from "../../../src/ledger/run.ts";
import type { Summary } from "../../../src/report/summary.ts";
import type { RunContext } from "../../../src/run/context.ts";
import { approveGuard } from "../../../src/run/start/approve-guard.ts";
import { seedAccount } from "../../../src/sandbox/state/seed.ts";
import type { Bank } from "./bank.ts";

const NUMBERS = [1, 2, 3];
const idOf = (n: number) => `account_gone_${n}`;

export const SNAPSHOT_JOB: Partial<JobInput> = { mode: "snapshot", absent: { do: "close", reason: "canceled" } };

export const isPlanted = (id: string) => id.startsWith("account_gone_");

/** The bank has them, and the ledger knows them from an earlier day. */
export async function plantAbsent({ state }: Bank, ledger: Ledger, bank: BankName, nowMs: number): Promise<void> {
  for (const n of NUMBERS) {
    const account = seedAccount({ id: idOf(n), client_account_id: `gone-${n}` }, new Map(), nowMs);
    state.accounts.set(account.id, account);
  }
  const links = NUMBERS.map((n) => ({ clientAccountId: `gone-${n}`, accountId: idOf(n) }));
  await ledger.accounts.recordLinks(bank, links);
}

/** The run over the absent accounts, once there is one. */
async function findRun(ledger: Ledger, job: string): Promise<Run | undefined> {
  return (await ledger.runs.list(100, { job })).find(({ absentOf }) => absentOf !== undefined);
}

async function isHeld(ledger: Ledger, run: Run): Promise<boolean> {
  return (await ledger.guards.list(run)).some(({ guard, holding }) => guard === "absent" && holding > 0);
}

/** What a person does who has seen the results. */
export async function approveAbsent(context: RunContext): Promise<void> {
  const run = await findRun(context.ledger, context.job.name);
  if (run?.stage !== "ended" || !(await isHeld(context.ledger, run))) return;
  try {
    await approveGuard(context, run, { guard: "absent", max: NUMBERS.length, reason: "seen" });
  } catch (error) {
    // Another has approved it at the same time.
    if (!(error instanceof FatalError && error.code === "nothing_to_approve")) throw error;
  }
}

/** Whether the snapshot says that nothing is done: rows of its file may be of the accounts that it lacks. */
async function isLeft(ledger: Ledger, job: string): Promise<boolean> {
  const runs = await ledger.runs.list(100, { job });
  return runs.some(({ summary }) => summary !== null && (JSON.parse(summary) as Summary).snapshot?.notActed != null);
}

export async function isAbsentDone(ledger: Ledger, job: string): Promise<boolean> {
  const run = await findRun(ledger, job);
  if (run === undefined) return isLeft(ledger, job);
  return run.stage === "ended" && !(await isHeld(ledger, run));
}

/** Once the run has ended as many must be closed as its words say; before that they may be. */
export async function judgeAbsent({ state, effects }: Bank, ledger: Ledger): Promise<string[]> {
  const ids = NUMBERS.map(idOf);
  const wrongs = ids.flatMap((id) => {
    const kinds = effects.filter(({ accountId }) => accountId === id).map(({ kind }) => kind);
    return kinds.length > 1 ? [`${id}: close happened ${kinds.length} times, and may have 1 times`] : [];
  });
  const run = await findRun(ledger, "core");
  const isAny = ids.some((id) => state.accounts.get(id)?.status === "closed");
  if (run === undefined && isAny) return [...wrongs, "an absent account is closed, and no run was to do that"];
  if (run?.summary == null || !(await isAbsentDone(ledger, "core"))) return wrongs;
  const { words } = JSON.parse(run.summary) as Summary;
  const closed = ids.filter((id) => state.accounts.get(id)?.status === "closed").length;
  const said = words.applied + words.unchanged;
  if (
    said <= closed &&
    closed <= said + words.unknown &&
    said + words.unknown + words.failed + words.refused === ids.length
  )
    return wrongs;
  return [...wrongs, `${closed} absent accounts are closed, and the words are ${JSON.stringify(words)}`];
}
