/**
 * What the environment variables say: the bank's address and credentials, the secrets, the log's level. Secrets are passed on and never printed.
 */
import { checkApiUrl } from "../bank/check-api-url.ts";
import { Secrets } from "../bank/secrets.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { isProgramName, PROGRAM_RULE } from "../program-name.ts";
import { ledgerPlace } from "./ledger-place.ts";
import { readNamedFile, type Variables } from "./read-named-file.ts";

export interface Environment {
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The secret as its file has it now; the last one that could be read while the file is away. Nothing for a secret of a variable. */
  readonly rereadSecret?: (() => string) | undefined;
  /** The program that the credentials are for, if LEAD_PROGRAM says it. */
  readonly program?: string | undefined;
}

export function readEnvironment(variables: Variables): Environment {
  const need = (name: string, what: string): string => {
    const value = variables[name]?.trim();
    if (value) return value;
    throw new FatalError("env_missing", `${name} is not set`, { hint: `set ${name} to ${what}` });
  };
  const apiUrl = checkApiUrl(variables.LEAD_API_URL ?? "");
  const clientId = need("LEAD_CLIENT_ID", "the client id from the bank");
  const secret = isSecretInFile(variables)
    ? readSecretFile(variables)
    : { clientSecret: need("LEAD_CLIENT_SECRET", "the client secret from the bank") };
  return {
    apiUrl,
    clientId,
    ...secret,
    program: readProgram(variables),
  };
}

/** Which of two would be the right one, nobody can know. */
function isSecretInFile({ LEAD_CLIENT_SECRET, LEAD_CLIENT_SECRET_FILE }: Variables): boolean {
  if (!LEAD_CLIENT_SECRET_FILE?.trim()) return false;
  if (!LEAD_CLIENT_SECRET?.trim()) return true;
  throw new FatalError("env_missing", "LEAD_CLIENT_SECRET and LEAD_CLIENT_SECRET_FILE are both set", {
    hint: "take one of them out",
  });
}

/** Read anew before each token, so that a secret which is replaced needs no restart. */
function readSecretFile(variables: Variables): Pick<Environment, "clientSecret" | "rereadSecret"> {
  const read = () => readNamedFile(variables, "LEAD_CLIENT_SECRET_FILE").trim();
  const clientSecret = read();
  let last = clientSecret;
  const rereadSecret = () => {
    try {
      last = read();
    } catch (error) {
      if (!(error instanceof FatalError)) throw error;
    }
    return last;
  };
  return { clientSecret, rereadSecret };
}

function readProgram({ LEAD_PROGRAM }: Variables): string | undefined {
  const program = LEAD_PROGRAM?.trim() || undefined;
  if (program === undefined || isProgramName(program)) return program;
  throw new FatalError("env_missing", "LEAD_PROGRAM cannot be the name of a program", { hint: PROGRAM_RULE });
}

/** Variables whose values are secrets. Some are read by others on their own: the AWS SDK, and `pg`. */
export const SECRET_VARIABLES = [
  "LEAD_CLIENT_SECRET",
  "LEAD_CLIENT_KEY_PASSPHRASE",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "PGPASSWORD",
];
const PROXY_NAMES = ["HTTPS_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

/** The secrets of bank, store, ledger and proxy, as variables have them. The bank's client adds one of a file, and its tokens. */
export function readSecrets(variables: Variables): Secrets {
  const secrets = new Secrets();
  for (const name of SECRET_VARIABLES) secrets.add(variables[name]?.trim() ?? "");
  for (const name of PROXY_NAMES) secrets.add(passwordOf(variables[name] ?? ""));
  const place = ledgerPlace(variables);
  if (place.kind === "database") secrets.add(place.address.password);
  return secrets;
}

function passwordOf(proxy: string): string {
  const password = URL.parse(proxy.includes("://") ? proxy : `http://${proxy}`)?.password ?? "";
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Throws FatalError `env_missing` for an unknown level. */
export function readLogLevel(variables: Variables, otherwise: LogLevel): LogLevel {
  const given = variables.TIEOUT_LOG_LEVEL?.trim();
  if (!given) return otherwise;
  const level = LOG_LEVELS.find((known) => known === given);
  if (level !== undefined) return level;
  throw new FatalError("env_missing", `TIEOUT_LOG_LEVEL is ${JSON.stringify(given)}, which is not a log level`, {
    hint: `set it to one of ${LOG_LEVELS.join(", ")}, or leave it out`,
  });
}
