/**
 * What the environment says: the bank's address and credentials, and where the ledger lies. Values of secrets are handed
 * on and never shown.
 */
import { dirname, join, resolve } from "node:path";
import { checkApiUrl } from "../bank/open-bank.ts";
import { FatalError } from "../errors/fatal-error.ts";

export interface Environment {
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

export function readEnvironment(variables: Variables): Environment {
  const need = (name: string, what: string): string => {
    const value = variables[name]?.trim();
    if (value) return value;
    throw new FatalError("env_missing", `${name} is not set`, { hint: `set ${name} to ${what}` });
  };
  return {
    apiUrl: checkApiUrl(variables.LEAD_API_URL ?? ""),
    clientId: need("LEAD_CLIENT_ID", "the client id that the bank gave you"),
    clientSecret: need("LEAD_CLIENT_SECRET", "the client secret that the bank gave you"),
  };
}

export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Throws FatalError `env_missing` for a word that is no level. */
export function readLogLevel(variables: Variables, otherwise: LogLevel): LogLevel {
  const given = variables.TIEOUT_LOG_LEVEL?.trim();
  if (!given) return otherwise;
  const level = LOG_LEVELS.find((known) => known === given);
  if (level !== undefined) return level;
  throw new FatalError("env_missing", `TIEOUT_LOG_LEVEL is ${JSON.stringify(given)}, which is no level of the log`, {
    hint: `set it to one of ${LOG_LEVELS.join(", ")}, or leave it out`,
  });
}

export function ledgerPath(variables: Variables): string {
  return resolve(variables.TIEOUT_LEDGER || join(".tieout", "ledger.sqlite"));
}

/** Working copies are beside the ledger: the same disk, the same privacy. Each process has a folder of its own there. */
export function workPlace(ledger: string): string {
  return dirname(ledger);
}
