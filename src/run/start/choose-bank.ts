/**
 * Chooses the bank of the ledger that a start works at: by address and program, or by the client id if no program is given.
 * Whatever could make a second bank of a known one is refused before anything is sent. Pure.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { KnownBank } from "../../ledger/ledger.ts";
import { nearId } from "../../ledger/near-id.ts";
import type { BankName } from "../../ledger/run.ts";
import { shellWord } from "../../text/shell-word.ts";

export interface Asked {
  readonly apiUrl: string;
  readonly clientId: string;
  /** Undefined if neither the job nor the environment gives one. */
  readonly program: string | undefined;
}

/** `known` are the ledger's banks at that address. Throws FatalError `bank_unnamed` and `program_unclear`. */
export function chooseBank(known: readonly KnownBank[], asked: Asked): BankName {
  const { apiUrl, clientId, program = clientId } = asked;
  const own = known.find(({ bank }) => bank.program === program);
  const used = known.filter((one) => one !== own && one.isUsed);
  const another = used.find(({ clientIds }) => clientIds.includes(clientId));
  if (another !== undefined && (another.isNamed || own !== undefined)) {
    const canGiveOver = another.isNamed && asked.program !== undefined && own?.isNamed === true;
    throw ofAnother(another, asked, canGiveOver);
  }
  if (own !== undefined) return own.bank;
  if (used.length === 0) return { apiUrl, program };
  if (asked.program === undefined) throw newClient(used, asked);
  const unnamed = another ?? used.find(({ isNamed }) => !isNamed);
  if (unnamed !== undefined) throw unnamedBank(unnamed, program, apiUrl);
  const near = used.find(({ bank }) => nearId(bank.program) === nearId(program));
  if (near !== undefined) throw nearProgram(near, program);
  return { apiUrl, program };
}

/** The same words in every hint; the setting as a shell reads it. */
const set = (program: string) => `set LEAD_PROGRAM=${shellWord(program)}`;

/** `canGiveOver`: the program given is one that the ledger knows by name, so the client id may become that one's. */
function ofAnother({ bank }: KnownBank, { clientId, program }: Asked, canGiveOver: boolean): FatalError {
  const given = program === undefined ? "no program is given" : `the program given is ${program}`;
  const other = program === undefined ? "" : `, or use the credentials of ${program}`;
  const giveOver = `if they are those of ${program}, and ${bank.program} was a slip, type: tieout ledger name-bank ${shellWord(clientId)} ${shellWord(program ?? "")}`;
  return new FatalError(
    "program_unclear",
    `LEAD_CLIENT_ID (${clientId}) has been used for the program ${bank.program}, and ${given}`,
    { hint: `${set(bank.program)}, or program in the job${other}${canGiveOver ? `; or, ${giveOver}` : ""}` },
  );
}

function newClient(used: readonly KnownBank[], { clientId, apiUrl }: Asked): FatalError {
  const programs = used.map(({ bank }) => bank.program);
  const ways = programs.map(set).join(" or ");
  return new FatalError(
    "program_unclear",
    `LEAD_CLIENT_ID (${clientId}) is new to this ledger, which knows ${apiUrl} as ${programs.join(" and ")}, and no program is given`,
    { hint: `if only the credentials are new, ${ways}; if the program is another, set LEAD_PROGRAM to its name` },
  );
}

function unnamedBank({ bank }: KnownBank, program: string, apiUrl: string): FatalError {
  const before = shellWord(bank.program);
  return new FatalError(
    "bank_unnamed",
    `this ledger knows ${apiUrl} by the client id ${bank.program}, and not of which program that is`,
    {
      hint: `if it is ${program}, type: tieout ledger name-bank ${before} ${shellWord(program)}; if not, put the name of its own program in place of ${program}`,
    },
  );
}

function nearProgram({ bank }: KnownBank, program: string): FatalError {
  return new FatalError(
    "program_unclear",
    `the program ${program} is new to this ledger, and nearly the same as ${bank.program}, which it knows`,
    { hint: `${set(bank.program)}, or program in the job; or give the new program a name that differs more` },
  );
}
