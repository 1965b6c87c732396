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

/** Whether TIEOUT_LEDGER means a database rather than a file. */
export function isPostgresUrl(place: string): boolean {
  return PROTOCOL.test(place);
}

/** Throws FatalError `ledger_unusable` for a URL that names no database. Never prints what stands before the `@`. */
export function parsePostgresUrl(text: string): PostgresAddress {
  const url = URL.parse(text.trim());
  if (url === null) throw unusable("TIEOUT_LEDGER is not a URL that can be read", `write it as ${EXAMPLE}`);
  if (url.pathname.length < 2 || url.pathname.slice(1).includes("/"))
    throw unusable("TIEOUT_LEDGER names no database", `write it as ${EXAMPLE}`);
  const schema = url.searchParams.get("schema") ?? DEFAULT_SCHEMA;
  if (!SCHEMA.test(schema))
    throw unusable(
      "the schema in TIEOUT_LEDGER cannot be used",
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
    password: decodeURIComponent(url.password),
    options,
  };
}

function unusable(message: string, hint: string): FatalError {
  return new FatalError("ledger_unusable", message, { hint });
}
