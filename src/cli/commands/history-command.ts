/**
 * `tieout history`: shows what the ledger has of one account over all runs, the latest first. Only looks.
 */
import { checkApiUrl } from "../../bank/check-api-url.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { BankName } from "../../ledger/run.ts";
import { renderAbsence, renderHistoryRow } from "../../report/history.ts";
import { readAbsences, readHistory } from "../../run/report/read-history.ts";
import { sayNear } from "../output/say-near.ts";
import type { Session } from "../session.ts";
import { sinceMs } from "../since-ms.ts";

export interface HistoryFlags {
  readonly since?: string;
  readonly limit: number;
}

export async function historyCommand(session: Session, id: string, flags: HistoryFlags): Promise<ExitCode> {
  const ledger = await session.ledger();
  const since = sinceMs(flags.since, ledger.nowMs());
  const bank = await findBank(ledger);
  const ids = await ledger.rows.readIds(bank, id);
  const { limit } = flags;
  let count = 0;
  for await (const row of readHistory(ledger, bank, ids, { sinceMs: since, limit: limit + 1 })) {
    count += 1;
    if (count <= limit) session.say({ event: "history", ...row }, renderHistoryRow(row));
  }
  if (count > limit) session.say({ event: "more", rows: null }, `and more: raise --limit ${limit}, or give --since`);
  for (const absence of await readAbsences(ledger, bank, ids)) {
    count += 1;
    session.say({ event: "absence", ...absence }, renderAbsence(absence));
  }
  if (count > 0) return EXIT.done;
  await sayNear(session, ledger.rows, bank, id);
  const when = flags.since === undefined ? "" : ` since ${new Date(since).toISOString()}`;
  throw new FatalError("row_not_found", `the ledger has no row about that account${when}, at ${nameOf(bank)}`, {
    hint: `${flags.since === undefined ? "" : "leave out --since, "}give its account_id or client_account_id as a file had it, or set LEAD_API_URL and LEAD_PROGRAM to another bank`,
  });
}

const nameOf = ({ apiUrl, program }: BankName) => `the bank ${apiUrl} (program ${program})`;

/** The bank that the environment names, as far as it does; of those, the one with the latest run. */
async function findBank({ banks, runs }: Ledger): Promise<BankName> {
  const { LEAD_API_URL: url = "", LEAD_PROGRAM: program = "", LEAD_CLIENT_ID: clientId = "" } = process.env;
  const last = await runs.find("last");
  if (last === undefined)
    throw new FatalError("row_not_found", "the ledger has no runs yet", { hint: "check TIEOUT_LEDGER" });
  if (url === "") return last.bank;
  const known = await banks.list(checkApiUrl(url));
  const meant = known.find(
    ({ bank, clientIds }) =>
      (program === "" || bank.program === program) &&
      (program !== "" || clientId === "" || clientIds.includes(clientId)),
  );
  if (meant !== undefined) return meant.bank;
  throw new FatalError("row_not_found", `the ledger has no run at ${url} with that program`, {
    hint: "check LEAD_API_URL, LEAD_PROGRAM, LEAD_CLIENT_ID and TIEOUT_LEDGER",
  });
}
