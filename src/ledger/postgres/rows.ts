/**
 * Rows in PostgreSQL: parsed rows come in and begin or join changes; rows with their words go out, a page at a time.
 * Never reads a whole run at once.
 */

import type { Issue } from "../../errors/issue.ts";
import type { DesiredRow, ParsedRow } from "../../read/change.ts";
import type { RowsLedger } from "../ledger.ts";
import { amongClientKeys } from "../sql/change-keys.ts";
import { decodeList, encodeList } from "../sql/lists.ts";
import { KEY_OF_CHANGE, keyApart, RESOLVE_ORIGINALS } from "../sql/resolve-originals.ts";
import { decodeProvenance, decodeSource, type OriginShape, type SourceShape } from "../sql/source.ts";
import type { Sql } from "./database.ts";
import { jsonMember } from "./json-member.ts";
import { postgresResults } from "./results.ts";
import { postgresRowsOfAccount } from "./rows-of-account.ts";
import { readForAll } from "./run-for-all.ts";
import type { PostgresStore } from "./store.ts";
import type { Perform } from "./writer.ts";

const ROWS_OF_RUN = "unnest($1::integer[], $2::integer[]) AS o (run, row)";

export const LIST_STORED = `SELECT r.row FROM ${ROWS_OF_RUN} JOIN rows r ON r.run = o.run AND r.row = o.row`;

/** Gives the changes that were begun: the others join one of their key. */
const BEGIN_CHANGES = `INSERT INTO changes (run, change, key)
  SELECT $1, first.row, first.key FROM unnest($2::integer[], $3::text[]) first(row, key)
  ON CONFLICT (run, key) DO NOTHING RETURNING change`;

export const JOIN_CHANGES = `UPDATE changes c SET to_fold = 1 FROM unnest($1::integer[], $2::text[]) AS o (run, key)
  WHERE c.run = o.run AND c.key = o.key RETURNING c.change, c.key`;

const INSERT_ROWS = `INSERT INTO rows (run, row, byte_offset, cells, change, word, issues, notes, from_run, from_row, key)
  SELECT $1, new.* FROM unnest($2::integer[], $3::bigint[], $4::text[], $5::integer[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::integer[], $11::text[]) new`;

const OF_CLIENT_KEYS = `change IN (SELECT change FROM changes WHERE run = $1 AND ${amongClientKeys("key")})`;

const REFUSE_ROWS = `UPDATE rows SET key = ${KEY_OF_CHANGE}, change = NULL, word = 'invalid', issues = $2 WHERE run = $1 AND ${OF_CLIENT_KEYS}`;
const FORGET_REFUSED = `DELETE FROM changes WHERE run = $1 AND ${amongClientKeys("key")}`;

/** $5: the members with a code of which one is asked for. */
export const READ_ROWS = `SELECT r.row, r.byte_offset, r.cells, r.issues, r.from_run, r.from_row
  FROM rows r LEFT JOIN ends c ON c.run = r.run AND c.change = r.change
  WHERE r.run = $1 AND r.row > $2 AND coalesce(r.word, c.word) = ANY($3::text[])
    AND (cardinality($5::text[]) = 0
      OR EXISTS (SELECT 1 FROM unnest($5::text[]) code WHERE strpos(coalesce(r.issues, c.issues), code) > 0))
  ORDER BY r.row LIMIT $4`;

export const READ_ORIGINS = `SELECT r.row, r.byte_offset, r.cells, coalesce(r.issues, c.issues) AS issues
  FROM ${ROWS_OF_RUN} JOIN rows r ON r.run = o.run AND r.row = o.row
  LEFT JOIN ends c ON c.run = r.run AND c.change = r.change ORDER BY r.row`;

type SourceWithIssues = SourceShape & { readonly issues: string | null };

interface RowsOfRun {
  readonly run: number;
  readonly rows: readonly ParsedRow[];
}

/** Only the holder of the job's lease reads rows, so nobody else stores any of the run meanwhile. */
const recordRows: Perform<RowsOfRun, void> = async (sql, items) => {
  for (const { run, rows } of items) await addRows(sql, run, rows);
  return items.map(() => undefined);
};

