/**
 * Known files in PostgreSQL: which objects of a place a job has taken or skipped. Never reads a file.
 *
 * `modified` is the second of the last modification, 0 where nobody said it: entries of older ledgers have none, and match
 * by ETag alone. `sha256` is that of skipped objects; the bytes of the others are known by their runs.
 */
import { batchOf, foldBatchId } from "../../batch.ts";
import type { StoredFile } from "../../store/file-store.ts";
import type { FilesLedger, KeyTest, SeenFile } from "../ledger.ts";
import type { PgValue, Sql } from "./database.ts";
import { jsonMember, jsonMemberBeginning } from "./json-member.ts";
import type { PostgresStore } from "./store.ts";

/** Whole seconds: a listing may be finer than the answer for one object. */
function secondOf({ lastModifiedMs }: StoredFile): number {
  return Math.floor(lastModifiedMs / 1000);
}

const FIND_KNOWN = `SELECT (asked.no - 1)::integer AS index, bool_or(f.modified = asked.modified) AS exact
  FROM unnest($4::text[], $5::text[], $6::bigint[]) WITH ORDINALITY asked(key, etag, modified, no)
  JOIN files f ON f.bank = $1 AND f.job = $2 AND f.place = $3 AND f.key = asked.key AND f.etag = asked.etag
    AND f.modified IN (asked.modified, 0)
  GROUP BY asked.no ORDER BY asked.no`;

const BELOW = "bank = $1 AND job = $2 AND place = $3 AND starts_with(key, $4)";

/**
 * A run whose file was rejected for what can come right has left no entry, and yet the job has begun there. One file that
 * was named by hand is no beginning.
 */
const LIST_BEGUN = `SELECT key, NULL AS file FROM files WHERE ${BELOW}
    AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.no = files.run AND runs.by_name = 1)
  UNION ALL SELECT NULL AS key, file FROM runs WHERE bank = $1 AND job = $2 AND kind = 'run' AND by_name = 0
    AND strpos(file, $5) > 0 AND strpos(file, $6) > 0`;

/** Of the run that took the file in place of an earlier version of its batch. */
const IS_REPLACED = `EXISTS (SELECT 1 FROM runs WHERE runs.no = files.run AND runs.batch IS NOT NULL
  AND strpos(runs.file, '"key":' || to_json(files.key)) = 0)`;

const LIST_LAST = `SELECT key, NULL AS file FROM files WHERE ${BELOW} AND run IS NOT NULL AND NOT ${IS_REPLACED} ORDER BY run DESC`;

const IS_SKIPPED = `SELECT 1 FROM files WHERE bank = $1 AND job = $2 AND place = $3 AND key = $4 GROUP BY key
  HAVING count(CASE WHEN NOT ${IS_REPLACED} THEN run END) = 0 AND bool_or(etag = $5 OR sha256 = $6)`;

const LIST_OF_BATCH = `SELECT DISTINCT files.key, runs.batch, runs.version FROM files JOIN runs ON runs.no = files.run
  WHERE files.run = $1 AND files.bank = runs.bank AND files.job = runs.job AND runs.batch IS NOT NULL ORDER BY files.key`;

/** An entry without a time gives what it knows to the one that has one. */
const RECORD = `INSERT INTO files (bank, job, place, key, etag, modified, sha256, run)
  SELECT DISTINCT ON (seen.key, seen.etag, seen.modified) $1, $2, $3, seen.key, seen.etag, seen.modified,
    coalesce(seen.sha256, f.sha256), coalesce($8, f.run)
  FROM unnest($4::text[], $5::text[], $6::bigint[], $7::text[]) seen(key, etag, modified, sha256)
  LEFT JOIN files f ON f.bank = $1 AND f.job = $2 AND f.place = $3 AND f.key = seen.key AND f.etag = seen.etag AND f.modified = 0
  ORDER BY seen.key, seen.etag, seen.modified, seen.sha256 NULLS LAST
  ON CONFLICT (bank, job, place, key, etag, modified)
    DO UPDATE SET run = coalesce(excluded.run, files.run), sha256 = coalesce(excluded.sha256, files.sha256)`;

