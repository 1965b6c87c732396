/**
 * The rows of a change in PostgreSQL. The first one bears the number of the change; the further ones are in the index of joined rows.
 */
import { instantOrder } from "../../instant.ts";
import type { Page } from "../ledger.ts";
import { decodeSource, type SourceShape } from "../sql/source.ts";
import type { Sql } from "./database.ts";

export const READ_ROWS_OF_CHANGE = `SELECT row, byte_offset, cells FROM rows WHERE run = $1 AND row = $2 AND row > $3
  UNION ALL SELECT row, byte_offset, cells FROM rows
  WHERE run = $1 AND change = $2 AND change <> row AND row > $3 ORDER BY row LIMIT $4`;

export const COUNT_JOINED = "SELECT count(*) AS counted FROM rows WHERE run = $1 AND change = $2 AND change <> row";

/** Rows of one query, and instants that are held at once. */
const ROWS_AT_ONCE = 5_000;
const INSTANTS_AT_ONCE = 250_000;
/** Instants at whole seconds, or days, differ by it in every way. */
const SOME_PRIME = 1_000_003n;

/** Sets columns of every row of the changes that `unnest` gives as `m`: of their first rows, and of the further ones. */
export function updatesOfRows(set: string, m: string): readonly string[] {
  return [
    `UPDATE rows SET ${set} FROM ${m} WHERE rows.run = m.run AND rows.row = m.change`,
    `UPDATE rows SET ${set} FROM ${m} WHERE rows.run = m.run AND rows.change = m.change AND rows.change <> rows.row`,
  ];
}

export async function readRowsOfChange(sql: Sql, run: number, change: number, { after, limit }: Page) {
  return (await sql.all<SourceShape>(READ_ROWS_OF_CHANGE, run, change, after, limit)).map(decodeSource);
}

/**
 * How many different instants the rows have in the cell at index `at`, every one of them counted. Rows of more than `most` are read several
 * times, each time for a part of the instants, so that memory is bounded.
 */
export async function countInstants(
  sql: Sql,
  run: number,
  change: number,
  at: number,
  most = INSTANTS_AT_ONCE,
): Promise<number> {
  const joined = (await sql.get<{ counted: number }>(COUNT_JOINED, run, change))?.counted ?? 0;
  const parts = Math.ceil((joined + 1) / most);
  const partOf = (instant: string) => (parts === 1 ? 0 : Number(BigInt(instant) % SOME_PRIME) % parts);
  let counted = 0;
  for (let part = 0; part < parts; part += 1) {
    const instants = new Set<string>();
    for await (const { cells } of everyRow(sql, run, change)) {
      const instant = instantOrder(cells?.[at]?.trim() ?? "");
      if (instant !== null && partOf(instant) === part) instants.add(instant);
    }
    counted += instants.size;
  }
  return counted;
}

async function* everyRow(sql: Sql, run: number, change: number) {
  for (let after = 0; ; ) {
    const page = await readRowsOfChange(sql, run, change, { after, limit: ROWS_AT_ONCE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.row;
  }
}
