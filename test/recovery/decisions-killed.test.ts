/**
 * `tieout ctl` and `tieout accept` killed at every write: what a person has decided and the entry of the audit trail are there together or not
 * at all.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { parsePostgresUrl } from "../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../src/ledger/postgres/open-ledger.ts";
import { leaseName, type Run } from "../../src/ledger/run.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";
import { verifyAudit } from "../../src/run/after/verify-audit.ts";
import { openOf } from "../../src/run/open-rows.ts";
import { BANK, findAll, issue, newRun, row } from "../ledger/builders.ts";
import { describeOnPostgres, dropSchema, ledgerUrl, newSchema } from "../ledger/postgres/use-postgres.ts";
import { startTieout } from "../support/tieout.ts";

const STRIKE_URL = new URL("strike-at.ts", import.meta.url).href;
const MOST = { requestsPerSecond: 50, reads: 16, writes: 8 };
const AN_HOUR_MS = 3_600_000;
const POINTS = ["commit before", "commit after"];

/** A command with which a person decides something about the run `r`. */
interface Decision {
  readonly args: readonly string[];
  readonly prepare: (ledger: Ledger) => Promise<Run>;
  /** Whether it is in effect, as a whole. */
  readonly isMade: (ledger: Ledger, run: Run) => Promise<boolean>;
}

const DECISIONS: Readonly<Record<string, Decision>> = {
  ctl: {
    args: ["ctl", "r", "stop"],
    async prepare(ledger) {
      const run = await ledger.runs.open(BANK, newRun("r"));
      await ledger.leases.claim(leaseName(BANK, run.job), "host pid 1", AN_HOUR_MS, ledger.nowMs());
      await ledger.controls.open(run, "host pid 1", MOST);
      return run;
    },
    async isMade(ledger, run) {
      const { isStopped } = await ledger.controls.find(run);
      expect((await ledger.runs.find(run.id))?.waiting, "a stopped run waits for a person").to.equal(isStopped);
      return isStopped;
    },
  },
  accept: {
    args: ["accept", "r", "--row", "2-3", "--until", "2999-12-31", "--reason", "the bank is asked"],
    async prepare(ledger) {
      const run = await ledger.runs.open(BANK, newRun("r"));
      await ledger.rows.recordRows(run, [row(2, "client:a"), row(3, "client:b")]);
      await findAll(ledger, run);
      for (const change of [2, 3])
        await ledger.changes.recordDone(run, change, { word: "refused", issues: [issue("bank_refused")] }, 5);
      return run;
    },
    async isMade(ledger, run) {
      const untilMs = [];
      for await (const { acceptedUntilMs } of openOf(ledger, run)) untilMs.push(acceptedUntilMs);
      expect(untilMs).to.have.length(2);
      expect(untilMs[0], "both rows or none").to.equal(untilMs[1]);
      return untilMs[0] !== null;
    },
  },
};

/** What TIEOUT_LEDGER is set to, and how a test opens that ledger. */
interface Place {
  readonly at: string;
  readonly open: () => Promise<Ledger>;
}

for (const [command, decision] of Object.entries(DECISIONS))
  describe(`tieout ${command}, killed`, function () {
    this.timeout(60_000);
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "tieout-decision-killed-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    for (const point of POINTS) {
      const what = `at each ${point}, is decided with an entry in the audit trail, or has done nothing`;
      it(what, () => {
        const path = join(folder, "ledger.sqlite");
        return playKills(decision, point, { at: path, open: () => openSqliteLedger(path) }, folder);
      });
      describeOnPostgres("over a ledger in PostgreSQL", () => {
        it(what, async () => {
          const schema = newSchema();
          const at = ledgerUrl(schema);
          await playKills(decision, point, { at, open: () => openPostgresLedger(parsePostgresUrl(at)) }, folder);
          await dropSchema(schema);
        });
      });
    }
  });

async function playKills(decision: Decision, point: string, { at, open }: Place, folder: string): Promise<void> {
  const run = await (async () => {
    await using ledger = await open();
    return await decision.prepare(ledger);
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
    const { signal, code, err } = await startTieout(decision.args, env, folder).ended;
    await using ledger = await open();
    const { entries } = await verifyAudit(ledger.audit);
    expect(await decision.isMade(ledger, run)).to.equal(entries > 0);
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
