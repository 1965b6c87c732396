/**
 * Reads planned changes in PostgreSQL, a page at a time, each with its operations and all that applying them needs of the ledger.
 */
import type { ChangeToApply, Page } from "../ledger.ts";
import type { Run } from "../run.ts";
import { ACCOUNT_ID } from "../sql/change-shape.ts";
import { WITH_SENDING } from "../sql/conditions.ts";
import { OPERATION } from "../sql/operation-shape.ts";
import { decodePlanned, type OperationOfChange, type PlannedShape } from "../sql/planned-shape.ts";
import { has } from "./has.ts";
import { ofPage, pageValues } from "./of-page.ts";
import { readKept } from "./read-kept.ts";
import { readForAll } from "./run-for-all.ts";
import type { PostgresStore } from "./store.ts";

export const READ_PLANNED = `SELECT p.change, c.key, c.begun, ${ACCOUNT_ID} AS account_id, p.at, p.touch, p.notes, p.resolutions,
    d.desired, r.row, r.byte_offset, r.cells
  FROM (SELECT p.* FROM plans p WHERE ${ofPage("p")} AND NOT ${has("ends", "p")} ORDER BY p.change LIMIT $4) AS p
  JOIN changes c ON c.run = p.run AND c.change = p.change JOIN rows r ON r.run = p.run AND r.row = p.change
  LEFT JOIN finds f ON f.run = p.run AND f.change = p.change
  LEFT JOIN desires d ON d.run = p.run AND d.change = p.change ORDER BY p.change`;

export const READ_OPERATIONS = `SELECT o.change, ${OPERATION}, coalesce(s.misanswered, 0) AS misanswered
  FROM unnest($1::integer[], $2::integer[]) AS page (run, change)
  JOIN operations o ON o.run = page.run AND o.change = page.change ${WITH_SENDING}
  ORDER BY o.change, o.step`;

export async function readPlannedPage(store: PostgresStore, run: Run, page: Page): Promise<readonly ChangeToApply[]> {
  const { sql } = store;
  const shapes = await sql.all<PlannedShape>(READ_PLANNED, ...pageValues(run, page));
  if (shapes.length === 0) return [];
  const changes = shapes.map(({ change }) => [run.no, change]);
  const [operations, kept] = await Promise.all([
    readForAll<OperationOfChange>(sql, READ_OPERATIONS, changes),
    readKept(store, run, shapes),
  ]);
  return decodePlanned(shapes, operations, kept);
}