export function postgresRows(store: PostgresStore): RowsLedger {
  const { sql } = store;

  return {
    recordRows: (run, rows) => store.gather(recordRows, { run: run.no, rows }),

    refuseClientKeys(run, issue) {
      return store.write(async (write) => {
        await write.run(REFUSE_ROWS, run.no, JSON.stringify([issue]));
        await write.run(FORGET_REFUSED, run.no);
      });
    },

    async readRows(run, words, { after, limit }, codes = []) {
      const members = codes.map((code) => jsonMember("code", code));
      const shapes = await sql.all<SourceWithIssues & OriginShape>(READ_ROWS, run.no, after, words, limit, members);
      return shapes.map((shape) => ({
        source: decodeSource(shape),
        issues: decodeList<Issue>(shape.issues),
        provenance: decodeProvenance(shape),
      }));
    },

    async readOrigins(run, rows) {
      const wanted = rows.map((row) => [run.no, row]);
      const shapes = await readForAll<SourceWithIssues>(sql, READ_ORIGINS, wanted);
      return shapes.map((shape) => ({ source: decodeSource(shape), issues: decodeList<Issue>(shape.issues) }));
    },

    ...postgresResults(store),
    ...postgresRowsOfAccount(store),
  };
}

async function addRows(sql: Sql, run: number, rows: readonly ParsedRow[]): Promise<void> {
  const numbers = rows.map(({ source }) => [run, source.row]);
  const stored = new Set((await readForAll<{ row: number }>(sql, LIST_STORED, numbers)).map(({ row }) => row));
  const added = rows.filter(({ source }) => !stored.has(source.row));
  if (added.length === 0) return;
  const changes = await beginOrJoin(sql, run, added.filter(isDesired));
  const own = added.map((parsed) =>
    parsed.kind === "desired"
      ? ([changes.get(parsed.source.row) ?? parsed.source.row, null, null, encodeList(parsed.notes ?? [])] as const)
      : ([null, parsed.kind, encodeList(parsed.issues), null] as const),
  );
  await sql.run(
    INSERT_ROWS,
    run,
    added.map(({ source }) => source.row),
    added.map(({ source }) => source.byteOffset),
    added.map(({ source }) => source.cells && JSON.stringify(source.cells)),
    own.map(([change]) => change),
    own.map(([, word]) => word),
    own.map(([, , issues]) => issues),
    own.map(([, , , notes]) => notes),
    added.map(({ provenance }) => provenance?.run ?? null),
    added.map(({ provenance }) => provenance?.row ?? null),
    added.map(keyApart),
  );
  const repeated = added.filter(({ provenance }) => provenance !== undefined);
  const [first, last] = [repeated[0], repeated.at(-1)];
  if (first && last) await sql.run(RESOLVE_ORIGINALS, run, first.source.row, last.source.row);
}

const isDesired = (row: ParsedRow): row is DesiredRow => row.kind === "desired";

/** The changes that rows join, by row; a row that is not named begins the change of its own number. */
async function beginOrJoin(sql: Sql, run: number, rows: readonly DesiredRow[]): Promise<ReadonlyMap<number, number>> {
  const firsts = [...Map.groupBy(rows, ({ key }) => key)].map(([key, [first]]) => ({
    key,
    row: first?.source.row ?? 0,
  }));
  const begun = await sql.all<{ change: number }>(
    BEGIN_CHANGES,
    run,
    firsts.map(({ row }) => row),
    firsts.map(({ key }) => key),
  );
  if (begun.length === rows.length) return new Map();
  const own = new Set(begun.map(({ change }) => change));
  const joining = rows.filter(({ source }) => !own.has(source.row));
  const keys = [...new Set(joining.map(({ key }) => key))].map((key) => [run, key]);
  const joined = await readForAll<{ change: number; key: string }>(sql, JOIN_CHANGES, keys);
  const changeOf = new Map(joined.map(({ change, key }) => [key, change]));
  return new Map(joining.map(({ source, key }) => [source.row, changeOf.get(key) ?? source.row]));
}
