/**
 * Finds accounts in PostgreSQL: which account each change is about, by a link, or what the caller learnt from the bank's look-up. A change
 * whose key has an account_id has no row here.
 */

import type { FindsLedger, LookUpEnd } from "../ledger.ts";
import type { Run } from "../run.ts";
import { accountIdIn, amongAccountKeys, amongClientKeys, clientIdIn, isClientKey } from "../sql/change-keys.ts";
import { encodeSeen } from "../sql/change-shape.ts";
import { recordEnds } from "./ends.ts";
import { has } from "./has.ts";
import { inBatches } from "./in-batches.ts";
import { ofPage } from "./of-page.ts";
import { runForAll } from "./run-for-all.ts";
import type { PostgresStore } from "./store.ts";
import { readFoundPage, readOne, readSome, readUnfoundPage } from "./stored-changes.ts";
import type { Perform } from "./writer.ts";

export const FIND_UNLINKED = `SELECT c.key FROM
  (SELECT f.run, f.change FROM finds f WHERE f.run = $1 AND f.change <= $2::bigint AND f.account_id IS NULL
    AND NOT ${has("ends", "f")} AND NOT ${has("plans", "f")} ORDER BY f.change LIMIT 1) AS f
  JOIN changes c ON c.run = f.run AND c.change = f.change`;

/** The accounts that a file names by their own id. */
export const LIST_NAMED = `SELECT ${accountIdIn("key")} AS id FROM changes
  WHERE run = $1 AND ${amongAccountKeys("key")} LIMIT $2`;

export const HAS_CLIENT_KEY = `SELECT 1 FROM changes WHERE run = $1 AND ${amongClientKeys("key")} LIMIT 1`;

export const FIND_BY_LINK = `INSERT INTO finds (run, change, account_id) SELECT c.run, c.change, l.account_id
  FROM (SELECT c.*, $4::integer AS bank FROM changes c
    WHERE ${ofPage("c")} AND ${isClientKey("c.key")} AND NOT ${has("ends", "c")} OFFSET 0) AS c
  JOIN links l ON l.bank = c.bank AND l.client_account_id = ${clientIdIn("c.key")} ORDER BY c.change
  ON CONFLICT (run, change) DO NOTHING`;

export const FORGET_UNFOUND = `DELETE FROM finds f
  WHERE ${ofPage("f")} AND f.account_id IS NULL AND NOT ${has("ends", "f")} AND NOT ${has("plans", "f")}`;

const RECORD_FOUND = `INSERT INTO finds (run, change, account_id, at, seen)
  SELECT * FROM unnest($1::integer[], $2::integer[], $3::text[], $4::bigint[], $5::text[]) ORDER BY 1, 2
  ON CONFLICT (run, change) DO NOTHING`;

/** Changes in one transaction. */
const FIND_BATCH = 2_000;
const FORGET_BATCH = 10_000;

interface FoundOfRun {
  readonly run: Run;
  readonly found: readonly LookUpEnd[];
}

const recordFound: Perform<FoundOfRun, undefined> = async (sql, items) => {
  const all = items.flatMap(({ run, found }) => found.map((each) => ({ run, ...each })));
  const ends = all.flatMap(({ run, change, verdict }) =>
    verdict === null ? [] : [{ run, change, verdict, atMs: null }],
  );
  await recordEnds(sql, ends);
  const found = all.filter(({ verdict }) => verdict === null);
  const rows = found.map(({ run, change, accountId, seen }) => [
    run.no,
    change,
    accountId,
    seen?.atMs ?? null,
    encodeSeen(seen),
  ]);
  await runForAll(sql, RECORD_FOUND, rows);
  return items.map(() => undefined);
};

export function postgresFinds(store: PostgresStore): FindsLedger {
  const { sql } = store;

  return {
    async findByLedger(run, to) {
      if ((await sql.get(HAS_CLIENT_KEY, run.no)) === undefined) return;
      const bank = await store.bankOf(run);
      await inBatches(store, run, { to, size: FIND_BATCH }, (write, after, last) =>
        write.run(FIND_BY_LINK, run.no, after, last, bank),
      );
    },

    forgetUnfound: (run) =>
      inBatches(store, run, { size: FORGET_BATCH }, (write, after, last) =>
        write.run(FORGET_UNFOUND, run.no, after, last),
      ),

    readToFind: (run, page) => readUnfoundPage(store, run, page),

    recordFound: (run, found) => store.gather(recordFound, { run, found }),

    readToPlan: (run, page) => readFoundPage(store, run, page),

    readStored: (run, change, accountId) => readOne(store, run, change, accountId),
    readStoredOf: (run, changes) => readSome(store, run, changes),

    async listNamed(run, limit) {
      return (await sql.all<{ id: string }>(LIST_NAMED, run.no, limit)).map(({ id }) => id);
    },

    async findUnlinked(run, to) {
      return (await sql.get<{ key: string }>(FIND_UNLINKED, run.no, to))?.key;
    },
  };
}
