/**
 * The tables of a ledger in PostgreSQL, to copy from or to.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { PostgresAddress } from "../postgres/address.ts";
import { ServerClock } from "../postgres/clock.ts";
import { TO_WRITE } from "../postgres/database.ts";
import { numbered } from "../postgres/numbered.ts";
import { openPostgresDatabase } from "../postgres/open-database.ts";
import { type Cells, type ListedColumn, type OpenTables, quoted, type Table, tablesOf } from "./open-tables.ts";

interface PgColumn extends ListedColumn {
  readonly type: string;
  /** Whether the database gives it a number of its own where a row has none. */
  readonly counts: boolean;
}

const LIST = `SELECT t.relname AS "table", a.attname AS name, format_type(a.atttypid, NULL) AS type, a.attidentity <> '' AS counts,
    array_position(i.indkey::smallint[], a.attnum) + 1 AS key
  FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
  WHERE t.relnamespace = to_regnamespace(current_schema()::text) AND t.relkind = 'r' AND NOT t.relname = ANY($1)
  ORDER BY t.relname, a.attname`;

/** The database's own: its version, and what processes that work at once agree on. That begins anew. */
const NOT_COPIED = ["tieout_meta", "pace", "works", "chunks"];

/** Every write of a ledger looks at its leases first, under a lock that waits for this one. */
const LOCK = "LOCK TABLE leases IN EXCLUSIVE MODE";

/** Rejects with FatalError `ledger_unusable`, and with `ledger_failed` when the server cannot be reached or does not come to the lock. */
export async function openPostgresTables(address: PostgresAddress, mayBegin: boolean): Promise<OpenTables> {
  const { db } = await openPostgresDatabase(address, mayBegin);
  try {
    const clock = new ServerClock();
    await clock.measure(db);
    const sql = await db.open(TO_WRITE);
    // The other ledger may take its time.
    await sql.run("SET LOCAL idle_in_transaction_session_timeout = 0");
    await sql.run(LOCK);
    const listed = await sql.all<PgColumn>(LIST, NOT_COPIED);
    return {
      name: address.name,
      tables: tablesOf(listed),
      nowMs: () => clock.nowMs(),
      all: (text, ...values) => sql.all(numbered(text), ...values),
      async run(text, ...values) {
        await sql.run(numbered(text), ...values);
      },
      async insert(table, rows) {
        const own = listed.filter((column) => column.table === table.name);
        checkText(table, rows);
        await sql.run(insertInto(table, own), ...own.map((_, at) => rows.map((row) => row[at] ?? null)));
        // What is added later is numbered behind what is there.
        for (const { name } of own.filter(({ counts }) => counts)) await sql.run(countOn(table.name, name));
      },
      async commit() {
        await sql.run("COMMIT");
      },
      async [Symbol.asyncDispose]() {
        await sql[Symbol.asyncDispose]();
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

function insertInto({ name, columns }: Table, own: readonly PgColumn[]): string {
  const names = columns.map(({ sql }) => sql).join(", ");
  const arrays = own.map(({ type }, at) => `$${at + 1}::${type}[]`).join(", ");
  return `INSERT INTO ${quoted(name)} (${names}) OVERRIDING SYSTEM VALUE SELECT * FROM unnest(${arrays})`;
}

const countOn = (table: string, column: string) =>
  `SELECT setval(pg_get_serial_sequence('${table}', '${column}'), max(${quoted(column)})) FROM ${quoted(table)}`;

/** Throws FatalError `ledger_unusable` for the one character that PostgreSQL cannot hold. */
function checkText({ name, columns }: Table, rows: readonly Cells[]): void {
  for (const row of rows) {
    const at = row.findIndex((cell) => typeof cell === "string" && cell.includes("\0"));
    if (at < 0) continue;
    const message = `the table ${name} has the character U+0000 in its column ${columns[at]?.name}, which PostgreSQL cannot hold`;
    throw new FatalError("ledger_unusable", message, { hint: "stay with this ledger, and ask the Tieout maintainers" });
  }
}
