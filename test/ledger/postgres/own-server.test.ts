/**
 * What a server of its own shows of a ledger: passwords, a standby, settings of the server, and connections that are lost under it.
 */
import { expect } from "chai";
import type { FatalError } from "../../../src/errors/fatal-error.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../../src/ledger/postgres/open-ledger.ts";
import type { Run } from "../../../src/ledger/run.ts";
import { BANK, fatalOf, newRun } from "../builders.ts";
import { CAN_START, LOCKED, type OwnServer, startOwnServer } from "./own-server.ts";
import { ask, describeOnPostgres, newSchema } from "./use-postgres.ts";

/** Looks again every few milliseconds until there is something. */
async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describeOnPostgres("a PostgreSQL server of its own", () => {
  if (!CAN_START) {
    it.skip("skipped, since /usr/lib/postgresql has no programs that a server is made of");
    return;
  }
  let server: OwnServer;
  let url: string;

  before(async () => {
    server = await startOwnServer();
  });
  after(() => server[Symbol.asyncDispose]());
  beforeEach(() => {
    url = `${server.url}?schema=${newSchema()}`;
  });

  const open = () => openPostgresLedger(parsePostgresUrl(url));
  const tell = (sql: string) => ask(sql, server.url);
  /** With settings that hold once the server has read them. */
  async function setting(sql: string): Promise<void> {
    await tell(`ALTER SYSTEM ${sql}`);
    await server.stop();
    await server.start();
  }
  const refusal = async (): Promise<FatalError> => {
    const error = await fatalOf(open());
    expect(error).to.include({ code: "ledger_unusable", exit: 2 });
    return error;
  };

  it("refuses a wrong password and none in one line, without it, and takes the right one", async () => {
    await tell(`CREATE ROLE ${LOCKED} LOGIN PASSWORD 'right-secret'; GRANT CREATE ON DATABASE postgres TO ${LOCKED}`);
    const plain = url;
    for (const [user, isRight] of [
      [`${LOCKED}:wrong-secret`, false],
      [LOCKED, false],
      [`${LOCKED}:right-secret`, true],
    ] as const) {
      url = plain.replace("tieout@", `${user}@`);
      if (isRight) await (await open())[Symbol.asyncDispose]();
      else {
        const { message, hint } = await refusal();
        expect(message).to.match(
          /^the ledger postgres:\/\/locked@\S+ cannot be opened: it refuses the user or the password$/,
        );
        expect(message + hint).to.not.contain("secret");
      }
    }
  });

  it("refuses a server without TLS where TLS is asked for", async () => {
    url = `${url}&sslmode=verify-full`;
    expect((await refusal()).message).to.match(/cannot be opened: it offers no TLS$/);
  });

  it("refuses a standby, which only reads", async () => {
    await using standby = await server.openStandby();
    url = `${standby.url}?schema=${newSchema()}`;
    expect(await refusal()).to.include({ hint: "set TIEOUT_LEDGER to the primary server" });
  });

  it("refuses a server that does not wait for its disk, until it is told to", async () => {
    for (const name of ["fsync", "full_page_writes"]) {
      await setting(`SET ${name} = off`);
      const { message, hint } = await refusal();
      expect(message).to.match(new RegExp(`: ${name} is off, so what is committed can be lost$`));
      expect(hint).to.equal(`type ALTER SYSTEM SET ${name} = on; SELECT pg_reload_conf()`);
      for (const sql of hint.replace("type ", "").split("; ")) await tell(sql);
      await until(async () => (await tell(`SHOW ${name}`)).find((row) => row[name] === "on"));
      await (await open())[Symbol.asyncDispose]();
    }
  });

  describe("under a ledger that is open", () => {
    let ledger: Ledger;
    let run: Run;

    beforeEach(async () => {
      ledger = await open();
      run = await ledger.runs.open(BANK, newRun("r"));
    });
    afterEach(() => ledger[Symbol.asyncDispose]());

    const schema = () => parsePostgresUrl(url).schema;
    const factOf = async (id: string) => {
      await using other = await open();
      return await other.facts.read(run, id);
    };
    /** The server's process that is at work on what the ledger has asked, as it waits for something of that kind. */
    const waiting = (kind: string) =>
      until(async () => {
        const sql = `SELECT pid FROM pg_stat_activity WHERE application_name = 'tieout' AND wait_event_type = '${kind}'
          AND state = 'active'`;
        return (await tell(sql)).at(0)?.pid as number | undefined;
      });
    const refusesWrites = async () => {
      const error = await fatalOf(ledger.facts.record(run, "later", null));
      expect(error).to.include({ code: "ledger_failed", exit: 6 });
      expect(error.message).to.match(/accepts no more writes: an earlier write failed$/);
    };

    it("loses no reading and no write to connections that are ended while nothing is asked", async () => {
      await ledger.runs.list(1);
      await tell("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tieout'");
      expect((await ledger.runs.list(9)).map(({ id }) => id)).to.deep.equal(["r"]);
      await ledger.facts.record(run, "a", "1");
      expect(await factOf("a")).to.equal("1");
    });

    it("goes on by itself with what is asked while the server is away, be it read or written", async () => {
      await server.stop("immediate");
      const read = ledger.runs.find("r");
      const written = ledger.facts.record(run, "a", "1");
      await server.start();
      expect((await read)?.id).to.equal("r");
      await written;
      expect(await factOf("a")).to.equal("1");
    });

    for (const [what, end] of Object.entries({
      "its connection is ended": (pid: number) => tell(`SELECT pg_terminate_backend(${pid})`),
      "the server dies": async () => {
        await server.stop("immediate");
        await server.start();
      },
    })) {
      it(`rejects a write when ${what} before it is committed, changes nothing, and takes no more`, async () => {
        await tell(`CREATE FUNCTION ${schema()}.hold() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN PERFORM pg_sleep(600); RETURN NEW; END'; CREATE TRIGGER hold AFTER INSERT ON ${schema()}.facts
          FOR EACH ROW EXECUTE FUNCTION ${schema()}.hold()`);
        const written = fatalOf(ledger.facts.record(run, "a", "1"));
        await end(await waiting("Timeout"));
        const error = await written;
        expect(error).to.include({ code: "ledger_failed", exit: 6 });
        expect(error.message).to.match(/^the ledger \S+ failed: the connection to the database was lost$/);
        expect(error.hint).to.match(/start the job again; it continues from what is committed$/);
        await refusesWrites();
        expect((await ledger.runs.find("r"))?.id, "it still reads").to.equal("r");
        expect(await factOf("a")).to.equal(undefined);
      });
    }

    it("never resolves a write whose COMMIT got no answer, though it was done", async () => {
      // A commit waits for a standby that is not there.
      await tell("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
      await tell("SELECT pg_reload_conf()");
      try {
        await until(async () =>
          (await tell("SHOW synchronous_standby_names")).find((row) => row.synchronous_standby_names !== ""),
        );
        const written = fatalOf(ledger.facts.record(run, "a", "1"));
        await tell(`SELECT pg_terminate_backend(${await waiting("IPC")})`);
        expect(await written).to.include({ code: "ledger_failed" });
        await refusesWrites();
      } finally {
        await tell("ALTER SYSTEM RESET synchronous_standby_names");
        await tell("SELECT pg_reload_conf()");
      }
      expect(await until(() => factOf("a")), "nobody could know").to.equal("1");
    });
  });
});
