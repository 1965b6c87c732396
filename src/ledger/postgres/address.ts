/**
 * Where a ledger in PostgreSQL is, as TIEOUT_LEDGER says it: a URL, as every program of PostgreSQL takes it, and the schema in it.
 */
import { FatalError } from "../../errors/fatal-error.ts";

export interface PostgresAddress {
  /** For `pg`; with the password, so for nobody else. */
  readonly url: string;
  readonly schema: string;
  /** The URL as messages show it, without the password. */
  readonly name: string;
  /** "" for none. */
  readonly password: string;
  /** Settings of the server for each connection, which the URL may give. */
  readonly options: string;
}

const PROTOCOL = /^postgres(ql)?:/i;
const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/;
const DEFAULT_SCHEMA = "tieout";
const EXAMPLE = "postgres://user@host:5432/database";

/** Whether the place of a ledger means a database rather than a file. */
export function isPostgresUrl(place: string): boolean {
  return PROTOCOL.test(place.trim());
}

/**
 * Throws FatalError `ledger_unusable` for a URL that names no database; `by` is the variable or argument that gives it. Never prints what
 * stands before the `@`.
 */
export function parsePostgresUrl(text: string, by = "TIEOUT_LEDGER"): PostgresAddress {
  const url = URL.parse(text.trim());
  const password = url && passwordOf(url);
  if (url === null || password === null)
    throw unusable(
      `${by} is not a URL that can be read`,
      `write it as ${EXAMPLE}; in a password, write / as %2F, @ as %40 and % as %25`,
    );
  // A password with a bare / or ? in it would be taken for a part of the name.
  if (!/^\/[^/@]+$/.test(url.pathname)) throw unusable(`${by} names no database`, `write it as ${EXAMPLE}`);
  const schema = url.searchParams.get("schema") ?? DEFAULT_SCHEMA;
  if (!SCHEMA.test(schema))
    throw unusable(
      `the schema in ${by} cannot be used`,
      "give it a name of small letters, digits and underscores, or leave it out",
    );
  const options = url.searchParams.get("options") ?? "";
  url.searchParams.delete("schema");
  url.searchParams.delete("options");
  const user = url.username === "" ? "" : `${url.username}@`;
  const ofSchema = schema === DEFAULT_SCHEMA ? "" : `?schema=${schema}`;
  return {
    url: url.href,
    schema,
    name: `postgres://${user}${url.host}${url.pathname}${ofSchema}`,
    password,
    options,
  };
}

/** In either of the places where `pg` looks for it; null when it cannot be decoded. */
function passwordOf({ searchParams, password }: URL): string | null {
  try {
    return searchParams.get("password") || decodeURIComponent(password);
  } catch {
    return null;
  }
}

function unusable(message: string, hint: string): FatalError {
  return new FatalError("ledger_unusable", message, { hint });
}
