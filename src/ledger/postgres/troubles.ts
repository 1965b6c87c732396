/**
 * What an error of PostgreSQL or of the way to it means for whoever runs Tieout: a few words and the next step, by SQLSTATE
 * (postgresql.org/docs, "PostgreSQL Error Codes") or by the system's code.
 */
import { FatalError } from "../../errors/fatal-error.ts";

export interface Trouble {
  readonly what: string;
  readonly hint: string;
}

const AGAIN = "then start the job again; it continues from what is committed";
const GONE: Trouble = {
  what: "the connection to the database was lost",
  hint: `see that the database is up and can be reached, ${AGAIN}`,
};

/** By SQLSTATE; the first two characters stand for their class. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  "08": GONE,
  "57P01": GONE,
  "57P02": GONE,
  "57P05": GONE,
  "25P03": GONE,
  "57P03": { what: "the database is starting or stopping", hint: `wait until it is up, ${AGAIN}` },
  "28": { what: "it refuses the user or the password", hint: "correct TIEOUT_LEDGER, or PGPASSWORD" },
  "3D000": { what: "there is no such database", hint: "correct TIEOUT_LEDGER, or make the database" },
  "53100": { what: "its disk is full", hint: `make room there, ${AGAIN}` },
  "53200": { what: "it has no memory left", hint: `give it more, ${AGAIN}` },
  "53300": {
    what: "it accepts no more connections",
    hint: `raise its max_connections or run fewer workers (5 connections each), ${AGAIN}`,
  },
  "25006": { what: "it is read-only", hint: "set TIEOUT_LEDGER to the primary server" },
  "42501": {
    what: "the user lacks a right there",
    hint: "let the owner of the schema run Tieout, or grant the user its rights",
  },
  "55P03": { what: "another process keeps a row locked", hint: `end the process that holds it, ${AGAIN}` },
};

/** Codes of the system and of `pg` for a server that cannot be reached, or not any more. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "its host is not known",
  EAI_AGAIN: "its host is not known",
  EHOSTUNREACH: "its host cannot be reached",
  ENETUNREACH: "its host cannot be reached",
  ETIMEDOUT: "it does not answer",
  ECONNRESET: "the connection to the database was lost",
  EPIPE: "the connection to the database was lost",
};

/** What `pg` itself says, without a code, when a connection ends or does not come about. */
const ENDED = /Connection terminated|Client has encountered a connection error|connection is closed/;
const LATE = /timeout exceeded when trying to connect|Query read timeout|connection timeout/;

/** What is wrong with the server or the way to it; none for an error about the statement, or one that is a FatalError already. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (error instanceof FatalError || !(error instanceof Error)) return undefined;
  const code = codeOf(error);
  if (UNREACHABLE[code] !== undefined) return { ...GONE, what: UNREACHABLE[code] };
  if (ENDED.test(error.message)) return GONE;
  if (LATE.test(error.message)) return { ...GONE, what: "it does not answer" };
  return TROUBLES[code] ?? TROUBLES[code.slice(0, 2)];
}

/** Whether the connection is lost, or never came about, so that another one may do better. */
export function isGone(error: unknown): boolean {
  const cause = error instanceof FatalError ? error.cause : error;
  if (!(cause instanceof Error)) return false;
  const trouble = troubleOf(cause);
  return trouble !== undefined && (trouble.hint === GONE.hint || codeOf(cause) === "57P03");
}

/** Whether the server has broken the transaction off for another one: a deadlock, or a serialization failure. Nothing of it was done. */
export function isTransient(error: unknown): boolean {
  return error instanceof Error && ["40001", "40P01"].includes(codeOf(error));
}

function codeOf(error: Error): string {
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" ? code : "";
}
