/**
 * The ledger: whether there is one, whether it can be written and lasts, and of which version it is. None is made and none is changed.
 */
import { existsSync } from "node:fs";
import { opendir } from "node:fs/promises";
import { dirname } from "node:path";
import { FatalError } from "../errors/fatal-error.ts";
import { nodeCode } from "../errors/node-code.ts";
import type { PostgresAddress } from "../ledger/postgres/address.ts";
import { inspectPostgresLedger } from "../ledger/postgres/open-database.ts";
import { SCHEMA_VERSION as POSTGRES_VERSION } from "../ledger/postgres/schema.ts";
import { checkFileSystem } from "../ledger/sqlite/checks.ts";
import { inspectSqliteLedger } from "../ledger/sqlite/inspect-ledger.ts";
import { checkFolder } from "../ledger/sqlite/place.ts";
import { SCHEMA_VERSION as SQLITE_VERSION } from "../ledger/sqlite/schema.ts";
import { asSize, checkDisk, nearestFolder } from "./disk.ts";
import { good, poor, type Remark } from "./finding.ts";

/** Where the ledger is, as TIEOUT_LEDGER says it. */
export type LedgerAt =
  | { readonly kind: "file"; readonly path: string; readonly isGiven: boolean }
  | { readonly kind: "database"; readonly name: string; readonly address: PostgresAddress };

/** Rejects with FatalError for a ledger that no run could use. */
export function checkLedger(place: LedgerAt): Promise<Remark[]> {
  return place.kind === "file" ? checkFile(place) : checkDatabase(place);
}

async function checkFile({ path, isGiven }: Extract<LedgerAt, { kind: "file" }>): Promise<Remark[]> {
  const folder = nearestFolder(dirname(path));
  // Off the main thread: a network disk that is gone answers never.
  const open = opendir(folder).then((opened) => opened.close());
  await open.catch((error: unknown) => {
    const message = `the folder ${folder} of the ledger cannot be read (${nodeCode(error)})`;
    throw new FatalError("ledger_unusable", message, { hint: "check TIEOUT_LEDGER and the folder's permissions" });
  });
  if (isGiven) checkFolder(path);
  checkFileSystem(path, existsSync(path) ? path : folder);
  const found = inspectSqliteLedger(path);
  const said =
    found === null
      ? good(`no ledger yet; the first tieout run begins one at ${path}`)
      : judgeVersion(`the ledger ${path} has ${asSize(found.bytes)}`, found.version, SQLITE_VERSION);
  return [said, ...(await checkDisk(folder, "the ledger"))];
}

async function checkDatabase({ name, address }: Extract<LedgerAt, { kind: "database" }>): Promise<Remark[]> {
  const { release, version, bytes } = await inspectPostgresLedger(address);
  const server = good(`PostgreSQL ${release} keeps what it has committed, and is reached without a pooler`);
  if (version === 0) return [good(`no ledger yet; the first tieout run begins one at ${name}`), server];
  return [judgeVersion(`the ledger ${name} has ${asSize(bytes)}`, version, POSTGRES_VERSION), server];
}

function judgeVersion(text: string, version: number, present: number): Remark {
  if (version === present) return good(`${text}, version ${version}`);
  return poor(
    `${text}, version ${version}; the next start brings it to version ${present}`,
    "make a copy of it first: an earlier Tieout cannot read it afterwards",
  );
}
