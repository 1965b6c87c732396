/**
 * Statements about snapshots, the same in both databases, with `$1` for a value. Everywhere $1 is the bank, $2 the job and $3 the run's number,
 * unless a statement says otherwise.
 */

export interface SnapshotShape {
  readonly settings: string;
  readonly counts: string | null;
  readonly ending: string | null;
}

/** Whether the run's file has the account: by its own id, or by a client_account_id, though it be only near, that a link or an earlier snapshot has for it. */
const inFile = (id: string) => `(EXISTS (SELECT 1 FROM snapshot_rows r WHERE r.run = $3 AND r.account_id = ${id})
  OR EXISTS (SELECT 1 FROM links l CROSS JOIN snapshot_rows r
    WHERE l.bank = $1 AND l.account_id = ${id} AND r.run = $3 AND r.near = l.near)
  OR EXISTS (SELECT 1 FROM snapshot_accounts o CROSS JOIN snapshot_rows r
    WHERE o.bank = $1 AND o.job = $2 AND o.account_id = ${id} AND r.run = $3 AND r.near = o.near))`;

/** Values of the scope's column that the file names, or the job lists. */
const NAMED_VALUES = "SELECT scope FROM snapshot_rows WHERE run = $3 AND scope IS NOT NULL";
const inScope = (isAll: boolean, of: string) => (isAll ? "true" : `${of}.scope IN (${NAMED_VALUES})`);

/**
 * Accounts that the ledger knows in the scope. `range` is a condition on an id, `rest` what ends each part. Of a scope by column, only
 * snapshots say which accounts are in it.
 */
function known(isAll: boolean, range: (id: string) => string, rest = (_id: string) => ""): string {
  const of = (sql: string, order: string) => `SELECT * FROM (${sql}${rest(order)}) AS part`;
  const held = `SELECT s.account_id FROM snapshot_accounts s WHERE s.bank = $1 AND s.job = $2 AND ${range("s.account_id")}
    AND ${inScope(isAll, "s")}`;
  if (!isAll) return of(held, "s.account_id");
  const linked = `SELECT DISTINCT account_id FROM links WHERE bank = $1 AND ${range("account_id")}`;
  const changed = `SELECT substr(identity, 9) AS account_id FROM accounts WHERE bank = $1 AND ${range("identity")} AND applied_by_run > 0`;
  return [of(linked, "account_id"), of(changed, "identity"), of(held, "s.account_id")].join(" UNION ");
}

/** Identities are ids behind `account:`. */
const value = (id: string, place: string) =>
  id === "identity" ? `'account:' || CAST(${place} AS text)` : `CAST(${place} AS text)`;
const above = (place: string) => (id: string) =>
  `${id} > ${value(id, place)}${id === "identity" ? " AND identity < 'account;'" : ""}`;
const between = (after: string, to: string) => (id: string) => `${above(after)(id)} AND ${id} <= ${value(id, to)}`;

/** The last account of the next part, above $4, of at most $5. */
export const endOfPart = (isAll: boolean) => `SELECT max(account_id) AS last FROM (
  SELECT account_id FROM (${known(isAll, above("$4"), (order) => ` ORDER BY ${order} LIMIT $5`)}) AS known
  WHERE $2 = $2 AND $3 = $3 ORDER BY account_id LIMIT $5) AS page`;

/**
 * Accounts above $4 and up to $5 that the file lacks; $6 when it was written, $7 what is done to absent accounts, $8 whether a row may be of any
 * account whose client_account_id is not known. A `min` of the column itself would have SQLite walk over the bank's links in their order.
 */
export const addAbsent = (
  isAll: boolean,
) => `INSERT INTO absent_accounts (run, account_id, client_account_id, scope, held_by, state)
  SELECT CAST($3 AS integer), k.account_id,
    coalesce((SELECT min(coalesce(l.client_account_id, '')) FROM links l WHERE l.bank = $1 AND l.account_id = k.account_id), s.client_account_id),
    s.scope, s.run,
    CASE WHEN EXISTS (SELECT 1 FROM snapshot_accounts o
        WHERE o.bank = $1 AND o.account_id = k.account_id AND o.job <> $2 AND o.absent_since IS NULL) THEN 'elsewhere'
      WHEN s.done = $7 THEN 'done'
      WHEN EXISTS (SELECT 1 FROM accounts a JOIN runs w ON w.no = a.applied_by_run
        WHERE a.bank = $1 AND a.identity = 'account:' || k.account_id AND coalesce(w.ended_at, $6) >= $6) THEN 'changed_since'
      WHEN $8 = 1 AND s.client_account_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM links l WHERE l.bank = $1 AND l.account_id = k.account_id) THEN 'unclear'
      ELSE 'absent' END
  FROM (${known(isAll, between("$4", "$5"))}) AS k
  LEFT JOIN snapshot_accounts s ON s.bank = $1 AND s.job = $2 AND s.account_id = k.account_id
  WHERE NOT ${inFile("k.account_id")}`;

