/**
 * `tieout ctl` killed at every write: what is asked of the run, that it waits, and the entry of the audit trail are there together or not
 * at all.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { parsePostgresUrl } from "../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../src/ledger/postgres/open-ledger.ts";
import { leaseName } from "../../src/ledger/run.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";
import { verifyAudit } from "../../src/run/after/verify-audit.ts";
import { BANK, newRun } from "../ledger/builders.ts";
import { describeOnPostgres, dropSchema, ledgerUrl, newSchema } from "../ledger/postgres/use-postgres.ts";
import { startTieout } from "../support/tieout.ts";

const STRIKE_URL = new URL("strike-at.ts", import.meta.url).href;
const MOST = { requestsPerSecond: 50, reads: 16, writes: 8 };
const AN_HOUR_MS = 3_600_000;
const POINTS = ["commit before", "commit after"];
const WHAT = "has asked the run with an entry in the audit trail, or has done nothing";

/** What TIEOUT_LEDGER is set to, and how a test opens that ledger. */
interface Place {
  readonly at: string;
  readonly open: () => Promise<Ledger>;
}

describe("tieout ctl, killed", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-ctl-killed-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  for (const point of POINTS) {
    it(`at each ${point}, ${WHAT}`, () => {
      const path = join(folder, "ledger.sqlite");
      return playKills(point, { at: path, open: () => openSqliteLedger(path) }, folder);
    });
  }

  describeOnPostgres("over a ledger in PostgreSQL", () => {
    for (const point of POINTS) {
      it(`at each ${point}, ${WHAT}`, async () => {
        const schema = newSchema();
        const at = ledgerUrl(schema);
        await playKills(point, { at, open: () => openPostgresLedger(parsePostgresUrl(at)) }, folder);
        await dropSchema(schema);
      });
    }
  });
});

async function playKills(point: string, { at, open }: Place, folder: string): Promise<void> {
  const run = await (async () => {
    await using ledger = await open();
    const opened = await ledger.runs.open(BANK, newRun("r"));
    await ledger.leases.claim(leaseName(BANK, opened.job), "host pid 1", AN_HOUR_MS, ledger.nowMs());
    await ledger.controls.open(opened, "host pid 1", MOST);
    return opened;
  })();
  let kills = 0;
  let asked = 0;
  for (let nth = 1; ; nth += 1) {
    const env = {
      TIEOUT_LEDGER: at,
      NODE_OPTIONS: `--import=${STRIKE_URL}`,
      TIEOUT_TEST_REACHED: join(folder, `reached-${nth}.json`),
      TIEOUT_TEST_STRIKE: `SIGKILL ${nth} ${point}`,
    };
    const { signal, code, err } = await startTieout(["ctl", "r", "stop"], env, folder).ended;
    await using ledger = await open();
    const { entries } = await verifyAudit(ledger.audit);
    const { isStopped } = await ledger.controls.find(run);
    expect([isStopped, (await ledger.runs.find("r"))?.waiting]).to.deep.equal([entries > 0, entries > 0]);
    expect(entries - asked).to.be.oneOf([0, 1]);
    asked = entries;
    if (signal === null) {
      expect(code, err).to.equal(0);
      break;
    }
    kills += 1;
  }
  expect(kills, "it was killed at least once").to.be.above(0);
}
