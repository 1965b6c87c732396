/**
 * A job's lease at its bank: claimed, and then seen to be still that bank's. Names are only given while no lease is held, so
 * what is seen under one stays as it is.
 */
import { leaseName } from "../ledger/run.ts";
import { chooseBank } from "./choose-bank.ts";
import type { RunContext } from "./context.ts";
import { type HeldLease, holdLease } from "./lease.ts";

/** Also keeps which client id is used for which bank. Throws FatalError as `holdLease` and `chooseBank` do. */
export async function holdJob(context: RunContext): Promise<HeldLease> {
  const { ledger, bankName, client, job, owner, clock } = context;
  const lease = await holdLease(ledger, leaseName(bankName, job.name), job.name, owner, clock);
  if (client === undefined) return lease;
  try {
    const { banks } = ledger.fencedBy(lease.current);
    const { apiUrl, program } = bankName;
    chooseBank(await banks.list(apiUrl), {
      apiUrl,
      clientId: client.id,
      program: client.isNamed ? program : undefined,
    });
    await banks.keep(bankName, client);
    return lease;
  } catch (error) {
    await lease[Symbol.asyncDispose]();
    throw error;
  }
}
