/**
 * A ledger as the version before banks had programs has left it: every row that the ledger holds, in the tables of that
 * version, with the client id as the bank's name.
 */
import { rename } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { nearId } from "../../../src/ledger/near-id.ts";
import { APPLICATION_ID, MIGRATIONS } from "../../../src/ledger/sqlite/schema.ts";

/** Names in that version by those of the present one. */
const RENAMED: Readonly<Record<string, string>> = { client_id: "key_name" };

/** The ledger at `path`, which nobody has open, in its place. */
export async function makeVersionThree(path: string): Promise<void> {
  await rename(path, `${path}.present`);
  const old = new DatabaseSync(path);
  old.function("near_id", { deterministic: true }, (id) => nearId(String(id)));
  old.exec(MIGRATIONS.slice(0, 3).join("\n"));
  old.exec(`ATTACH '${path}.present' AS present`);
  const columnsOf = (schema: string, table: string) =>
    old
      .prepare("SELECT name FROM pragma_table_info(?, ?)")
      .all(table, schema)
      .map(({ name }) => String(name));
  const tables = old
    .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all();
  for (const { name } of tables) {
    const table = String(name);
    const columns = columnsOf("main", table);
    const present = columnsOf("present", table);
    const sources = columns.map((column) => (present.includes(column) ? column : RENAMED[column]));
    old.exec(`INSERT INTO main.${table} (${columns.join(", ")}) SELECT ${sources.join(", ")} FROM present.${table}`);
  }
  old.exec(`DETACH present; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 3`);
  old.close();
}
