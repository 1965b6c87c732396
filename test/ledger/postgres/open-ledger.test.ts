/**
 * What is particular to the ledger in PostgreSQL: servers, databases, schemas and rights that it refuses in one line, and several
 * processes that begin it at once.
 */
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { FatalError } from "../../../src/errors/fatal-error.ts";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../../src/ledger/postgres/open-ledger.ts";
import { ALL, BANK, fatalOf, newRun, row } from "../builders.ts";
import { killAfter, startWriter } from "../writing-process.ts";
import { freePort, ownFolder, runAsOwner } from "./own-server.ts";
import { ask, describeOnPostgres, dropSchema, ledgerUrl, newSchema, POSTGRES_URL } from "./use-postgres.ts";

const open = (url: string) => openPostgresLedger(parsePostgresUrl(url));

async function begin(url: string): Promise<void> {
  await using ledger = await open(url);
  await ledger.flush();
}

/** What the ledger at that URL is refused with: one line that names it, and a next step. */
async function refusalOf(url: string): Promise<FatalError> {
  const error = await fatalOf(open(url));
  expect(error.message).to.contain(parsePostgresUrl(url).name).and.not.contain("\n");
  expect(error.hint).to.match(/\w/).and.not.contain("\n");
  return error;
}

describeOnPostgres("openPostgresLedger", () => {
  let schema: string;
  let databases: string[];
  let roles: string[];

  beforeEach(() => {
    schema = newSchema();
    databases = [];
    roles = [];
  });
  afterEach(async () => {
    await dropSchema(schema);
    for (const database of databases) await ask(`DROP DATABASE ${database} WITH (FORCE)`);
    for (const role of roles) await ask(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  async function newDatabase(how = ""): Promise<string> {
    const name = newSchema();
    await ask(`CREATE DATABASE ${name} ${how}`);
    databases.push(name);
    return name;
  }

  async function newRole(): Promise<string> {
    const name = newSchema();
    await ask(`CREATE ROLE ${name} LOGIN`);
    roles.push(name);
    return name;
  }

  /** A database with that setting. */
  async function withSetting(setting: string): Promise<string> {
    const database = await newDatabase();
    await ask(`ALTER DATABASE ${database} SET ${setting}`);
    return ledgerUrl(schema, { pathname: `/${database}` });
  }

  interface Refusal {
    /** Makes it so, and resolves with the ledger's URL. */
    make(): Promise<string>;
    readonly says: RegExp;
    readonly hint: RegExp;
    /** Whether the ledger opens once the SQL in the hint has been typed. */
    readonly isHelped?: true;
    readonly code?: "ledger_failed";
  }

  const inEncoding = (encoding: string) => `ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`;
  const REFUSALS: Readonly<Record<string, Refusal>> = {
    "a database that is not there": {
      make: async () => ledgerUrl(schema, { pathname: "/not_there" }),
      says: /cannot be opened: there is no such database$/,
      hint: /correct TIEOUT_LEDGER, or make the database/,
    },
    "a place where nothing listens": {
      make: async () => ledgerUrl(schema, { host: `127.0.0.1:${await freePort()}` }),
      says: /cannot be opened: nothing listens there$/,
      hint: /start the job again/,
      code: "ledger_failed",
    },
    "a database that acknowledges what it may lose": {
      make: () => withSetting("synchronous_commit = off"),
      says: /synchronous_commit is off, so what is committed can be lost$/,
      hint: /^type ALTER ROLE tieout IN DATABASE t_\w+ SET synchronous_commit = on$/,
      isHelped: true,
    },
    "a database that only reads": {
      make: () => withSetting("default_transaction_read_only = on"),
      says: /transactions are read-only there$/,
      hint: /^type ALTER ROLE tieout IN DATABASE t_\w+ SET default_transaction_read_only = off$/,
      isHelped: true,
    },
    "a database in LATIN1": {
      make: async () => ledgerUrl(schema, { pathname: `/${await newDatabase(inEncoding("LATIN1"))}` }),
      says: /the database is in LATIN1$/,
      hint: /CREATE DATABASE tieout_utf8 ENCODING 'UTF8' TEMPLATE template0/,
    },
    "a database that knows no encoding": {
      make: async () => ledgerUrl(schema, { pathname: `/${await newDatabase(inEncoding("SQL_ASCII"))}` }),
      says: /the database is in SQL_ASCII$/,
      hint: /CREATE DATABASE tieout_utf8 ENCODING 'UTF8' TEMPLATE template0/,
    },
    "another program's schema": {
      make: async () => {
        await ask(`CREATE SCHEMA ${schema} CREATE TABLE accounts (id integer)`);
        return ledgerUrl(schema);
      },
      says: /is not a Tieout ledger$/,
      hint: /\?schema=tieout_2/,
    },
    "a ledger of a newer version": {
      make: async () => {
        await begin(ledgerUrl(schema));
        await ask(`UPDATE ${schema}.tieout_meta SET version = 99`);
        return ledgerUrl(schema);
      },
      says: /has version 99, and this Tieout supports up to \d+$/,
      hint: /use a newer Tieout/,
    },
    "a user who may not make a schema": {
      make: async () => ledgerUrl(schema, { username: await newRole() }),
      says: /cannot be made: its user may not make a schema$/,
      hint: /^let an owner type CREATE SCHEMA t_\w+ AUTHORIZATION t_\w+$/,
      isHelped: true,
    },
    "a user who may not make tables": {
      make: async () => {
        await ask(`CREATE SCHEMA ${schema}`);
        return ledgerUrl(schema, { username: await newRole() });
      },
      says: /cannot be made: its user may not make tables there$/,
      hint: /^let an owner type GRANT USAGE, CREATE ON SCHEMA t_\w+ TO t_\w+$/,
      isHelped: true,
    },
    "a user who may not look into the schema": {
      make: async () => {
        await begin(ledgerUrl(schema));
        return ledgerUrl(schema, { username: await newRole() });
      },
      says: /cannot be used: its user lacks rights on it$/,
      hint: /^let the owner type GRANT USAGE ON SCHEMA .+ ON ALL TABLES IN SCHEMA t_\w+ TO t_\w+$/,
      isHelped: true,
    },
    "a user without a right on one table": {
      make: async () => {
        await begin(ledgerUrl(schema));
        const role = await newRole();
        await ask(`GRANT USAGE ON SCHEMA ${schema} TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO ${role};
          REVOKE DELETE ON ${schema}.sendings FROM ${role}`);
        return ledgerUrl(schema, { username: role });
      },
      says: /cannot be used: its user lacks rights on it$/,
      hint: /GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES/,
      isHelped: true,
    },
  };

  for (const [what, { make, says, hint, isHelped, code = "ledger_unusable" }] of Object.entries(REFUSALS)) {
    it(`refuses ${what} in one line, with the address and a way out`, async () => {
      const url = await make();
      const error = await refusalOf(url);
      expect(error).to.include({ code, exit: code === "ledger_failed" ? 6 : 2 });
      expect(error.message).to.match(says);
      expect(error.hint).to.match(hint);
      if (isHelped !== true) return;
      const [, sql = ""] = /type (.*)$/.exec(error.hint) ?? [];
      await ask(sql);
      await using ledger = await open(url);
      await ledger.runs.open(BANK, newRun("r"));
    });
  }

  it("leaves another program's schema as it was", async () => {
    await ask(`CREATE SCHEMA ${schema} CREATE TABLE accounts (id integer)`);
    await refusalOf(ledgerUrl(schema));
    const tables = await ask(`SELECT relname FROM pg_class WHERE relnamespace = '${schema}'::regnamespace`);
    expect(tables).to.deep.equal([{ relname: "accounts" }]);
  });

  it("makes no ledger where none may begin", async () => {
    const error = await fatalOf(openPostgresLedger(parsePostgresUrl(ledgerUrl(schema)), { mayBegin: false }));
    expect(error).to.include({ code: "no_ledger" });
    expect(error.message).to.match(/^there is no ledger at postgres:/);
    expect(await ask(`SELECT to_regnamespace('${schema}') AS found`)).to.deep.equal([{ found: null }]);
  });

  it("commits what waits when it is closed, and takes nothing more", async () => {
    const ledger = await open(ledgerUrl(schema));
    const claimed = ledger.leases.claim("job", "me", 100, 0);
    await ledger[Symbol.asyncDispose]();
    await ledger[Symbol.asyncDispose]();
    expect((await claimed).kind).to.equal("claimed");
    expect((await fatalOf(ledger.leases.claim("job", "me", 100, 1))).code).to.equal("ledger_failed");
    await using again = await open(ledgerUrl(schema));
    expect((await again.leases.find("job"))?.untilMs).to.equal(100);
  });

  it("is made once when several processes start where there is none, and keeps what all of them write", async () => {
    const writers = ["a", "b", "c"].map((name) => startWriter(ledgerUrl(schema), name, 20));
    const ends = await Promise.all(writers.map(({ end }) => end));
    expect(ends.map(({ code, stderr }) => [code, stderr])).to.deep.equal(Array(3).fill([0, ""]));
    await using ledger = await open(ledgerUrl(schema));
    expect((await ledger.runs.list(9)).map(({ no }) => no)).to.deep.equal([3, 2, 1]);
    for (const name of ["a", "b", "c"]) {
      const run = await ledger.runs.find(name);
      expect(run && (await ledger.rows.readResults(run, ALL)).length).to.equal(20);
    }
  });

  it("has every row that was acknowledged when a process is killed amid its writes, and goes on", async () => {
    const acknowledged = await killAfter(startWriter(ledgerUrl(schema), "a", 1_000_000), 200);
    expect(acknowledged).to.be.at.least(200);
    await using ledger = await open(ledgerUrl(schema));
    const run = await ledger.runs.find("a");
    if (run === undefined) throw new Error("the run is gone");
    const rows = (await ledger.rows.readResults(run, { after: 0, limit: 2_000_000 })).map(({ source }) => source.row);
    expect(rows.length).to.be.at.least(acknowledged);
    expect(rows).to.deep.equal(rows.map((_, index) => index + 2));
    await ledger.rows.recordRows(run, [row(rows.length + 2, "client:next")]);
    expect((await ledger.balance.read(run)).changesWithoutWord).to.equal(rows.length + 1);
  });

  describe("behind a pooler in transaction mode", () => {
    const PGBOUNCER = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].find((path) => existsSync(path));
    if (PGBOUNCER === undefined) it.skip("skipped, since pgbouncer is not installed: 2 checks");
    for (const [what, ignored] of Object.entries({
      "as it comes": "",
      "that ignores what it does not know": "options",
    })) {
      if (PGBOUNCER === undefined) break;
      it(`refuses one ${what}`, async () => {
        const [folder, port, server] = [await ownFolder(), await freePort(), new URL(POSTGRES_URL)];
        const settings = {
          listen_addr: "127.0.0.1",
          listen_port: port,
          auth_type: "any",
          pool_mode: "transaction",
          ignore_startup_parameters: ignored,
          unix_socket_dir: "",
          logfile: join(folder, "log"),
          pidfile: join(folder, "pid"),
        };
        const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
        const target = `* = host=${server.hostname} port=${server.port} user=${server.username}`;
        await writeFile(join(folder, "ini"), ["[databases]", target, "[pgbouncer]", ...lines, ""].join("\n"));
        await runAsOwner(PGBOUNCER, "-d", "-q", join(folder, "ini"));
        try {
          let error = await refusalOf(ledgerUrl(schema, { host: `127.0.0.1:${port}` }));
          // The pooler itself may still be starting, and the server may have all its connections in use by other tests.
          for (let tries = 0; error.code === "ledger_failed" && tries < 40; tries += 1) {
            await sleep(250);
            error = await refusalOf(ledgerUrl(schema, { host: `127.0.0.1:${port}` }));
          }
          expect(error).to.include({ code: "ledger_unusable" });
          expect(error.message).to.match(/a connection pooler stands before the server$/);
          expect(error.hint).to.match(/set TIEOUT_LEDGER to the server itself/);
        } finally {
          await runAsOwner("/bin/sh", "-c", `kill $(cat ${folder}/pid)`);
          await rm(folder, { recursive: true });
        }
      });
    }
  });
});
