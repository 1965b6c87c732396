/**
 * The pace and the breaker of several processes, on a real server: each handle has connections of its own, as another process has them.
 */
import { expect } from "chai";
import type { PaceSettings } from "../../../src/bank/transport/pace.ts";
import type { SharedLimits, SharedState } from "../../../src/bank/transport/shared-limits.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../../src/ledger/postgres/open-ledger.ts";
import { BANK, SANDBOX } from "../builders.ts";
import { useLedger } from "../use-ledger.ts";
import { ask, describeOnPostgres, dropSchema, ledgerUrl, newSchema } from "./use-postgres.ts";

const PACE: PaceSettings = { requestsPerSecond: 1_000, burst: 10 };
/** Long enough for no test to see its end. */
const LONG_MS = 600_000;

describeOnPostgres("PaceLedger on PostgreSQL", () => {
  let schema = "";
  beforeEach(() => {
    schema = newSchema();
  });
  const use = useLedger({
    name: "PostgreSQL",
    open: () => openPostgresLedger(parsePostgresUrl(ledgerUrl(schema))),
    remove: () => dropSchema(schema),
  });
  const limitsOf = ({ pace }: Ledger, bank = BANK): SharedLimits => {
    if (pace === null) throw new Error("a ledger of several processes has a pace");
    return pace.of(bank);
  };
  const others = async (count: number) =>
    Promise.all(Array.from({ length: count }, async () => limitsOf(await use.openOther())));

  /** What a handle hears, one after the other. */
  const listen = (limits: SharedLimits) => {
    const heard: SharedState[] = [];
    let wake = () => {};
    const listening = limits.listen((state) => {
      heard.push(state);
      wake();
    });
    return {
      async until(isIt: (state: SharedState) => boolean): Promise<SharedState> {
        for (;;) {
          const state = heard.find(isIt);
          if (state !== undefined) return state;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
      heard,
      [Symbol.dispose]: () => listening[Symbol.dispose](),
    };
  };

  it("gives all together no more slots than the pace allows, by the server's own clock", async () => {
    const handles = await others(4);
    const [first] = handles;
    await first?.reserve(1, PACE);
    const [{ at }] = (await ask(`SELECT extract(epoch FROM clock_timestamp())::float8 AS at`)) as [{ at: number }];
    let given = 0;
    await Promise.all(
      handles.map(async (limits, index) => {
        for (let turn = 0; turn < 50; turn += 1) {
          const slots = 1 + ((turn * 7 + index * 3) % 20);
          await limits.reserve(slots, PACE);
          given += slots;
        }
      }),
    );
    const [{ next }] = (await ask(`SELECT extract(epoch FROM next)::float8 AS next FROM ${schema}.pace`)) as [
      { next: number },
    ];
    expect(given).to.be.above(1_500);
    expect(given).to.be.at.most((next - at) * PACE.requestsPerSecond + PACE.burst);
  });

  it("takes as much of the line for each slot as the job's own pace demands", async () => {
    const [fast, slow] = (await others(2)) as [SharedLimits, SharedLimits];
    await fast.reserve(1, { requestsPerSecond: 1, burst: 1 });
    const { stepMs, dueInMs } = await slow.reserve(500, { requestsPerSecond: 0.5, burst: 1 });
    expect(stepMs).to.equal(2_000);
    expect(dueInMs).to.be.at.most(1_000);
    const after = await fast.reserve(1, { requestsPerSecond: 50, burst: 1 });
    expect(after.stepMs).to.equal(20);
    expect(after.dueInMs).to.be.within(900_000, 1_001_000);
  });

  it("saves up no more than a burst", async () => {
    const limits = limitsOf(use.ledger);
    await limits.reserve(1, PACE);
    await ask(`UPDATE ${schema}.pace SET next = now() - interval '1 hour'`);
    const { dueInMs, stepMs } = await limits.reserve(20, { requestsPerSecond: 1, burst: 5 });
    expect(stepMs).to.equal(1_000);
    expect(dueInMs).to.be.within(-5_000, -3_900);
  });

  it("is slowed once for an epoch, whoever says so, and the others hear of it at once and by their reservation", async () => {
    const [one, other] = (await others(2)) as [SharedLimits, SharedLimits];
    using hearing = listen(other);
    expect(await one.reserve(1, PACE)).to.include({ epoch: 0, share: 1, slowedInARow: 0, pauseMs: 0, probeInMs: null });
    const states = await Promise.all([one.slow(0, LONG_MS), other.slow(0, LONG_MS), one.slow(0, LONG_MS)]);
    for (const state of states) expect(state).to.include({ epoch: 1, share: 0.5, slowedInARow: 1, probeInMs: null });
    expect((await hearing.until(({ epoch }) => epoch === 1)).pauseMs).to.be.within(1, LONG_MS);
    const reserved = await other.reserve(1, PACE);
    expect(reserved).to.include({ epoch: 1, share: 0.5, stepMs: 2 });
    expect(reserved.dueInMs).to.be.within(LONG_MS / 2, LONG_MS);
  });

  it("rises by a tenth for whoever reserves first after its time, once, and changes no epoch", async () => {
    const handles = await others(4);
    await handles[0]?.reserve(1, PACE);
    await handles[0]?.slow(0, 0);
    expect(await handles[1]?.reserve(1, PACE)).to.include({ share: 0.5 });
    await ask(`UPDATE ${schema}.pace SET changed = now() - interval '10 seconds'`);
    const reserved = await Promise.all(handles.map((limits) => limits.reserve(1, PACE)));
    for (const state of reserved) expect(state).to.include({ epoch: 1, share: 0.6, slowedInARow: 0 });
  });

  it("slows no job below a call a second", async () => {
    const limits = limitsOf(use.ledger);
    await limits.reserve(1, PACE);
    for (let epoch = 0; epoch < 14; epoch += 1) await limits.slow(epoch, 0);
    const { stepMs, share } = await limits.reserve(1, { requestsPerSecond: 50, burst: 1 });
    expect(stepMs).to.equal(1_000);
    expect(share).to.equal(0.001);
  });

  it("hears what it has missed once its connection is back", async () => {
    const [one, other] = (await others(2)) as [SharedLimits, SharedLimits];
    await one.reserve(1, PACE);
    using hearing = listen(other);
    await hearing.until(({ epoch }) => epoch === 0);
    const cut = await ask(
      `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE query = 'LISTEN "${schema}"'`,
    );
    expect(cut).to.have.length(1);
    await one.slow(0, LONG_MS);
    expect(await hearing.until(({ epoch }) => epoch === 1)).to.include({ share: 0.5 });
  });

  it("opens the breaker for all, lets one of four probe, and closes it for all", async () => {
    const handles = await others(4);
    const [one, other] = handles as [SharedLimits, SharedLimits];
    using hearing = listen(other);
    expect(await one.probe(LONG_MS)).to.deep.equal({ kind: "closed" });
    expect((await one.open(LONG_MS, false)).probeInMs).to.be.within(LONG_MS / 2, LONG_MS);
    await hearing.until(({ probeInMs }) => probeInMs !== null);
    expect((await other.reserve(1, PACE)).probeInMs).to.be.within(LONG_MS / 2, LONG_MS);
    expect(await other.probe(LONG_MS)).to.include({ kind: "wait" });
    await ask(`UPDATE ${schema}.pace SET open_until = now()`);
    const turns = await Promise.all(handles.map((limits) => limits.probe(LONG_MS)));
    expect(turns.map(({ kind }) => kind).sort()).to.deep.equal(["probe", "wait", "wait", "wait"]);
    expect(turns.find(({ kind }) => kind === "probe")).to.deep.equal({ kind: "probe", failedProbes: 0 });
    // One that has counted for itself changes nothing of it; the end of the probe does.
    expect((await other.open(0, false)).probeInMs).to.be.above(0);
    await one.open(0, true);
    expect(await other.probe(LONG_MS)).to.deep.equal({ kind: "probe", failedProbes: 1 });
    const { epoch } = await other.close();
    expect(await one.probe(LONG_MS)).to.deep.equal({ kind: "closed" });
    expect(await hearing.until((state) => state.epoch === epoch)).to.include({ probeInMs: null });
  });

  it("lets another one probe when the time of the first is over", async () => {
    const [one, other] = (await others(2)) as [SharedLimits, SharedLimits];
    await one.open(0, false);
    expect((await one.probe(0)).kind).to.equal("probe");
    expect((await other.probe(LONG_MS)).kind).to.equal("probe");
    expect((await one.probe(0)).kind).to.equal("wait");
  });

  it("keeps the banks apart", async () => {
    const [one, other] = (await others(2)) as [SharedLimits, SharedLimits];
    const elsewhere = limitsOf(use.ledger, { ...BANK, program: "another" });
    using hearing = listen(elsewhere);
    await hearing.until(() => true);
    await one.reserve(1, PACE);
    await one.slow(0, LONG_MS);
    await one.open(LONG_MS, false);
    using own = listen(other);
    await own.until(({ epoch }) => epoch === 2);
    expect(await elsewhere.reserve(1, PACE)).to.include({ epoch: 0, share: 1, probeInMs: null });
    expect(hearing.heard.every(({ epoch }) => epoch === 0)).to.equal(true);
  });

  it("waits for no write of the ledger", async () => {
    const limits = limitsOf(use.ledger);
    await limits.reserve(1, PACE);
    const held = await use.openOther();
    await ask("BEGIN; SELECT pg_advisory_xact_lock(x'54696531'::integer)");
    let isWritten = false;
    // The first of a bank that the ledger does not have.
    const writing = limitsOf(held, SANDBOX)
      .reserve(1, PACE)
      .finally(() => {
        isWritten = true;
      });
    try {
      for (let turn = 0; turn < 5; turn += 1) expect(await limits.reserve(1, PACE)).to.include({ epoch: 0 });
      expect(isWritten).to.equal(false);
    } finally {
      await ask("ROLLBACK");
    }
    await writing;
  });
});
