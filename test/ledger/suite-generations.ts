/**
 * What every ledger must do so that no key is used for a second thing: a new plan begins with the account's touch, which is
 * above every generation that was sent.
 */
import { expect } from "chai";
import type { Outcome } from "../../src/ledger/ledger.ts";
import type { Lease, Run } from "../../src/ledger/run.ts";
import type { OperationKind } from "../../src/plan/operation.ts";
import {
  BANK,
  claimLease,
  claimOf,
  memoryOf,
  newRun,
  operation,
  outcome,
  plan,
  recordEnd,
  row,
  SANDBOX,
  sentAt,
  sentOf,
} from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

/** `again` sends under the present generation, `renewed` under the next; `absent` settles a doubt. */
type Act = "again" | "renewed" | "absent" | readonly [Outcome["state"], inDoubt?: boolean];

/** By what the test of it is called: what happens to the first step of a change, from its first sending on. */
const WAYS: Readonly<Record<string, readonly Act[]>> = {
  "an operation that applied": ["again", ["applied"]],
  "one that was refused": ["again", ["refused"]],
  "one that failed": ["again", ["failed"]],
  "a try that the bank did not process, and that applied under the next key": [
    "again",
    ["planned"],
    "renewed",
    ["planned"],
    "renewed",
    ["applied"],
  ],
  "a doubt that turned out to be applied under the same key": ["again", ["unknown", true], "again", ["applied"]],
  "a renewed key in doubt that turned out to be applied": [
    "again",
    ["planned"],
    "renewed",
    ["planned"],
    "renewed",
    ["unknown", true],
    ["applied"],
  ],
  "a doubt that was absent, and applied under the next key": [
    "again",
    ["unknown", true],
    "absent",
    "again",
    ["applied"],
  ],
  "a sending without an answer that was absent": ["again", "absent"],
  "a renewed key without an answer that was absent": [
    "again",
    ["planned"],
    "renewed",
    ["planned"],
    "renewed",
    "absent",
  ],
  "doubts that were absent again and again": [
    "again",
    "absent",
    "again",
    ["unknown", true],
    "absent",
    "again",
    "absent",
    "again",
    ["refused"],
  ],
};

export function suiteOfGenerations(use: LedgerInUse): void {
  /** Plans change 2 as run/plan does, with the account's touch for a generation. */
  const begin = async (id: string, key: string, kinds: readonly OperationKind[], bank = BANK) => {
    const { ledger } = use;
    const run = await ledger.runs.open(bank, newRun(id));
    await ledger.rows.recordRows(run, [row(2, key)]);
    await ledger.changes.findByLedger(run, 2);
    const unfound = await ledger.changes.readToFind(run, { after: 0, limit: 9 });
    await ledger.changes.recordFound(
      run,
      unfound.map(({ change }) => ({ change, accountId: null, verdict: null, seen: null })),
    );
    const [found] = await ledger.changes.readToPlan(run, { after: 0, limit: 9 });
    if (found === undefined) throw new Error("nothing is found");
    const { accountId } = found;
    const { touch } = found.memory;
    const operations = kinds.map((kind, index) => ({ ...operation(index + 1, kind), generation: touch }));
    await ledger.changes.recordPlans(run, [{ ...plan(2, [], { accountId, touch }), operations }]);
    expect(await claimOf(ledger, run)).to.deep.equal({ kind: "claimed" });
    return { run, lease: await claimLease(ledger, run) };
  };

  /** Resolves with every generation under which the step was sent. */
  const go = async (run: Run, lease: Lease, acts: readonly Act[], over: Partial<Outcome> = {}, step = 1) => {
    const { operations } = use.ledger;
    const used: number[] = [];
    for (const act of acts) {
      const [change, { generation }] = await sentOf(use.ledger, run, 2, step);
      const next = { generation: generation + 1, key: `key in ${generation + 1}` };
      if (act === "absent") await operations.recordAbsent(run, change, step, next);
      else if (act === "again" || act === "renewed") {
        await operations.recordSending(run, lease, 2, step, sentAt(1), act === "renewed" ? next : undefined);
        used.push((await sentOf(use.ledger, run, 2, step))[1].generation);
      } else await recordEnd(use.ledger, run, outcome(act[0], { inDoubt: act[1] ?? false, ...over }), { step });
    }
    return used;
  };
  const done = (run: Run) => use.ledger.changes.recordDone(run, 2, { word: "applied", issues: [] }, 9);

  for (const [way, acts] of Object.entries(WAYS)) {
    it(`plans above every generation of ${way}, an account's own or a create's`, async () => {
      for (const [key, kind, accountId] of [
        ["account:a", "patch", "a"],
        ["client:c", "create", null],
      ] as const) {
        const first = await begin(`first ${key}`, key, [kind]);
        const used = await go(first.run, first.lease, acts, { accountId: kind === "create" ? "new" : null });
        const highest = Math.max(...used);
        const ids = kind === "create" && acts.at(-1)?.[0] === "applied" ? ["new", null] : [accountId];
        for (const id of ids) expect((await memoryOf(use.ledger, first.run, id)).touch, key).to.be.above(highest);
        await done(first.run);

        const second = await begin(`second ${key}`, key, ["patch"]);
        const again = await go(second.run, second.lease, ["again", ["applied"]]);
        expect(Math.min(...again), key).to.be.above(highest);
        await done(second.run);
      }
    });
  }

  it("stays in the generation while its end is open", async () => {
    const { run, lease } = await begin("r", "account:a", ["patch"]);
    const used = await go(run, lease, ["again", ["planned"], "again", ["unknown", true], "again", ["refused", true]]);
    expect(used).to.deep.equal([0, 0, 0]);
  });

  it("does not renew the key of an attempt that may have taken effect", async () => {
    const { run, lease } = await begin("r", "account:a", ["patch"]);
    const used = await go(run, lease, ["again", ["planned", true], "renewed"]);
    expect(used).to.deep.equal([0, 0]);
    expect((await sentOf(use.ledger, run))[1]).to.deep.include({ key: "key-patch-1", firstSentAtMs: 1 });
  });

  it("goes above the generations of each step of a change, however far one of them got", async () => {
    const { run, lease } = await begin("r", "account:a", ["patch", "close"]);
    const far = await go(run, lease, ["again", ["planned"], "renewed", ["planned"], "renewed", ["applied"]]);
    const near = await go(run, lease, ["again", ["applied"]], {}, 2);
    expect([far, near]).to.deep.equal([[0, 1, 2], [0]]);
    expect((await memoryOf(use.ledger, run, "a")).touch).to.be.above(3);
  });

  it("counts for the bank of the run alone", async () => {
    const far: readonly Act[] = ["again", ["planned"], "renewed", ["planned"], "renewed", ["applied"]];
    const first = await begin("first", "account:a", ["patch"]);
    expect(await go(first.run, first.lease, far)).to.deep.equal([0, 1, 2]);
    const other = await begin("other", "account:a", ["patch"], SANDBOX);
    expect(await go(other.run, other.lease, ["again", ["applied"]])).to.deep.equal([0]);
    expect((await memoryOf(use.ledger, other.run, "a")).touch).to.equal(1);
    expect((await memoryOf(use.ledger, first.run, "a")).touch).to.equal(3);
  });
}
