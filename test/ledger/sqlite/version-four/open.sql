CREATE TABLE banks ( no INTEGER PRIMARY KEY, api_url TEXT NOT NULL, key_name TEXT NOT NULL, program TEXT NOT NULL DEFAULT '', named INTEGER NOT NULL DEFAULT 0, UNIQUE (api_url, key_name) ) STRICT;
CREATE TABLE runs ( no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, bank INTEGER NOT NULL, kind TEXT NOT NULL, job TEXT NOT NULL, job_path TEXT NOT NULL, sha256 TEXT NOT NULL, file TEXT NOT NULL, rerun_of TEXT, reason TEXT, started_at INTEGER NOT NULL, stage TEXT NOT NULL DEFAULT 'read', reading TEXT, proof TEXT NOT NULL DEFAULT 'open', rejection TEXT, rows INTEGER NOT NULL DEFAULT 0, publications INTEGER NOT NULL DEFAULT 0, exit INTEGER, ended_at INTEGER, summary TEXT , keys_in TEXT, without_ledger INTEGER NOT NULL DEFAULT 0, by_name INTEGER NOT NULL DEFAULT 0, accepts TEXT, published INTEGER NOT NULL DEFAULT 0, waiting INTEGER NOT NULL DEFAULT 0, abandoned TEXT, batch TEXT, version INTEGER, corrects TEXT) STRICT;
CREATE TABLE rows ( run INTEGER NOT NULL, row INTEGER NOT NULL, byte_offset INTEGER NOT NULL, cells TEXT, change INTEGER, word TEXT, issues TEXT, from_run TEXT, from_row INTEGER, notes TEXT, PRIMARY KEY (run, row) ) STRICT, WITHOUT ROWID;
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
CREATE TABLE own_ids ( bank INTEGER NOT NULL, kind TEXT NOT NULL, own_id TEXT NOT NULL, id TEXT NOT NULL, run TEXT NOT NULL, at INTEGER NOT NULL, status INTEGER NOT NULL, PRIMARY KEY (bank, kind, own_id) ) STRICT, WITHOUT ROWID;
CREATE TABLE resolutions ( run INTEGER NOT NULL, change INTEGER NOT NULL, ids TEXT NOT NULL, PRIMARY KEY (run, change) ) STRICT;
CREATE TABLE clients ( api_url TEXT NOT NULL, client_id TEXT NOT NULL, bank INTEGER NOT NULL, PRIMARY KEY (api_url, client_id) ) STRICT;
CREATE INDEX runs_of_job ON runs (bank, job, sha256);
CREATE INDEX rows_joined ON rows (run, change) WHERE change <> row;
CREATE INDEX changes_open ON changes (run, state, change) WHERE state <> 'done';
CREATE INDEX changes_to_fold ON changes (run, change) WHERE to_fold = 1;
CREATE INDEX changes_by_account ON changes (run, account_id) WHERE state = 'found' AND account_id IS NOT NULL;
CREATE INDEX changes_unknown ON changes (run, change) WHERE word = 'unknown';
CREATE INDEX links_latest ON links (bank, no);
CREATE INDEX links_near ON links (bank, near);
CREATE INDEX links_by_account ON links (bank, account_id);
CREATE UNIQUE INDEX banks_by_program ON banks (api_url, program);
CREATE INDEX runs_of_batch ON runs (bank, job, batch) WHERE batch IS NOT NULL;
INSERT INTO banks (no, api_url, key_name, program, named) VALUES
(1,'http://127.0.0.1:40404','client-nightly','client-nightly',0);
INSERT INTO runs (no, id, bank, kind, job, job_path, sha256, file, rerun_of, reason, started_at, stage, reading, proof, rejection, rows, publications, exit, ended_at, summary, keys_in, without_ledger, by_name, accepts, published, waiting, abandoned, batch, version, corrects) VALUES
(1,'20261129-041608-6932e5',1,'run','nightly','/jobs/nightly/nightly.ts','d85ea42de29672fca2851fa8e7dcd72fca0f863d79a3c6c3b5694abee5bd7580','{"key":"2026-11-21.csv","size":66,"lastModifiedMs":1795154400000,"etag":"\"66-2244849-1795154400000000000\"","place":"/jobs/nightly/in","sha256":"d85ea42de29672fca2851fa8e7dcd72fca0f863d79a3c6c3b5694abee5bd7580"}',NULL,NULL,1795925768542,'ended','{"layout":"tieout","money":"minor","delimiter":",","header":["account_id","product_name"],"columns":["account_id","product_name"],"forms":{"leaveAlone":[],"text":[]},"encoding":"utf-8","lineEnds":"lf","headerRow":1,"compression":null,"endsWithLineEnd":true}','open',NULL,2,1,0,1795925768748,unistr('{\000a  "run": "20261129-041608-6932e5",\000a  "job": "nightly",\000a  "kind": "run",\000a  "final": true,\000a  "exit": 0,\000a  "bank": {\000a    "apiUrl": "http://127.0.0.1:40404",\000a    "program": "client-nightly"\000a  },\000a  "file": {\000a    "place": "/jobs/nightly/in",\000a    "key": "2026-11-21.csv",\000a    "size": 66,\000a    "sha256": "d85ea42de29672fca2851fa8e7dcd72fca0f863d79a3c6c3b5694abee5bd7580"\000a  },\000a  "rerunOf": null,\000a  "reason": null,\000a  "startedAt": "2026-11-29T04:16:08.542Z",\000a  "endedAt": "2026-11-29T04:16:08.689Z",\000a  "rows": 2,\000a  "ignoredColumns": [],\000a  "words": {\000a    "unknown": 0,\000a    "failed": 0,\000a    "refused": 0,\000a    "invalid": 0,\000a    "held": 0,\000a    "skipped": 0,\000a    "applied": 2,\000a    "unchanged": 0\000a  },\000a  "operations": {\000a    "patch=applied": 2\000a  },\000a  "reasons": [],\000a  "certificate": [\000a    {\000a      "left": "rows read",\000a      "right": "rows in the ledger",\000a      "figures": [\000a        2,\000a        2\000a      ]\000a    },\000a    {\000a      "left": "rows in the ledger",\000a      "right": "rows written",\000a      "figures": [\000a        2,\000a        2\000a      ]\000a    },\000a    {\000a      "left": "rows written",\000a      "right": "the eight words together",\000a      "figures": [\000a        2,\000a        2\000a      ]\000a    },\000a    {\000a      "left": "accounts read",\000a      "right": "accounts written",\000a      "figures": [\000a        "fc7f59da45f21d1b94b3283c53be4b22",\000a        "fc7f59da45f21d1b94b3283c53be4b22"\000a      ]\000a    },\000a    {\000a      "left": "operations planned",\000a      "right": "2 applied",\000a      "figures": [\000a        2,\000a        2\000a      ]\000a    },\000a    {\000a      "left": "operations of the rows",\000a      "right": "operations written",\000a      "figures": [\000a        2,\000a        2\000a      ]\000a    },\000a    {\000a      "left": "operations applied",\000a      "right": "of them sent",\000a      "figures": [\000a        2,\000a        2\000a      ]\000a    },\000a    {\000a      "left": "operations left open in finished rows",\000a      "right": "none",\000a      "figures": [\000a        0,\000a        0\000a      ]\000a    },\000a    {\000a      "left": "accounts made",\000a      "right": "accounts linked",\000a      "figures": [\000a        0,\000a        0\000a      ]\000a    },\000a    {\000a      "left": "operations being sent at the end",\000a      "right": "none",\000a      "figures": [\000a        0,\000a        0\000a      ]\000a    },\000a    {\000a      "left": "changes without a word at the end",\000a      "right": "none",\000a      "figures": [\000a        0,\000a        0\000a      ]\000a    }\000a  ],\000a  "maxChange": 9007199254740991,\000a  "stopped": null,\000a  "results": "/jobs/nightly/out/20261129-041608-6932e5/1",\000a  "next": []\000a}\000a'),'fc7f59da45f21d1b94b3283c53be4b22',0,0,NULL,1,0,NULL,NULL,NULL,NULL),
(2,'20261129-041609-ef2ddd',1,'run','nightly','/jobs/nightly/nightly.ts','e8a8169e0c1cd48abd778068001ae4c286a3e49212a98491537a559992515f34','{"key":"2026-11-22.csv","size":119,"lastModifiedMs":1795176000000,"etag":"\"119-2245337-1795176000000000000\"","place":"/jobs/nightly/in","sha256":"e8a8169e0c1cd48abd778068001ae4c286a3e49212a98491537a559992515f34"}',NULL,NULL,1795925769827,'apply','{"layout":"tieout","money":"minor","delimiter":",","header":["account_id","product_name"],"columns":["account_id","product_name"],"forms":{"leaveAlone":[],"text":[]},"encoding":"utf-8","lineEnds":"lf","headerRow":1,"compression":null,"endsWithLineEnd":true}','open',NULL,4,0,NULL,NULL,NULL,'caaeaa91b16acefe39b5a77c70a12c23',0,0,NULL,0,0,NULL,NULL,NULL,NULL);
INSERT INTO rows (run, row, byte_offset, cells, change, word, issues, from_run, from_row, notes) VALUES
(1,2,24,'["account_8001","New One"]',2,NULL,NULL,NULL,NULL,NULL),
(1,3,45,'["account_8002","New Two"]',3,NULL,NULL,NULL,NULL,NULL),
(2,2,24,'["account_8001","Newer One"]',2,NULL,NULL,NULL,NULL,NULL),
(2,3,47,'["account_8002","Newer Two"]',3,NULL,NULL,NULL,NULL,NULL),
(2,4,70,'["account_8003","Newer Three"]',4,NULL,NULL,NULL,NULL,NULL),
(2,5,95,'["account_8004","Newer Four"]',5,NULL,NULL,NULL,NULL,NULL);
INSERT INTO changes (run, change, key, state, to_fold, account_id, word, at, touch, planned_at, issues, differences, begun, misanswered) VALUES
(1,2,'account:account_8001','done',NULL,'account_8001','applied',1795925768689,0,1795925768654,NULL,'[{"field":"product_name","actual":"Old","desired":"New One"}]',0,0),
(1,3,'account:account_8002','done',NULL,'account_8002','applied',1795925768689,0,1795925768648,NULL,'[{"field":"product_name","actual":"Old","desired":"New Two"}]',0,0),
(2,2,'account:account_8001','done',NULL,'account_8001','applied',1795925770030,1,1795925769976,NULL,'[{"field":"product_name","actual":"New One","desired":"Newer One"}]',0,0),
(2,3,'account:account_8002','planned',NULL,'account_8002',NULL,NULL,1,1795925769975,NULL,'[{"field":"product_name","actual":"New Two","desired":"Newer Two"}]',1,0),
(2,4,'account:account_8003','done',NULL,'account_8003','applied',1795925770030,0,1795925769975,NULL,'[{"field":"product_name","actual":"Old","desired":"Newer Three"}]',0,0),
(2,5,'account:account_8004','done',NULL,'account_8004','applied',1795925770042,0,1795925769975,NULL,'[{"field":"product_name","actual":"Old","desired":"Newer Four"}]',0,0);
INSERT INTO operations (run, change, step, kind, state, attempts, in_doubt, first_sent_at, http_status, issue, generation, key, body_hash, body, first_sent_bank_at, last_sent_at) VALUES
(1,2,1,'patch','applied',1,0,1795925768672,200,NULL,0,'5aa96ae5-2c80-552d-a4e1-a16615fc4e8a','82610ecd86a5b5f4a58d3b5f6cb0852da7019e6fb40a61730e0db3de5e0e27ce','{"details":{"product_name":"New One"}}',1795925768528,1795925768672),
(1,3,1,'patch','applied',1,0,1795925768672,200,NULL,0,'6e540b4e-12d0-522a-8138-1e24c61ff4b2','92ef0db653585f1423bd43f943ab7eafced8d0597058d04b6058393499d37f77','{"details":{"product_name":"New Two"}}',1795925768528,1795925768672),
(2,2,1,'patch','applied',1,0,1795925770007,200,NULL,0,'49979a68-b728-5c55-93a4-ae6467ccdc7f','ae1a75edeaa19309e34127dd4ea990bc31b7ffbeea70240d5a87d4c72e17e6ea','{"details":{"product_name":"Newer One"}}',1795925769542,1795925770007),
(2,3,1,'patch','sending',1,0,1795925770007,NULL,NULL,0,'1708a094-ff8d-5917-97a1-7643f4f5a2c8','8e4d42a1cc1cba72ec053477ea23a6bb288e67990f95deb69e7247b159ee9be0','{"details":{"product_name":"Newer Two"}}',1795925769542,1795925770007),
(2,4,1,'patch','applied',1,0,1795925770007,200,NULL,0,'2b741d20-a21a-5613-a5c4-b3461b86283e','805aa90c9c1e367c1b74e6cc5ecc69a5a4c5716cd6ec463834b67ac6988d9431','{"details":{"product_name":"Newer Three"}}',1795925769542,1795925770007),
(2,5,1,'patch','applied',1,0,1795925770007,200,NULL,0,'e15c4c98-a2c3-5379-84a4-895b286d1eb4','003f7b1e0bca75e4adb27a6a2ea6b3a30b49fee3f4ac8eb7fd7af5dbc460bc89','{"details":{"product_name":"Newer Four"}}',1795925769542,1795925770007);
INSERT INTO key_generations (bank, name, generation) VALUES
(1,'account:account_8001 b2eb28536783c6e96f2be0bf722b6f14f768df6781ed194cf7a0428d7ba3ee49',1),
(1,'account:account_8001 b848a366b9a95336abf422080eee2ee914de82086f358fd3512a902da945b11c',1),
(1,'account:account_8002 90971eb19ddecad7719d594cbc56b77057d7af48976f7a0daaba78a1151b2c16',1),
(1,'account:account_8003 daedd0efc7180b58901cd8c031bac7ff54334894ebc060afcd547f069703728d',1),
(1,'account:account_8004 ffd927d8b9aa45985c7f88bfca9e736913a907b7c83c8d5c27108b76cdba0fec',1);
INSERT INTO accounts (bank, identity, touch, effective_at, applied_by_run) VALUES
(1,'account:account_8001',2,'',2),
(1,'account:account_8002',1,'',1),
(1,'account:account_8003',1,'',2),
(1,'account:account_8004',1,'',2);
INSERT INTO claims (bank, identity, run, change) VALUES
(1,'account:account_8002',2,3);
INSERT INTO leases (name, owner, token, since, until) VALUES
('nightly http://127.0.0.1:40404 client-nightly','nightly-host pid 4508 5e39',2,1795925769795,1795925829795);
INSERT INTO desires (run, change, desired) VALUES
(1,2,'{"account_id":"account_8001","product_name":"New One"}'),
(1,3,'{"account_id":"account_8002","product_name":"New Two"}'),
(2,2,'{"account_id":"account_8001","product_name":"Newer One"}'),
(2,3,'{"account_id":"account_8002","product_name":"Newer Two"}'),
(2,4,'{"account_id":"account_8003","product_name":"Newer Three"}'),
(2,5,'{"account_id":"account_8004","product_name":"Newer Four"}');
INSERT INTO seen (run, change, actual) VALUES
(1,3,'{"account":{"created_at":"2026-11-29T04:16:07.496Z","updated_at":"2026-11-29T04:16:07.496Z","status":"active","status_reason":"active","capabilities":["deposit"],"entities":{"account_holder_type":"consumer"},"details":{"product_name":"Old"},"metadata":{},"documents":[],"id":"account_8002","client_account_id":"core-8002"},"relationships":null}'),
(1,2,'{"account":{"created_at":"2026-11-29T04:16:07.496Z","updated_at":"2026-11-29T04:16:07.496Z","status":"active","status_reason":"active","capabilities":["deposit"],"entities":{"account_holder_type":"consumer"},"details":{"product_name":"Old"},"metadata":{},"documents":[],"id":"account_8001","client_account_id":"core-8001"},"relationships":null}'),
(2,3,'{"account":{"created_at":"2026-11-29T04:16:07.496Z","updated_at":"2026-11-29T04:16:08.687Z","status":"active","status_reason":"active","capabilities":["deposit"],"entities":{"account_holder_type":"consumer"},"details":{"product_name":"New Two"},"metadata":{},"documents":[],"id":"account_8002","client_account_id":"core-8002"},"relationships":null}'),
(2,4,'{"account":{"created_at":"2026-11-29T04:16:07.496Z","updated_at":"2026-11-29T04:16:07.496Z","status":"active","status_reason":"active","capabilities":["deposit"],"entities":{"account_holder_type":"consumer"},"details":{"product_name":"Old"},"metadata":{},"documents":[],"id":"account_8003","client_account_id":"core-8003"},"relationships":null}'),
(2,5,'{"account":{"created_at":"2026-11-29T04:16:07.496Z","updated_at":"2026-11-29T04:16:07.496Z","status":"active","status_reason":"active","capabilities":["deposit"],"entities":{"account_holder_type":"consumer"},"details":{"product_name":"Old"},"metadata":{},"documents":[],"id":"account_8004","client_account_id":"core-8004"},"relationships":null}'),
(2,2,'{"account":{"created_at":"2026-11-29T04:16:07.496Z","updated_at":"2026-11-29T04:16:08.686Z","status":"active","status_reason":"active","capabilities":["deposit"],"entities":{"account_holder_type":"consumer"},"details":{"product_name":"New One"},"metadata":{},"documents":[],"id":"account_8001","client_account_id":"core-8001"},"relationships":null}');
INSERT INTO files (bank, job, place, key, etag, modified, sha256, run) VALUES
(1,'nightly','/jobs/nightly/in','2026-11-21.csv','"66-2244849-1795154400000000000"',1795154400,'d85ea42de29672fca2851fa8e7dcd72fca0f863d79a3c6c3b5694abee5bd7580',1),
(1,'nightly','/jobs/nightly/in','2026-11-22.csv','"119-2245337-1795176000000000000"',1795176000,'e8a8169e0c1cd48abd778068001ae4c286a3e49212a98491537a559992515f34',2);
INSERT INTO jobs (bank, job, path, mark) VALUES
(1,'nightly','/jobs/nightly/nightly.ts','/jobs/nightly/nightly.ts');
INSERT INTO clients (api_url, client_id, bank) VALUES
('http://127.0.0.1:40404','client-nightly',1);
INSERT INTO sqlite_sequence (name, seq) VALUES
('runs',2);
PRAGMA application_id = 1416193329;
PRAGMA user_version = 4;
