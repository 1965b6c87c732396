/**
 * How own ids are resolved, with a real ledger and a bank whose look-ups answer as they are told: what counts as found, and
 * when that none was found counts.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Application, Entity } from "../../src/account.ts";
import type { BankApi } from "../../src/bank/bank-api.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { Desired } from "../../src/read/change.ts";
import type { Needed } from "../../src/report/calls.ts";
import { OwnIds } from "../../src/run/own-ids.ts";
import { BANK, newRun } from "../ledger/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { openTestLedger } from "../support/test-ledger.ts";
import { openNaming } from "./naming-rows.ts";

const entity = (id: string, own?: string): Entity => ({
  id: `entity_${id}`,
  type: "individual",
  ...(own !== undefined && { client_customer_id: own }),
});

interface Says {
  /** By own id, what the look-up names. */
  readonly lookUps?: Readonly<Record<string, readonly Entity[]>>;
  /** What is shown when asked by the bank's id. */
  readonly shows?: readonly Entity[];
  readonly applications?: readonly Application[];
}

describe("OwnIds", () => {
  let folder: string;
  let ledger: Ledger;
  let needed: Needed;
  const asked: string[] = [];
  beforeEach(async () => {
    asked.length = 0;
    needed = { reads: 0, writes: 0 };
    folder = await mkdtemp(join(tmpdir(), "tieout-own-ids-"));
    ledger = await openTestLedger(join(folder, "ledger.sqlite"));
  });
  afterEach(async () => {
    await ledger[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  function bankOf({ lookUps = {}, shows = [], applications = [] }: Says): BankApi {
    const answer = <Value>(name: string, value: Value) => {
      asked.push(name);
      return Promise.resolve({ ok: true, value, status: 200 } as const);
    };
    return {
      fetchByClientCustomerId: (own: string) => answer(own, lookUps[own] ?? []),
      fetchByClientApplicationId: (own: string) => answer(own, applications),
      fetchEntity: (id: string) => answer(id, shows.find((one) => one.id === id) ?? null),
      fetchApplication: (id: string) => answer(id, applications.find((one) => one.id === id) ?? null),
    } as unknown as BankApi;
  }

  async function resolve(says: Says, desired: Desired, id = "one") {
    const run = await openNaming(ledger, id, [desired]);
    const answer = await new OwnIds({ ledger, clock: new FakeClock() }, bankOf(says), run, needed).resolve(desired);
    if (!answer.ok) throw new Error(answer.failure.message);
    const resolved = answer.value;
    return {
      holders: resolved.desired.account_holders,
      codes: resolved.verdict?.issues.map(({ code }) => code),
      resolved,
    };
  }

  it("takes what the bank shows under the id, in the answer or when asked for the thing itself", async () => {
    for (const [own, says] of Object.entries({
      a: { lookUps: { a: [entity("1", "a")] } },
      b: { lookUps: { b: [entity("1")] }, shows: [entity("1", "b")] },
      c: { lookUps: { c: [entity("1", "c"), entity("2", "b")] } },
    })) {
      const { holders, codes } = await resolve(says, { account_holders: [own] }, own);
      expect([holders, codes]).to.deep.equal([["entity_1"], undefined]);
    }
  });

  it("takes nobody who is shown under another id, in another case, or under none", async () => {
    for (const [says, code] of [
      [{ lookUps: { a: [entity("1", "b")] } }, "own_id_of_another"],
      [{ lookUps: { a: [entity("1", "A")] } }, "own_id_of_another"],
      [{ lookUps: { a: [entity("1")] }, shows: [entity("1")] }, "own_id_of_another"],
      [{ lookUps: { a: [entity("1", "a"), entity("2", "a")] } }, "own_id_ambiguous"],
    ] as const) {
      const { resolved, codes } = await resolve(says, { account_holders: ["a"] }, code);
      expect(codes).to.deep.equal([code]);
      expect(resolved.verdict?.word).to.equal("refused");
      expect(resolved.resolutions).to.have.length(1);
      expect(resolved.resolutions[0]).to.include({ own: "a", id: null });
    }
  });

  it("believes that there is nobody only once the look-up has found somebody who is known to be there", async () => {
    const none = await resolve({}, { account_holders: ["a", "b"] });
    expect(none.codes).to.deep.equal(["own_id_unproven", "own_id_unproven"]);
    expect(none.resolved.verdict?.word).to.equal("held");
    // By another own id of the file.
    const other = await resolve({ lookUps: { b: [entity("1", "b")] } }, { account_holders: ["a", "b"] }, "two");
    expect(other.codes).to.deep.equal(["own_id_not_found"]);
    // By what an earlier run has found, which is asked for once more.
    asked.length = 0;
    const kept = await resolve({ lookUps: { b: [entity("1", "b")] } }, { account_holders: ["c"] }, "three");
    expect(kept.codes).to.deep.equal(["own_id_not_found"]);
    expect(asked).to.deep.equal(["c", "b"]);
    const gone = await resolve({}, { account_holders: ["d"] }, "four");
    expect(gone.codes).to.deep.equal(["own_id_unproven"]);
  });

  it("asks again for the proof that a bank which did not answer has left open", async () => {
    const says = { lookUps: { z: [entity("9", "z")] }, shows: [entity("9", "z")] };
    const desired = { account_holders: ["a"], authorized_users: ["entity_9"] };
    const run = await openNaming(ledger, "one", [desired]);
    const bank = bankOf(says);
    let isAway = true;
    const failure = { kind: "transient", code: "bank_error", message: "500", status: 500, bankCode: "", parameter: "" };
    const fetchEntity = (id: string) =>
      isAway ? Promise.resolve({ ok: false, failure } as const) : bank.fetchEntity(id);
    const ownIds = new OwnIds({ ledger, clock: new FakeClock() }, { ...bank, fetchEntity } as BankApi, run, needed);
    expect(await ownIds.resolve(desired)).to.deep.equal({ ok: false, failure });
    isAway = false;
    expect(await ownIds.resolve(desired)).to.have.nested.property("value.verdict.issues[0].code", "own_id_not_found");
  });

  it("tries it on an own id of an entity that the file names by the bank's id", async () => {
    const says = { lookUps: { z: [entity("9", "z")] }, shows: [entity("9", "z")] };
    const { codes } = await resolve(says, { account_holders: ["a"], authorized_users: ["entity_9"] });
    expect(codes).to.deep.equal(["own_id_not_found"]);
  });

  it("asks for an id once, however many changes name it at the same time", async () => {
    const run = await ledger.runs.open(BANK, newRun("one"));
    const ownIds = new OwnIds(
      { ledger, clock: new FakeClock() },
      bankOf({ lookUps: { a: [entity("1", "a")] } }),
      run,
      needed,
    );
    const changes = Array.from({ length: 50 }, () => ownIds.resolve({ account_holders: ["a"] }));
    await Promise.all(changes);
    expect(asked).to.deep.equal(["a"]);
    expect(needed).to.deep.equal({ reads: 1, writes: 0 });
  });

  it("resolves applications the same way, and never one kind by the other", async () => {
    const says = {
      lookUps: { a: [entity("1", "a")] },
      applications: [{ id: "application_1", client_application_id: "a" }],
    };
    const { resolved } = await resolve(says, { account_holders: ["a"], application_id: "a" });
    expect(resolved.desired).to.deep.equal({ account_holders: ["entity_1"], application_id: "application_1" });
    const known = await ledger.ownIds.read(BANK, resolved.resolutions);
    expect(known.map(({ kind, id }) => `${kind} ${id}`)).to.have.members([
      "client_customer_id entity_1",
      "client_application_id application_1",
    ]);
  });
});
