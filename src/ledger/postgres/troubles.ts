/**
 * What an error of PostgreSQL or of the way to it means for whoever runs Tieout: a few words and the next step, by SQLSTATE
 * (postgresql.org/docs, "PostgreSQL Error Codes") or by the system's code.
 */
import { FatalError } from "../../errors/fatal-error.ts";

/** `gone`: the connection is lost, or never came about, so that another one may do better. `passing`: a later start may do better. */
export interface Trouble {
  readonly kind: "gone" | "passing" | "lasting";
  readonly what: string;
  readonly hint: string;
}

const AGAIN = "then start the job again; it continues from what is committed";

const gone = (what: string): Trouble => ({
  kind: "gone",
  what,
  hint: `see that the database is up and can be reached, ${AGAIN}`,
});
const passing = (what: string, first: string): Trouble => ({ kind: "passing", what, hint: `${first}, ${AGAIN}` });
const lasting = (what: string, hint: string): Trouble => ({ kind: "lasting", what, hint });

const LOST = gone("the connection to the database was lost");
const SILENT = gone("it does not answer");
const REFUSED = lasting("it refuses the user or the password", "correct TIEOUT_LEDGER, or set PGPASSWORD");

/** By SQLSTATE; the first two characters stand for their class. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  "08": LOST,
  // What a pooler says of the settings with which each connection begins.
  "08P01": lasting(
    "a connection pooler stands before the server",
    "set TIEOUT_LEDGER to the server itself: Tieout pools its connections",
  ),
  "25006": lasting("it is read-only", "set TIEOUT_LEDGER to the primary server"),
  "25P03": LOST,
  "28": REFUSED,
  "3D000": lasting("there is no such database", "correct TIEOUT_LEDGER, or make the database"),
  "40": passing("other transactions keep coming first", "wait until there are fewer"),
  "42501": lasting(
    "the user lacks a right there",
    "let the owner of the schema run Tieout, or grant the user its rights",
  ),
  "53100": passing("its disk is full", "make room there"),
  "53200": passing("it has no memory left", "give it more"),
  "53300": passing(
    "it accepts no more connections",
    "raise its max_connections or run fewer workers (9 connections each)",
  ),
  "55P03": passing("another process keeps a row locked", "end the process that holds it"),
  "57014": passing("it took longer than the server's statement_timeout", "set statement_timeout = 0 for the user"),
  "57P01": LOST,
  "57P02": LOST,
  "57P03": gone("the database is starting or stopping"),
  "57P05": LOST,
  "58": passing("its system fails it", "look into the server's log"),
  XX: passing("it is damaged, or fails within", "look into the server's log"),
};

/** Codes of the system for a server that cannot be reached, or not any more. */
const UNREACHABLE: Readonly<Record<string, Trouble>> = {
  ECONNREFUSED: gone("nothing listens there"),
  ENOTFOUND: lasting("its host is not known", "correct TIEOUT_LEDGER"),
  EAI_AGAIN: gone("its host is not known"),
  EHOSTUNREACH: gone("its host cannot be reached"),
  ENETUNREACH: gone("its host cannot be reached"),
  ETIMEDOUT: SILENT,
  ECONNRESET: LOST,
  EPIPE: LOST,
};

/** What `pg` itself says, without a code. */
const WORDS: readonly (readonly [pattern: RegExp, trouble: Trouble])[] = [
  [/timeout exceeded when trying to connect|Query read timeout|connection timeout/, SILENT],
  [/Connection terminated|Client has encountered a connection error|connection is closed/, LOST],
  [/^SASL: /, REFUSED],
  [/server does not support SSL/, lasting("it offers no TLS", "take sslmode out of TIEOUT_LEDGER")],
];

/** What is wrong with the server or the way to it; none for an error about the statement. */
export function troubleOf(error: unknown): Trouble | undefined {
  const cause = causeOf(error);
  if (cause === undefined) return undefined;
  const code = codeOf(cause);
  const said = WORDS.find(([pattern]) => pattern.test(cause.message))?.[1];
  return UNREACHABLE[code] ?? said ?? TROUBLES[code] ?? TROUBLES[code.slice(0, 2)];
}

/** Whether the connection is lost, or never came about. */
export function isGone(error: unknown): boolean {
  return troubleOf(error)?.kind === "gone";
}

/** Whether the server has broken the transaction off for another one: a deadlock, or a serialization failure. Nothing of it was done. */
export function isTransient(error: unknown): boolean {
  const cause = causeOf(error);
  return cause !== undefined && ["40001", "40P01"].includes(codeOf(cause));
}

/** The server's own error, if it was wrapped before. */
function causeOf(error: unknown): Error | undefined {
  const cause = error instanceof FatalError ? error.cause : error;
  return cause instanceof Error ? cause : undefined;
}

function codeOf(error: Error): string {
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" ? code : "";
}
