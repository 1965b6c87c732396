CREATE TABLE banks ( no INTEGER PRIMARY KEY, api_url TEXT NOT NULL, client_id TEXT NOT NULL, UNIQUE (api_url, client_id) ) STRICT;
CREATE TABLE runs ( no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, bank INTEGER NOT NULL, kind TEXT NOT NULL, job TEXT NOT NULL, job_path TEXT NOT NULL, sha256 TEXT NOT NULL, file TEXT NOT NULL, rerun_of TEXT, reason TEXT, started_at INTEGER NOT NULL, stage TEXT NOT NULL DEFAULT 'read', reading TEXT, proof TEXT NOT NULL DEFAULT 'open', rejection TEXT, rows INTEGER NOT NULL DEFAULT 0, publications INTEGER NOT NULL DEFAULT 0, exit INTEGER, ended_at INTEGER, summary TEXT , keys_in TEXT, without_ledger INTEGER NOT NULL DEFAULT 0, by_name INTEGER NOT NULL DEFAULT 0, accepts TEXT, published INTEGER NOT NULL DEFAULT 0, waiting INTEGER NOT NULL DEFAULT 0, abandoned TEXT) STRICT;
CREATE TABLE rows ( run INTEGER NOT NULL, row INTEGER NOT NULL, byte_offset INTEGER NOT NULL, cells TEXT, change INTEGER, word TEXT, issues TEXT, from_run TEXT, from_row INTEGER, PRIMARY KEY (run, row) ) STRICT, WITHOUT ROWID;
CREATE TABLE changes ( run INTEGER NOT NULL, change INTEGER NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL, to_fold INTEGER, account_id TEXT, word TEXT, at INTEGER, touch INTEGER, planned_at INTEGER, issues TEXT, differences TEXT, begun INTEGER NOT NULL DEFAULT 0, misanswered INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (run, change), UNIQUE (run, key) ) STRICT, WITHOUT ROWID;
CREATE TABLE operations ( run INTEGER NOT NULL, change INTEGER NOT NULL, step INTEGER NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, in_doubt INTEGER NOT NULL DEFAULT 0, first_sent_at INTEGER, http_status INTEGER, issue TEXT, generation INTEGER NOT NULL, key TEXT NOT NULL, body_hash TEXT NOT NULL, body TEXT NOT NULL, first_sent_bank_at INTEGER, last_sent_at INTEGER, PRIMARY KEY (run, change, step) ) STRICT, WITHOUT ROWID;
CREATE TABLE key_generations ( bank INTEGER NOT NULL, name TEXT NOT NULL, generation INTEGER NOT NULL, PRIMARY KEY (bank, name) ) STRICT, WITHOUT ROWID;
CREATE TABLE links ( no INTEGER PRIMARY KEY, bank INTEGER NOT NULL, client_account_id TEXT NOT NULL, account_id TEXT NOT NULL, near TEXT NOT NULL DEFAULT '', UNIQUE (bank, client_account_id) ) STRICT;
CREATE TABLE accounts ( bank INTEGER NOT NULL, identity TEXT NOT NULL, touch INTEGER NOT NULL, effective_at TEXT NOT NULL DEFAULT '', applied_by_run INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (bank, identity) ) STRICT, WITHOUT ROWID;
CREATE TABLE claims ( bank INTEGER NOT NULL, identity TEXT NOT NULL, run INTEGER NOT NULL, change INTEGER NOT NULL, PRIMARY KEY (bank, identity) ) STRICT, WITHOUT ROWID;
CREATE TABLE leases ( name TEXT PRIMARY KEY, owner TEXT NOT NULL, token INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL ) STRICT, WITHOUT ROWID;
CREATE TABLE facts ( run INTEGER NOT NULL, id TEXT NOT NULL, fact TEXT, PRIMARY KEY (run, id) ) STRICT, WITHOUT ROWID;
CREATE TABLE desires ( run INTEGER NOT NULL, change INTEGER NOT NULL, desired TEXT NOT NULL, PRIMARY KEY (run, change) ) STRICT;
CREATE TABLE seen ( run INTEGER NOT NULL, change INTEGER NOT NULL, actual TEXT NOT NULL, PRIMARY KEY (run, change) ) STRICT;
CREATE TABLE files ( bank INTEGER NOT NULL, job TEXT NOT NULL, place TEXT NOT NULL, key TEXT NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL, sha256 TEXT, run INTEGER, PRIMARY KEY (bank, job, place, key, etag, modified) ) STRICT, WITHOUT ROWID;
CREATE TABLE jobs ( bank INTEGER NOT NULL, job TEXT NOT NULL, path TEXT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (bank, job) ) STRICT, WITHOUT ROWID;
CREATE TABLE near_ids ( run INTEGER NOT NULL, near TEXT NOT NULL, change INTEGER NOT NULL, PRIMARY KEY (run, near, change) ) STRICT, WITHOUT ROWID;
CREATE TABLE kept ( bank INTEGER NOT NULL, account_id TEXT NOT NULL, field TEXT NOT NULL, wanted TEXT NOT NULL, held TEXT NOT NULL, is_form INTEGER NOT NULL, PRIMARY KEY (bank, account_id, field) ) STRICT, WITHOUT ROWID;
CREATE INDEX runs_of_job ON runs (bank, job, sha256);
CREATE INDEX rows_joined ON rows (run, change) WHERE change <> row;
CREATE INDEX changes_open ON changes (run, state, change) WHERE state <> 'done';
CREATE INDEX changes_to_fold ON changes (run, change) WHERE to_fold = 1;
CREATE INDEX changes_by_account ON changes (run, account_id) WHERE state = 'found' AND account_id IS NOT NULL;
CREATE INDEX changes_unknown ON changes (run, change) WHERE word = 'unknown';
CREATE INDEX links_latest ON links (bank, no);
CREATE INDEX links_near ON links (bank, near);
CREATE INDEX links_by_account ON links (bank, account_id);
INSERT INTO banks (no, api_url, client_id) VALUES
(1,'http://127.0.0.1:40404','us');
INSERT INTO runs (no, id, bank, kind, job, job_path, sha256, file, rerun_of, reason, started_at, stage, reading, proof, rejection, rows, publications, exit, ended_at, summary, keys_in, without_ledger, by_name, accepts, published, waiting, abandoned) VALUES
(1,'20261129-043421-2adee0',1,'run','job','/jobs/nightly/job.ts','0c4c5f27f8550dea72da91f3e4222701c23b433da2633d286444dd6b488ffc07','{"key":"file.csv","size":114,"lastModifiedMs":1795926859424,"etag":"\"114-2244838-1795926859424679367\"","place":"/jobs/nightly","sha256":"0c4c5f27f8550dea72da91f3e4222701c23b433da2633d286444dd6b488ffc07"}',NULL,NULL,1795926861643,'ended','{"layout":"tieout","money":"minor","delimiter":",","header":["client_account_id","capabilities","account_holders","product_name"],"columns":["client_account_id","capabilities","account_holders","product_name"],"forms":{"leaveAlone":[],"text":[]},"encoding":"utf-8","lineEnds":"lf","headerRow":1,"compression":null,"endsWithLineEnd":true}','proven',NULL,2,1,3,1795926862936,unistr('{\000a  "run": "20261129-043421-2adee0",\000a  "job": "job",\000a  "kind": "run",\000a  "final": true,\000a  "exit": 3,\000a  "bank": {\000a    "apiUrl": "http://127.0.0.1:40404",\000a    "program": "us"\000a  },\000a  "file": {\000a    "place": "/jobs/nightly",\000a    "key": "file.csv",\000a    "size": 114,\000a    "sha256": "0c4c5f27f8550dea72da91f3e4222701c23b433da2633d286444dd6b488ffc07"\000a  },\000a  "rerunOf": null,\000a  "reason": null,\000a  "startedAt": "2026-11-29T04:34:21.643Z",\000a  "endedAt": "2026-11-29T04:34:22.741Z",\000a  "rows": 2,\000a  "ignoredColumns": [],\000a  "words": {\000a    "unknown": 1,\000a    "failed": 0,\000a    "refused": 0,\000a    "invalid": 0,\000a    "held": 0,\000a    "skipped": 0,\000a    "applied": 1,\000a    "unchanged": 0\000a  },\000a  "operations": {\000a    "create=unknown": 1,\000a    "create=applied": 1\000a  },\000a  "reasons": [\000a    {\000a      "word": "unknown",\000a      "code": "outcome_unknown",\000a      "count": 1\000a    }\000a  ],\000a  "certificate": [\000a    {\000a      "left": "rows read",\000a      "right": "rows in the ledger",\000a      "figures": [\000a        2,\000a        2\000a      ]\000a    },\000a    {\000a      "left": "rows in the ledger",\000a      "right": "rows written",\000a      "figures": [\000a        2,\000a        2\000a      ]\000a    },\000a    {\000a      "left": "rows written",\000a      "right": "the eight words together",\000a      "figures": [\000a        2,\000a        2\000a      ]\000a    },\000a    {\000a      "left": "accounts read",\000a      "right": "accounts written",\000a      "figures": [\000a        "4833571d58e4e234b19a06b08761a947",\000a        "4833571d58e4e234b19a06b08761a947"\000a      ]\000a    },\000a    {\000a      "left": "operations planned",\000a      "right": "1 applied, 1 unknown",\000a      "figures": [\000a        2,\000a        2\000a      ]\000a    },\000a    {\000a      "left": "operations of the rows",\000a      "right": "operations written",\000a      "figures": [\000a        2,\000a        2\000a      ]\000a    },\000a    {\000a      "left": "operations applied",\000a      "right": "of them sent",\000a      "figures": [\000a        1,\000a        1\000a      ]\000a    },\000a    {\000a      "left": "operations left open in finished rows",\000a      "right": "none",\000a      "figures": [\000a        0,\000a        0\000a      ]\000a    },\000a    {\000a      "left": "accounts made",\000a      "right": "accounts linked",\000a      "figures": [\000a        1,\000a        1\000a      ]\000a    },\000a    {\000a      "left": "operations being sent at the end",\000a      "right": "none",\000a      "figures": [\000a        0,\000a        0\000a      ]\000a    },\000a    {\000a      "left": "changes without a word at the end",\000a      "right": "none",\000a      "figures": [\000a        0,\000a        0\000a      ]\000a    }\000a  ],\000a  "maxChange": 9007199254740991,\000a  "stopped": null,\000a  "results": "/jobs/nightly/out/20261129-043421-2adee0/1",\000a  "next": [\000a    "tieout resume 20261129-043421-2adee0   # settles the 1 unknown"\000a  ]\000a}\000a'),'4833571d58e4e234b19a06b08761a947',0,1,NULL,1,0,NULL);
INSERT INTO rows (run, row, byte_offset, cells, change, word, issues, from_run, from_row) VALUES
(1,2,60,'["n1","deposit","entity_ann","Card"]',2,NULL,NULL,NULL,NULL),
(1,3,87,'["n2","deposit","entity_ann","Card"]',3,NULL,NULL,NULL,NULL);
INSERT INTO changes (run, change, key, state, to_fold, account_id, word, at, touch, planned_at, issues, differences, begun, misanswered) VALUES
(1,2,'client:n1','done',NULL,NULL,'unknown',1795926862693,0,1795926862048,'[{"code":"outcome_unknown","column":"","message":"sent, and no answer: timed out after 500 ms"}]','[{"field":"client_account_id","actual":"","desired":"n1"},{"field":"capabilities","actual":"","desired":"deposit"},{"field":"account_holders","actual":"","desired":"entity_ann"},{"field":"product_name","actual":"","desired":"Card"}]',0,0),
(1,3,'client:n2','done',NULL,'account_df16c1f6bd184284bd0e6a8e2f0d8e7e','applied',1795926862741,0,1795926862049,NULL,'[{"field":"client_account_id","actual":"","desired":"n2"},{"field":"capabilities","actual":"","desired":"deposit"},{"field":"account_holders","actual":"","desired":"entity_ann"},{"field":"product_name","actual":"","desired":"Card"}]',0,0);
INSERT INTO operations (run, change, step, kind, state, attempts, in_doubt, first_sent_at, http_status, issue, generation, key, body_hash, body, first_sent_bank_at, last_sent_at) VALUES
(1,2,1,'create','unknown',1,1,1795926862142,0,'{"code":"outcome_unknown","column":"","message":"sent, and no answer: timed out after 500 ms"}',0,'6bd5c5ac-02c1-50cb-b3fd-589f1d89d184','c792dc366a037622eb90a72c0cc512733e5c6602c2be968fe6adba6659dae5a6','{"client_account_id":"n1","capabilities":["deposit"],"entities":{"account_holders":["entity_ann"]},"details":{"product_name":"Card"},"documents":[]}',1795926862627,1795926862142),
(1,3,1,'create','applied',1,0,1795926862710,200,NULL,0,'ef1453d0-19bd-59d8-ab04-111a9805dc5c','cd3005e17ea16fdd746a46ea353450283fc6d394290b80a3b9872bb209dfe1fb','{"client_account_id":"n2","capabilities":["deposit"],"entities":{"account_holders":["entity_ann"]},"details":{"product_name":"Card"},"documents":[]}',1795926863195,1795926862710);
INSERT INTO key_generations (bank, name, generation) VALUES
(1,'client:n2 ef038f2b8011da8c83d7ad5432eaae4cc42aa7a04c790f0f09ee824093606266',1);
INSERT INTO links (no, bank, client_account_id, account_id, near) VALUES
(1,1,'n2','account_df16c1f6bd184284bd0e6a8e2f0d8e7e','n2');
INSERT INTO accounts (bank, identity, touch, effective_at, applied_by_run) VALUES
(1,'account:account_df16c1f6bd184284bd0e6a8e2f0d8e7e',1,'',1),
(1,'client:n1',1,'',0),
(1,'client:n2',1,'',1);
INSERT INTO claims (bank, identity, run, change) VALUES
(1,'client:n1',1,2);
INSERT INTO leases (name, owner, token, since, until) VALUES
('job http://127.0.0.1:40404 us','',1,1795926861565,0);
INSERT INTO desires (run, change, desired) VALUES
(1,2,'{"client_account_id":"n1","capabilities":["deposit"],"account_holders":["entity_ann"],"product_name":"Card"}'),
(1,3,'{"client_account_id":"n2","capabilities":["deposit"],"account_holders":["entity_ann"],"product_name":"Card"}');
INSERT INTO jobs (bank, job, path, mark) VALUES
(1,'job','/jobs/nightly/job.ts','/jobs/nightly/job.ts');
INSERT INTO near_ids (run, near, change) VALUES
(1,'n1',2),
(1,'n2',3);
INSERT INTO sqlite_sequence (name, seq) VALUES
('runs',1);
PRAGMA application_id = 1416193329;
PRAGMA user_version = 3;
