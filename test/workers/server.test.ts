/**
 * The way to the database, or its server, fails several processes that work on one run: what comes of the job is what comes of it otherwise.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { CAN_START, startOwnServer } from "../ledger/postgres/own-server.ts";
import { describeOnPostgres, POSTGRES_URL } from "../ledger/postgres/use-postgres.ts";
import { itWhole } from "../support/extent.ts";
import { openWay } from "./black-hole.ts";
import { expectEnd, Several, SOME_EFFECTS, TIMEOUT_MS } from "./several.ts";

const HOLE_MS = 20_000;
const AWAY_MS = 2_000;

describeOnPostgres("several processes whose database fails them", function () {
  this.timeout(TIMEOUT_MS);

  itWhole("go on without the worker that the network cuts off, and with it afterwards", async () => {
    await using way = await openWay(POSTGRES_URL);
    await using several = await Several.open();
    const run = several.start();
    const worker = several.startWorker({ env: { TIEOUT_LEDGER: several.ledgerAt(way.url) } });
    await several.untilEffects(SOME_EFFECTS, run);
    const struck = await several.strike(worker, null);
    way.swallow();
    await sleep(HOLE_MS);
    way.forward();
    await expectEnd(run);
    const what = "a worker cut off from the database for 20 s";
    expect(await several.wrongs(what)).to.deep.equal([]);
    await several.expectTakenOver(struck, what);
    worker.child.kill("SIGTERM");
    await expectEnd(worker, 0);
  });

  itWhole("go on without the one that has begun the run, when the network cuts it off", async () => {
    await using way = await openWay(POSTGRES_URL);
    await using several = await Several.open();
    const run = several.start({ env: { TIEOUT_LEDGER: several.ledgerAt(way.url) } });
    const worker = several.startWorker();
    await several.untilEffects(SOME_EFFECTS, run);
    const struck = await several.strike(run, null);
    way.swallow();
    await several.untilOver();
    way.forward();
    expect(await expectEnd(run, 6)).to.match(/\[(lease_lost|ledger_failed)\]/);
    worker.child.kill("SIGTERM");
    await expectEnd(worker, 0);
    const what = "the coordinator cut off from the database";
    expect(await several.wrongs(what)).to.deep.equal([]);
    await several.expectTakenOver(struck, what);
  });

  (CAN_START ? itWhole : it.skip)("go on once a server that was killed is back", async () => {
    await using server = await startOwnServer();
    await using several = await Several.open(server.url);
    const run = several.start();
    const workers = [several.startWorker(), several.startWorker()] as const;
    await several.untilEffects(SOME_EFFECTS, run);
    const struck = await several.strike(run, null);
    await server.kill();
    // It ends in its own time, and leaves nothing open that would keep it.
    workers[1].child.kill("SIGTERM");
    await sleep(AWAY_MS);
    await server.start();
    const { code, err } = await run.ended;
    expect([3, 6], err).to.include(code);
    await several.untilOver();
    workers[0].child.kill("SIGTERM");
    for (const worker of workers) await expectEnd(worker, 0);
    const what = "a server killed, and back after 2 s";
    expect(await several.wrongs(what)).to.deep.equal([]);
    await several.expectTakenOver(struck, what);
  });
});
