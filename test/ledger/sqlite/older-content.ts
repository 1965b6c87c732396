/**
 * What the tests of older ledgers find in one: a run of version 0.1 that has ended, with a row for each way in which it may.
 */
import { DatabaseSync } from "node:sqlite";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import type { Run } from "../../../src/ledger/run.ts";
import { MIGRATIONS } from "../../../src/ledger/sqlite/migrations.ts";
import { APPLICATION_ID } from "../../../src/ledger/sqlite/schema.ts";
import { BANK } from "../builders.ts";

/**
 * A run that has ended: row 2 is unknown, its patch in doubt and its account claimed; row 3 was applied under a later key, row 4 has
 * made an account; row 5 is held, its patch once sent and then absent. `a name` has been ended often.
 */
export const CONTENT = `
INSERT INTO banks (no, api_url, client_id) VALUES (1, '${BANK.apiUrl}', '${BANK.program}');
INSERT INTO runs (id, bank, kind, job, job_path, sha256, file, started_at, stage, ended_at, rows)
  VALUES ('old', 1, 'run', 'job', 'job.ts', 'abc', '{"sha256":"abc"}', 1, 'ended', 9, 4);
INSERT INTO rows (run, row, byte_offset, cells, change) VALUES
  (1, 2, 10, '["a"]', 2), (1, 3, 20, '["b"]', 3), (1, 4, 30, '["c"]', 4), (1, 5, 40, '["d"]', 5);
INSERT INTO changes (run, change, key, state, account_id, word, at, planned_at, touch, based_on, issues, differences, desired) VALUES
  (1, 2, 'account:a', 'done', 'a', 'unknown', 8, 5, 0, 'hash', '[{"code":"outcome_unknown","column":"","message":"?"}]',
    '[{"field":"status","actual":"active","desired":"closed"}]', '{"account_id":"a","status":"closed"}'),
  (1, 3, 'account:b', 'done', 'b', 'applied', 7, 5, 0, 'hash', NULL, NULL, '{"account_id":"b"}'),
  (1, 4, 'client:Core-0017', 'done', 'account_17', 'applied', 6, 5, 0, 'hash', NULL, NULL, '{"client_account_id":"Core-0017"}'),
  (1, 5, 'account:d', 'done', 'd', 'held', 9, 5, 0, 'hash', '[{"code":"guard","column":"","message":"?"}]', NULL, '{"account_id":"d"}');
INSERT INTO operations (run, change, step, kind, state, attempts, in_doubt, first_sent_at, generation, key, body_hash, body) VALUES
  (1, 2, 1, 'patch', 'unknown', 1, 1, 7, 3, 'the-key', 'the-hash', '{}'),
  (1, 2, 2, 'close', 'skipped', 0, 0, NULL, 0, 'close-key', 'close-hash', '{}'),
  (1, 3, 1, 'patch', 'applied', 2, 0, 7, 2, 'b-key', 'b-hash', '{}'),
  (1, 4, 1, 'create', 'applied', 1, 0, 7, 0, 'c-key', 'c-hash', '{}'),
  (1, 5, 1, 'patch', 'skipped', 1, 0, NULL, 1, 'd-key', 'd-hash', '{}');
INSERT INTO accounts (bank, identity, touch, effective_at, applied_by_run) VALUES (1, 'account:a', 1, '', 0),
  (1, 'account:b', 1, '2026-01-01T10:00:00+02:00', 1), (1, 'account:account_17', 1, '', 1), (1, 'client:Core-0017', 1, '', 1);
INSERT INTO claims (bank, identity, run, change) VALUES (1, 'account:a', 1, 2);
INSERT INTO links (bank, client_account_id, account_id) VALUES (1, 'Core-0017', 'account_17');
INSERT INTO key_generations (bank, name, generation) VALUES (1, 'a name', 3);
INSERT INTO files (bank, job, place, key, version, run) VALUES (1, 'job', 's3://in', 'taken.csv', '"e1"', 1),
  (1, 'job', 's3://in', 'bare.csv', 'e2', NULL), (1, 'job', 's3://in', 'weak.csv', 'W/"e3"', NULL),
  (1, 'job', 's3://in', 'gone.csv', '"e4"', 1);
`;

/** A ledger of version 1 at `path`. */
export function writeOld(path: string, content: string): void {
  const old = new DatabaseSync(path);
  old.exec(`${MIGRATIONS[0]} ${content} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`);
  old.close();
}

export async function findOld(ledger: Ledger): Promise<Run> {
  const run = await ledger.runs.find("old");
  if (run === undefined) throw new Error("the run is lost");
  return run;
}