export const FORGET_ABSENT = "DELETE FROM absent_accounts WHERE run = $1";

/** The bank has shown it: it is linked, was changed, held or tied out before, or the plan of the row has seen it. Of an unchanged one no plan keeps that. */
const IS_THERE = `(r.account_id IS NULL OR EXISTS (SELECT 1 FROM links l WHERE l.bank = $1 AND l.account_id = r.account_id)
  OR EXISTS (SELECT 1 FROM snapshot_accounts s WHERE s.bank = $1 AND s.job = $2 AND s.account_id = r.account_id)
  OR EXISTS (SELECT 1 FROM tied_out t WHERE t.bank = $1 AND t.account_id = r.account_id)
  OR EXISTS (SELECT 1 FROM accounts a WHERE a.bank = $1 AND a.identity = 'account:' || r.account_id AND a.applied_by_run > 0)
  OR EXISTS (SELECT 1 FROM rows w JOIN plans p ON p.run = w.run AND p.change = w.change
    LEFT JOIN ends e ON e.run = w.run AND e.change = w.change
    WHERE w.run = $3 AND w.row = r.row AND (p.seen IS NOT NULL OR e.word = 'unchanged')))`;

/** A row whose client_account_id the bank, asked for it, has of no account: its plan is to create one. */
const IS_NEW = `EXISTS (SELECT 1 FROM rows w JOIN finds f ON f.run = w.run AND f.change = w.change
  JOIN operations o ON o.run = w.run AND o.change = w.change
  WHERE w.run = $3 AND w.row = r.row AND f.account_id IS NULL AND f.at IS NOT NULL AND o.kind = 'create')`;

/** The account of its client_account_id is known. */
const IS_NAMED = `(EXISTS (SELECT 1 FROM links l WHERE l.bank = $1 AND l.client_account_id = r.client_account_id)
  OR EXISTS (SELECT 1 FROM snapshot_accounts s WHERE s.bank = $1 AND s.job = $2 AND s.near = r.near AND r.client_account_id IS NOT NULL))`;

/**
 * Rows above $4 and up to $5 that can be read and are of no known account: by an account_id that the bank has not shown, or by a
 * client_account_id alone that was neither found nor is new.
 */
export const COUNT_UNPLACED = `SELECT count(r.account_id) AS "byAccountId", count(*) - count(r.account_id) AS "byClientId" FROM snapshot_rows r
  WHERE r.run = $3 AND r.row > $4 AND r.row <= $5 AND r.row > 0 AND r.is_read = 1 AND NOT ${IS_NAMED}
    AND CASE WHEN r.account_id IS NULL THEN r.client_account_id IS NOT NULL AND NOT ${IS_NEW} ELSE NOT ${IS_THERE} END`;

/** Only such a row is taken at its word of which client_account_id its account has. */
const IS_VALID = "EXISTS (SELECT 1 FROM rows w WHERE w.run = $3 AND w.row = r.row AND w.change IS NOT NULL)";

/** Accounts that rows above $4 and up to $5 name. */
export const MARK_HELD = `INSERT INTO snapshot_accounts (bank, job, account_id, client_account_id, near, scope, run)
  SELECT CAST($1 AS integer), CAST($2 AS text), id, max(client_account_id), max(near), max(scope), CAST($3 AS integer) FROM (
    SELECT coalesce(r.account_id, l.account_id) AS id, r.scope, CASE WHEN ${IS_VALID} THEN r.client_account_id END AS client_account_id,
      CASE WHEN ${IS_VALID} THEN r.near END AS near FROM snapshot_rows r
    LEFT JOIN links l ON r.account_id IS NULL AND l.bank = $1 AND l.client_account_id = r.client_account_id
    WHERE r.run = $3 AND r.row > $4 AND r.row <= $5 AND ${IS_THERE}) AS held
  WHERE id IS NOT NULL GROUP BY id
  ON CONFLICT (bank, job, account_id) DO UPDATE SET scope = coalesce(excluded.scope, snapshot_accounts.scope), run = excluded.run,
    client_account_id = coalesce(excluded.client_account_id, snapshot_accounts.client_account_id),
    near = coalesce(excluded.near, snapshot_accounts.near), absent_since = NULL, done = NULL`;

/** Of absent accounts above $4 and up to $5. */
export const MARK_ABSENT = `INSERT INTO snapshot_accounts (bank, job, account_id, scope, run, absent_since)
  SELECT CAST($1 AS integer), CAST($2 AS text), a.account_id, a.scope, coalesce(a.held_by, 0), CAST($3 AS integer) FROM absent_accounts a
  WHERE a.run = $3 AND a.account_id > $4 AND a.account_id <= $5 AND a.state NOT IN ('elsewhere', 'unclear')
  ON CONFLICT (bank, job, account_id) DO UPDATE SET absent_since = coalesce(snapshot_accounts.absent_since, excluded.absent_since)`;

