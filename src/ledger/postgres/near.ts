/**
 * Near ids in PostgreSQL: the client_account_ids of a run's rows are kept as `nearId` folds them, and the one of a link or of
 * another row that is near to a change's is found by it. Never judges what nearness means.
 */

import { clientIdOf, isClientKey } from "../../change-keys.ts";
import type { Desired } from "../../read/change.ts";
import type { NearId, NearLedger } from "../ledger.ts";
import { nearId } from "../near-id.ts";
import { isAccountKey } from "../sql/change-keys.ts";
import { ACCOUNT_ID, WITH_FIRST_ROW } from "../sql/change-shape.ts";
import { inBatches } from "./in-batches.ts";
import { ofPage } from "./of-page.ts";
import { runForAll } from "./run-for-all.ts";
import type { PostgresStore } from "./store.ts";

/**
 * What has the client_account_ids: the keys of changes that no account was found for, and if $4 the rows of accounts that the file names by
 * their own id, since no link may know of those. Rows that contradict each other are left out: nothing of them is sent.
 */
export const READ_IDS = `SELECT c.change, c.key, d.desired, CASE WHEN ${isAccountKey("c.key")} THEN r.cells END AS cells
  FROM (SELECT c.* FROM changes c WHERE ${ofPage("c")} AND ($4 OR NOT ${isAccountKey("c.key")})
    AND NOT EXISTS (SELECT 1 FROM ends e WHERE e.run = c.run AND e.change = c.change AND e.word = 'invalid' OFFSET 0)
    OFFSET 0) AS c ${WITH_FIRST_ROW}
  WHERE f.account_id IS NULL`;

/** Cells lose the spaces around them when they are parsed, and no others. */
const RECORD = `INSERT INTO near_ids (run, near, change, client_account_id) SELECT run, near, change, trim(id)
  FROM unnest($1::integer[], $2::text[], $3::integer[], $4::text[]) AS o (run, near, change, id)
  WHERE trim(id) <> '' ORDER BY near, change ON CONFLICT (run, near, change) DO NOTHING`;

export const FIND_LINK = `SELECT client_account_id AS "clientAccountId", account_id AS "accountId", NULL AS row
  FROM links WHERE bank = $1 AND near = $2 AND client_account_id <> $3 LIMIT 1`;

export const FIND_OTHER = `SELECT n.client_account_id AS "clientAccountId", ${ACCOUNT_ID} AS "accountId", n.change AS row
  FROM (SELECT * FROM near_ids WHERE run = $1 AND near = $2 AND change <> $3 ORDER BY change OFFSET 0) AS n
  JOIN changes c ON c.run = n.run AND c.change = n.change
  LEFT JOIN finds f ON f.run = n.run AND f.change = n.change ORDER BY n.change LIMIT 1`;

/** Changes in one transaction. */
const BATCH = 2_000;

interface IdShape {
  readonly change: number;
  readonly key: string;
  readonly desired: string | null;
  /** Null where the key has the id. */
  readonly cells: string | null;
}

/** "" for none. */
function idIn({ key, desired, cells }: IdShape, at: number | null): string {
  if (isClientKey(key)) return clientIdOf(key);
  if (desired !== null) return (JSON.parse(desired) as Desired).client_account_id ?? "";
  return (at === null || cells === null ? undefined : (JSON.parse(cells) as string[])[at]) ?? "";
}

export function postgresNear(store: PostgresStore): NearLedger {
  const { sql } = store;

  return {
    recordNear(run, at) {
      return inBatches(store, run, { size: BATCH }, async (write, after, last) => {
        const shapes = await write.all<IdShape>(READ_IDS, run.no, after, last, at !== null);
        const rows = shapes.map((shape) => {
          const id = idIn(shape, at);
          return [run.no, nearId(id), shape.change, id];
        });
        await runForAll(write, RECORD, rows);
      });
    },

    async findNear(run, change, clientAccountId) {
      const near = nearId(clientAccountId);
      return (
        (await sql.get<NearId>(FIND_LINK, await store.bankOf(run), near, clientAccountId)) ??
        (await sql.get<NearId>(FIND_OTHER, run.no, near, change))
      );
    },
  };
}