/** What was under the key before the time was kept says nothing of an object that has one. */
const FORGET_TIMELESS = `DELETE FROM files f USING unnest($4::text[], $5::bigint[]) seen(key, modified)
  WHERE f.bank = $1 AND f.job = $2 AND f.place = $3 AND f.key = seen.key AND f.modified = 0 AND seen.modified <> 0`;

export interface SeenPlace {
  /** The bank's number. */
  readonly bank: number;
  readonly job: string;
  readonly place: string;
}

/** Only within a write. */
export async function recordFiles(
  sql: Sql,
  { bank, job, place }: SeenPlace,
  files: readonly SeenFile[],
  run: number | null,
): Promise<void> {
  if (files.length === 0) return;
  const keys = files.map(({ key }) => key);
  const etags = files.map(({ etag }) => etag);
  const seconds = files.map(secondOf);
  const sha256s = files.map(({ sha256 = null }) => sha256);
  await sql.run(RECORD, bank, job, place, keys, etags, seconds, sha256s, run);
  await sql.run(FORGET_TIMELESS, bank, job, place, keys, seconds);
}

export function postgresFiles(store: PostgresStore): FilesLedger {
  const { sql } = store;
  /** All keys are looked at only where not each of them is meant. */
  const findKey = async (query: string, values: PgValue[], isOwn: KeyTest | undefined) => {
    const most = isOwn === undefined ? " LIMIT 1" : "";
    const shapes = await sql.all<{ key: string | null; file: string | null }>(query + most, ...values);
    const keys = shapes.map(({ key, file }) => key ?? (JSON.parse(file ?? "{}") as { key: string }).key);
    return isOwn === undefined ? keys[0] : keys.find((key) => isOwn(key));
  };
  return {
    async findKnown(bank, job, place, files) {
      const no = (await store.findBank(bank)) ?? null;
      const keys = files.map(({ key }) => key);
      const etags = files.map(({ etag }) => etag);
      type Known = { index: number; exact: boolean };
      const known = await sql.all<Known>(FIND_KNOWN, no, job, place, keys, etags, files.map(secondOf));
      return new Map(known.map(({ index, exact }) => [index, exact ? "stamp" : "etag"]));
    },

    async isFirstStart(bank, job, place, prefix, isOwn) {
      const no = (await store.findBank(bank)) ?? null;
      const [ofPlace, below] = [jsonMember("place", place), jsonMemberBeginning("key", prefix)];
      return (await findKey(LIST_BEGUN, [no, job, place, prefix, ofPlace, below], isOwn)) === undefined;
    },

    async findLastTaken(bank, job, place, prefix, isOwn) {
      const no = (await store.findBank(bank)) ?? null;
      return findKey(LIST_LAST, [no, job, place, prefix], isOwn);
    },

    async isSkipped(bank, job, { place, key, etag, sha256 }) {
      const no = (await store.findBank(bank)) ?? null;
      return (await sql.get(IS_SKIPPED, no, job, place, key, etag, sha256)) !== undefined;
    },

    async listReplaced({ no }) {
      type Shape = { key: string; batch: string; version: number };
      return (await sql.all<Shape>(LIST_OF_BATCH, no)).filter(isEarlierVersion).map(({ key }) => key);
    },

    recordSeen(bank, job, place, files, run) {
      return store.write(async (write) => {
        const no = await store.openBank(write, bank);
        await recordFiles(write, { bank: no, job, place }, files, run === null ? null : run.no);
      });
    },
  };
}

/** Whether the key names an earlier version of that batch than that one. */
function isEarlierVersion({ key, batch, version }: { key: string; batch: string; version: number }): boolean {
  const named = batchOf(key);
  return named !== undefined && foldBatchId(named.id) === batch && named.version < version;
}
