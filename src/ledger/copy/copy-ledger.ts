/**
 * Copies a ledger into an empty one, table by table, and reads the copy back to compare. Then the first ledger is marked as moved: a bank's
 * calls are made once only while all of them are in one ledger.
 */
import { createHash } from "node:crypto";
import { FatalError } from "../../errors/fatal-error.ts";
import type { AuditHead, NewAuditEntry } from "../audit.ts";
import type { Lease } from "../run.ts";
import { ADD_ENTRY, FIND_HEAD, SET_HEAD, valuesBehind } from "../sql/audit-shape.ts";
import { FIND_MOVED, ledgerMoved, MOVED } from "../sql/moved.ts";
import { type Cell, type Cells, type OpenTables, quoted, type Table } from "./open-tables.ts";

export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
  /** Of every row's cells as JSON, a line for each, in the order of the primary key. */
  readonly sha256: string;
}

/** Rows that are in memory at once. */
const PAGE = 500;

/**
 * `entry` is of the copying itself, and is in the audit trails of both. Resolves once the copy is committed and the same as the source. Otherwise rejects and leaves the target empty: with FatalError `lease_held`
 * while a run is in progress, `ledger_moved` for a source that was moved before, `ledger_unusable` for a target that is not empty or cannot
 * hold a value, `ledger_failed` for a copy that differs.
 */
export async function copyLedger(
  source: OpenTables,
  target: OpenTables,
  entry: NewAuditEntry,
): Promise<readonly CopiedTable[]> {
  await checkEnds(source, target);
  const { values, head } = valuesBehind((await source.all<AuditHead>(FIND_HEAD))[0], entry);
  await source.run(ADD_ENTRY, ...values);
  await source.run(SET_HEAD, ...head);
  const copied: CopiedTable[] = [];
  for (const table of source.tables) copied.push(await copyTable(source, target, table));
  await markMoved(source, target);
  // The mark comes first: a process that is killed in between leaves one ledger that may be written, or none.
  await source.commit();
  try {
    await target.commit();
  } catch (cause) {
    const message = `nobody knows whether the copy in ${target.name} is committed`;
    throw new FatalError("ledger_failed", message, {
      hint: "type the same command again: it finishes the copy, or names it as complete",
      cause,
    });
  }
  return copied;
}

async function checkEnds(source: OpenTables, target: OpenTables): Promise<void> {
  const [moved] = await source.all<Pick<Lease, "owner">>(FIND_MOVED);
  if (moved !== undefined && moved.owner !== target.name) throw ledgerMoved(moved.owner);
  const nowMs = source.nowMs();
  const [held] = await source.all<HeldShape>("SELECT * FROM leases WHERE until > ? LIMIT 1", nowMs);
  if (held !== undefined) throw inProgress(held);
  for (const { name } of target.tables) {
    const [used] = await target.all(`SELECT 1 AS used FROM ${quoted(name)} LIMIT 1`);
    if (used === undefined) continue;
    if (moved !== undefined) throw ledgerMoved(moved.owner);
    throw new FatalError("ledger_unusable", `the ledger ${target.name} is in use already: its table ${name} has rows`, {
      hint: "name a new file, an empty database, or another schema of it, such as ?schema=tieout_2",
    });
  }
  // A move to the same place that was cut short.
  await source.run("DELETE FROM leases WHERE name = ?", MOVED);
}

async function copyTable(source: OpenTables, target: OpenTables, table: Table): Promise<CopiedTable> {
  const twin = target.tables.find(({ name }) => name === table.name);
  if (twin === undefined || namesOf(twin) !== namesOf(table))
    throw differs(table, target, "it has other columns there");
  const given = await readTable(source, table, (rows) => target.insert(twin, rows));
  const held = await readTable(target, twin, async () => {});
  if (given.rows !== held.rows)
    throw differs(table, target, `${given.rows} of it are given, and ${held.rows} are there`);
  if (given.sha256 !== held.sha256) throw differs(table, target, "the same number of rows, with other cells");
  return given;
}

const namesOf = ({ columns }: Table) => columns.map(({ name }) => name).join(" ");

/** Gives every row to `take`, a page at a time, and resolves with their number and digest. */
async function readTable(
  from: OpenTables,
  table: Table,
  take: (rows: readonly Cells[]) => Promise<void>,
): Promise<CopiedTable> {
  const digest = createHash("sha256");
  let count = 0;
  for (let after: Cells = []; ; ) {
    const rows = await readPage(from, table, after);
    if (rows.length === 0) return { table: table.name, rows: count, sha256: digest.digest("hex") };
    for (const row of rows) digest.update(`${JSON.stringify(row)}\n`);
    await take(rows);
    count += rows.length;
    const last = rows.at(-1) ?? [];
    after = table.key.map((key) => last[table.columns.findIndex(({ name }) => name === key)] ?? null);
  }
}

/** The rows after the one with that key; the first ones for none. */
async function readPage(from: OpenTables, { name, columns, key }: Table, after: Cells): Promise<readonly Cells[]> {
  const keys = key.map(quoted).join(", ");
  const where = after.length === 0 ? "" : `WHERE (${keys}) > (${after.map(() => "?").join(", ")})`;
  const selected = columns.map((column) => `${column.sql} AS ${quoted(column.name)}`).join(", ");
  const sql = `SELECT ${selected} FROM ${quoted(name)} ${where} ORDER BY ${keys} LIMIT ${PAGE}`;
  const rows = await from.all<Record<string, Cell>>(sql, ...after);
  return rows.map((row) => columns.map((column) => row[column.name] ?? null));
}

/** Whoever still believes that it works under a lease here finds that it does not. */
async function markMoved(source: OpenTables, target: OpenTables): Promise<void> {
  await source.run("UPDATE leases SET owner = '', until = 0");
  const sql = "INSERT INTO leases (name, owner, token, since, until) VALUES (?, ?, 1, ?, 0)";
  await source.run(sql, MOVED, target.name, source.nowMs());
}

interface HeldShape {
  readonly name: string;
  readonly owner: string;
  readonly since: number;
  readonly until: number;
}

function inProgress({ name, owner, since, until }: HeldShape): FatalError {
  const [job] = name.split(" ");
  const message = `job ${job} is in progress: ${owner} has run it since ${new Date(since).toISOString()}`;
  return new FatalError("lease_held", message, {
    hint: `wait for it to end; if that process is gone, the ledger is free at ${new Date(until).toISOString()}`,
  });
}

function differs({ name }: Table, target: OpenTables, how: string): FatalError {
  const message = `the copy in ${target.name} differs in the table ${name}: ${how}; nothing was copied`;
  return new FatalError("ledger_failed", message, { hint: "send this line to the Tieout maintainers" });
}
