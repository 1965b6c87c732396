/**
 * Where a ledger is, a file or a database, as TIEOUT_LEDGER or an argument says it; and the ledger there, opened. What PostgreSQL needs is
 * loaded for a database alone.
 */
import { dirname, join, resolve } from "node:path";
import { FatalError } from "../errors/fatal-error.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { isPostgresUrl, type PostgresAddress, parsePostgresUrl } from "../ledger/postgres/address.ts";
import { openSqliteLedger } from "../ledger/sqlite/open-ledger.ts";

interface LedgerFile {
  readonly kind: "file";
  readonly name: string;
  readonly path: string;
  /** Only the folder of the default path is made: a missing folder in a given path is a typo. */
  readonly isGiven: boolean;
}

interface LedgerDatabase {
  readonly kind: "database";
  /** Without the password. */
  readonly name: string;
  readonly address: PostgresAddress;
}

export type LedgerPlace = LedgerFile | LedgerDatabase;

/** For the default ledger, and for what a process keeps on disk beside a ledger in a database. */
const DEFAULT_FOLDER = ".tieout";

/** Throws FatalError `ledger_unusable` for what can be neither. */
export function ledgerPlace({ TIEOUT_LEDGER: given }: Readonly<Record<string, string | undefined>>): LedgerPlace {
  return given ? placeAt(given, "TIEOUT_LEDGER") : fileAt(join(DEFAULT_FOLDER, "ledger.sqlite"), false);
}

/** The same for a place that is `given` by a variable or an argument of that name. A URL may have a password, and is never printed. */
export function placeAt(given: string, by: string): LedgerPlace {
  if (isPostgresUrl(given)) {
    const address = parsePostgresUrl(given, by);
    return { kind: "database", name: address.name, address };
  }
  if (given.includes("://")) {
    throw new FatalError("ledger_unusable", `${by} is a URL, and not one of PostgreSQL`, {
      hint: "give the path of a file, or a URL like postgres://user@host:5432/database",
    });
  }
  if (given.endsWith("/")) {
    throw new FatalError("ledger_unusable", `${by} is a folder: ${given}`, {
      hint: `set ${by} to the ledger's file, such as ${given}ledger.sqlite`,
    });
  }
  return fileAt(given, true);
}

function fileAt(given: string, isGiven: boolean): LedgerFile {
  const path = resolve(given);
  return { kind: "file", name: path, path, isGiven };
}

/** Where working copies and rehearsals are kept. Beside a ledger in a file: the same disk, the same privacy. */
export function folderOf(place: LedgerPlace): string {
  return place.kind === "file" ? dirname(place.path) : resolve(DEFAULT_FOLDER);
}

/** The ledger that is there, or, where one may begin, a new one. */
export async function openLedgerAt(place: LedgerPlace, mayBegin: boolean, onBegin: () => void): Promise<Ledger> {
  if (place.kind === "database") {
    const { openPostgresLedger } = await import("../ledger/postgres/open-ledger.ts");
    return openPostgresLedger(place.address, { mayBegin, onBegin });
  }
  const begins = place.isGiven ? "in its folder" : "with its folder";
  return openSqliteLedger(place.path, { begins: mayBegin ? begins : "never", onBegin });
}