export const END_OF_ROWS = `SELECT max(row) AS last FROM (
  SELECT row FROM snapshot_rows WHERE run = $1 AND row > $2 ORDER BY row LIMIT $3) AS page`;
export const END_OF_ABSENT = `SELECT max(account_id) AS last FROM (
  SELECT account_id FROM absent_accounts WHERE run = $1 AND account_id > $2 ORDER BY account_id LIMIT $3) AS page`;
export const END_OF_CHANGES = `SELECT max(change) AS last FROM (
  SELECT change FROM changes WHERE run = $1 AND change > $2 ORDER BY change LIMIT $3) AS page`;

/** Changes above $4 and up to $5 of the run $3 that worked on absent accounts of the run $6; $7 what was done. */
export const RECORD_DONE = `INSERT INTO snapshot_accounts (bank, job, account_id, run, absent_since, done)
  SELECT CAST($1 AS integer), CAST($2 AS text), substr(c.key, 9), 0, CAST($6 AS integer), CAST($7 AS text)
  FROM changes c JOIN ends e ON e.run = c.run AND e.change = c.change
  WHERE c.run = $3 AND c.change > $4 AND c.change <= $5 AND e.word IN ('applied', 'unchanged') AND substr(c.key, 1, 8) = 'account:'
  ON CONFLICT (bank, job, account_id) DO UPDATE SET done = excluded.done,
    absent_since = coalesce(snapshot_accounts.absent_since, excluded.absent_since)`;

export const OPEN = "INSERT INTO snapshots (run, settings) VALUES ($1, $2) ON CONFLICT (run) DO NOTHING";
export const FIND = "SELECT settings, counts, ending FROM snapshots WHERE run = $1";
export const RECORD_COUNTS = "UPDATE snapshots SET counts = $2 WHERE run = $1";
export const RECORD_END = "UPDATE snapshots SET ending = $2, owed = $3 WHERE run = $1";

/** A value that the job lists is like a row without an account. */
export const ADD_VALUE = `INSERT INTO snapshot_rows (run, row, scope, is_read) VALUES ($1, $2, $3, 1) ON CONFLICT (run, row) DO NOTHING`;

export const DISTRUST =
  "UPDATE snapshot_rows SET client_account_id = NULL, is_read = 0 WHERE run = $1 AND account_id IS NULL AND row > 0";

export const COPY = [
  "INSERT INTO snapshots (run, settings) SELECT CAST($1 AS integer), settings FROM snapshots WHERE run = $2 ON CONFLICT (run) DO NOTHING",
  `INSERT INTO snapshot_rows (run, row, scope, account_id, client_account_id, near, is_read)
    SELECT CAST($1 AS integer), row, scope, account_id, client_account_id, near, is_read FROM snapshot_rows WHERE run = $2
    ON CONFLICT (run, row) DO NOTHING`,
] as const;

const counted = (condition: string) => `coalesce(sum(CASE WHEN ${condition} THEN 1 ELSE 0 END), 0)`;

export const countHeld = (
  isAll: boolean,
) => `SELECT ${counted("s.absent_since IS NULL")} AS before, ${counted("s.absent_since IS NULL AND NOT s.there")} AS lost,
    ${counted("s.done IS NOT NULL AND s.there")} AS back
  FROM (SELECT s.absent_since, s.done, ${inFile("s.account_id")} AS there FROM snapshot_accounts s
    WHERE s.bank = $1 AND s.job = $2 AND ${inScope(isAll, "s")}) AS s`;

/** An invalid row may still be attributed: by an id that is as it stands, though something else is wrong with it. */
export const COUNT_UNREAD = `SELECT count(*) AS unread FROM snapshot_rows r WHERE r.run = $3 AND r.row > 0 AND r.is_read = 0 AND NOT ${IS_NAMED}
  AND NOT EXISTS (SELECT 1 FROM links l WHERE l.bank = $1 AND l.account_id = r.account_id)
  AND NOT EXISTS (SELECT 1 FROM snapshot_accounts s WHERE s.bank = $1 AND s.job = $2 AND s.account_id = r.account_id)`;

export const COUNT_ROWS = `SELECT count(*) AS kept, count(DISTINCT scope) AS named FROM snapshot_rows WHERE run = $1 AND row > 0`;

export const COUNT_GONE = `SELECT count(DISTINCT s.scope) AS gone, count(*) AS accounts FROM snapshot_accounts s
  WHERE s.bank = $1 AND s.job = $2 AND s.scope IS NOT NULL AND s.absent_since IS NULL AND s.scope NOT IN (${NAMED_VALUES})`;

