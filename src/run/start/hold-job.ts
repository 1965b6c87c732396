/**
 * Claims a job's lease at its bank, and then checks that the bank's name is still right. Banks are named only while no lease is
 * held, so what is checked under a lease stays true.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { KnownBank } from "../../ledger/ledger.ts";
import { shellWord } from "../../text/shell-word.ts";
import type { RunContext } from "../context.ts";
import { type HeldLease, holdLease } from "../lease.ts";
import { chooseBank } from "./choose-bank.ts";

/** Also keeps which client id is used for which bank. Throws FatalError as `holdLease`, `chooseBank` and `checkNew` do. */
export async function holdJob(context: RunContext): Promise<HeldLease> {
  const { ledger, bankName, client, job, owner, clock } = context;
  const lease = await holdLease(ledger, { bank: bankName, job: job.name }, owner, clock);
  if (client === undefined) return lease;
  try {
    const { banks } = ledger.fencedBy(lease.current);
    const { apiUrl, program } = bankName;
    const known = await banks.list(apiUrl);
    chooseBank(known, { apiUrl, clientId: client.id, program: client.isNamed ? program : undefined });
    await checkNew(context, known);
    await banks.keep(bankName, client);
    return lease;
  } catch (error) {
    await lease[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Warns of a program's first start beside others at its address: it shares nothing with them, so a mistyped name must be seen. Throws
 * FatalError `program_unclear` if the job has an unfinished run under another program, since what is in doubt there could be sent anew.
 */
async function checkNew({ ledger, bankName, job, log }: RunContext, known: readonly KnownBank[]): Promise<void> {
  const { apiUrl, program } = bankName;
  if (known.some(({ bank }) => bank.program === program)) return;
  const others = known.filter(({ isUsed }) => isUsed).map(({ bank }) => bank);
  for (const other of others) {
    const [run] = await ledger.runs.listUnfinished(other, job.name);
    if (run === undefined) continue;
    const message = `the program ${program} is new to this ledger, and run ${run.id} of job ${job.name} is not finished under the program ${other.program}`;
    throw new FatalError("program_unclear", message, {
      hint: `if they are one program, set LEAD_PROGRAM=${shellWord(other.program)}, or program in the job; if not, first resume or abandon that run with the credentials of ${other.program}`,
    });
  }
  if (others.length === 0) return;
  const names = others.map((other) => other.program).join(" and ");
  log.warn(
    `the program ${program} is new to this ledger, which knows ${apiUrl} as ${names}: it has none of their links and files`,
    {
      job: job.name,
    },
  );
}
