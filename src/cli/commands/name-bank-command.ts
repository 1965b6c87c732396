/**
 * `tieout ledger name-bank`: gives a bank in the ledger its program's name. Asks the bank nothing.
 */
import { checkApiUrl } from "../../bank/check-api-url.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { KnownBank, Ledger } from "../../ledger/ledger.ts";
import { nearId } from "../../ledger/near-id.ts";
import { isProgramName, PROGRAM_RULE } from "../../program-name.ts";
import { auditEntry } from "../../run/audit-entry.ts";
import { shellWord } from "../../text/shell-word.ts";
import { readActor } from "../actor.ts";
import type { Session } from "../session.ts";

/**
 * `name` is a client id of the bank at LEAD_API_URL, or the program's name that it has. A second time it changes nothing. A client
 * id that was used for a mistyped program, and is given the name of another bank, becomes that one's.
 */
export async function nameBankCommand(session: Session, name: string, program: string): Promise<ExitCode> {
  if (!isProgramName(program))
    throw new FatalError("usage", `${JSON.stringify(program)} cannot be the name of a program`, { hint: PROGRAM_RULE });
  const apiUrl = checkApiUrl(process.env.LEAD_API_URL ?? "");
  const ledger = await session.ledger();
  const known = await ledger.banks.list(apiUrl);
  const own = findBank(known, name, apiUrl);
  const meant = known.find((one) => one !== own && one.isNamed && one.bank.program === program);
  if (meant !== undefined && own.isNamed && name !== own.bank.program)
    return giveOver(session, ledger, { id: name, from: own, to: meant });
  checkFree(known, own, program, apiUrl);
  const before = own.bank.program;
  if (!own.isNamed || before !== program)
    await audited(ledger, { apiUrl, before, program }).banks.name(own.bank, program, ledger.nowMs());
  const event = { event: "named", apiUrl, program, before, clientIds: own.clientIds };
  const text = `the bank at ${apiUrl} with the client id ${own.clientIds.join(", ")} is the program ${program}`;
  session.say(event, `${text}; set LEAD_PROGRAM=${shellWord(program)}, or program in its jobs`);
  return EXIT.done;
}

interface GivenOver {
  readonly id: string;
  readonly from: KnownBank;
  readonly to: KnownBank;
}

/**
 * What was done under the old program stays there. An unfinished run could not be continued with these credentials, so there must be none.
 */
async function giveOver(session: Session, ledger: Ledger, { id, from, to }: GivenOver): Promise<ExitCode> {
  const { apiUrl, program: before } = from.bank;
  const { program } = to.bank;
  const [run] = await ledger.runs.listUnfinished(from.bank, null);
  if (run !== undefined) {
    const message = `run ${run.id} of the program ${before} is not finished, so its client id ${id} stays with it`;
    throw new FatalError("usage", message, {
      hint: `with LEAD_PROGRAM=${shellWord(before)}, type: tieout resume ${run.id}; or: tieout abandon ${run.id} --reason "…"`,
    });
  }
  await audited(ledger, { apiUrl, before, program, clientId: id }).banks.keep(to.bank, { id, isNamed: true });
  const event = { event: "given_over", apiUrl, program, before, clientId: id };
  const text = `the client id ${id} is the program ${program}'s from now on, and no longer ${before}'s`;
  session.say(event, `${text}; set LEAD_PROGRAM=${shellWord(program)}, or program in its jobs`);
  return EXIT.done;
}

const audited = (ledger: Ledger, details: Readonly<Record<string, string>>) =>
  ledger.audited(auditEntry({ actor: readActor(), atMs: ledger.nowMs(), action: "ledger name-bank" }, { details }));

function findBank(known: readonly KnownBank[], name: string, apiUrl: string): KnownBank {
  const own = known.find(({ bank, clientIds }) => bank.program === name || clientIds.includes(name));
  if (own !== undefined) return own;
  const names = [...new Set(known.flatMap(({ bank, clientIds }) => [...clientIds, bank.program]))];
  throw new FatalError("usage", `the ledger has no bank ${name} at ${apiUrl}`, {
    hint:
      names.length === 0 ? "check LEAD_API_URL and TIEOUT_LEDGER" : `give one that it has there: ${names.join(", ")}`,
  });
}

/** A bank may not get a name that another bank of the address has, or that is easily confused with it. */
function checkFree(known: readonly KnownBank[], own: KnownBank, program: string, apiUrl: string): void {
  const taken = known.find(
    (one) => one !== own && (nearId(one.bank.program) === nearId(program) || one.clientIds.includes(program)),
  );
  if (taken === undefined) return;
  const message = `the ledger has another bank ${taken.bank.program} at ${apiUrl}, so no second one can be ${program}`;
  throw new FatalError("usage", message, { hint: "give another name" });
}