export const COUNT_STATES = "SELECT state, count(*) AS counted FROM absent_accounts WHERE run = $1 GROUP BY state";

const LISTED = "a.account_id, a.client_account_id, a.scope, h.id AS last_run, a.state";
/** Of the run $1, those after $2, at most $3; $4 the state, or none. */
export const LIST = `SELECT ${LISTED} FROM absent_accounts a LEFT JOIN runs h ON h.no = a.held_by
  WHERE a.run = $1 AND a.account_id > $2 AND (CAST($4 AS text) IS NULL OR a.state = $4) ORDER BY a.account_id LIMIT $3`;
/** Of the account $2, the latest $3. */
export const LIST_OF_ACCOUNT = `SELECT ${LISTED}, w.id AS run, w.job FROM absent_accounts a JOIN runs w ON w.no = a.run
  LEFT JOIN runs h ON h.no = a.held_by WHERE a.account_id = $2 AND w.bank = $1 AND w.kind = 'run' ORDER BY a.run DESC LIMIT $3`;

/** A snapshot that has been read. */
const READ = "r.kind = 'run' AND r.rejection IS NULL AND r.stage <> 'read'";
const isAllOf = (of: string) => `${of}.settings LIKE '{"scope":"all"%'`;
/** A later snapshot $3 has for its own what this one lacks: both hold all accounts, or it names a value of an account that is absent here. */
const findLater = (bank: string, job: string, no: string) => `SELECT r.id FROM snapshots s JOIN runs r ON r.no = s.run
  WHERE r.bank = ${bank} AND r.job = ${job} AND r.no > ${no} AND ${READ} AND (${isAllOf("s")}
    OR EXISTS (SELECT 1 FROM snapshots o WHERE o.run = ${no} AND ${isAllOf("o")})
    OR EXISTS (SELECT 1 FROM absent_accounts a JOIN snapshot_rows x ON x.run = r.no AND x.scope = a.scope WHERE a.run = ${no})
    OR EXISTS (SELECT 1 FROM absent_accounts a JOIN snapshot_accounts h ON h.bank = ${bank} AND h.job = ${job} AND h.scope = a.scope
      AND h.run = r.no WHERE a.run = ${no})) LIMIT 1`;
export const FIND_LATER = findLater("$1", "$2", "$3");
/** Whether accounts that a snapshot of the run `of` lacks are still to be worked on, and their list has to stay. */
export const isOwed = (of: string) => `EXISTS (SELECT 1 FROM snapshots o WHERE o.run = ${of}.no AND o.owed = 1)
    AND NOT EXISTS (SELECT 1 FROM runs a WHERE a.absent_of = ${of}.id AND a.stage <> 'read')
    AND NOT EXISTS (${findLater(`${of}.bank`, `${of}.job`, `${of}.no`)})`;
/** A snapshot behind $3 whose absent accounts are still to be worked on. */
export const FIND_OWED = `SELECT r.id FROM snapshots s JOIN runs r ON r.no = s.run
  WHERE r.bank = $1 AND r.job = $2 AND r.no > $3 AND s.owed = 1 AND r.stage = 'ended'
    AND NOT EXISTS (SELECT 1 FROM runs a WHERE a.absent_of = r.id) ORDER BY r.no LIMIT 1`;

/** Settings under which absent accounts were last acted on. */
export const FIND_APPROVED = `SELECT s.settings FROM snapshots s JOIN runs r ON r.no = s.run
  WHERE r.bank = $1 AND r.job = $2 AND s.approved = 1 ORDER BY s.run DESC LIMIT 1`;
export const APPROVE = "UPDATE snapshots SET approved = 1 WHERE run = $1";

export const LIST_OTHER_JOBS = `SELECT DISTINCT r.job FROM snapshots s JOIN runs r ON r.no = s.run
  WHERE r.bank = $1 AND r.job <> $2 AND r.kind = 'run' ORDER BY r.job LIMIT 10`;

/** A run before $3 whose rows are still kept, and of whose accounts this one has said more. */
export const findKeptRows = (isAll: boolean) => `SELECT s.run FROM snapshots s JOIN runs r ON r.no = s.run
  WHERE r.bank = $1 AND r.job = $2 AND s.run < $3 AND EXISTS (SELECT 1 FROM snapshot_rows x WHERE x.run = s.run)
    AND (${isAll ? "true" : `(SELECT min(x.scope) FROM snapshot_rows x WHERE x.run = s.run AND x.scope IS NOT NULL) IN (${NAMED_VALUES})`})
  ORDER BY s.run LIMIT 1`;
export const DROP_ROWS = "DELETE FROM snapshot_rows WHERE run = $1 AND row <= $2";
