/** Makes a ledger of an older version from its dump, with the folder and the bank's address that it is to have now. */
import { readFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";

/** The folder and the bank in which the dumps were made, as they name them. */
export const MADE_IN = "/jobs/nightly";
export const MADE_AT = "http://127.0.0.1:40404";

type Renamed = Readonly<Record<string, string>>;

/** A dump, or a file beside one, by its path below this folder; `renamed` has what to put for what. */
export async function readFixture(path: string, renamed: Renamed = {}): Promise<string> {
  const text = await readFile(new URL(path, import.meta.url), "utf8");
  return Object.entries(renamed).reduce((all, [then, now]) => all.replaceAll(then, now), text);
}

export async function restoreLedger(path: string, dump: string, renamed: Renamed): Promise<void> {
  const db = new DatabaseSync(path);
  db.exec(await readFixture(dump, renamed));
  db.close();
}
