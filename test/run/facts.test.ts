/**
 * What a run comes to know of entities and applications, with a real ledger and a real client: asked once, kept, shared.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { Needed } from "../../src/report/calls.ts";
import { Facts } from "../../src/run/facts.ts";
import type { Sandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { withBank } from "../bank/with-bank.ts";
import { BANK, newRun } from "../ledger/builders.ts";
import { openTestLedger } from "../support/test-ledger.ts";

const SEED: SandboxSeed = {
  entities: [{ id: "entity_ann" }, { id: "entity_biz", type: "business" }],
  applications: [
    { id: "application_ann", entities: { account_holder_type: "consumer", account_holders: ["entity_ann"] } },
  ],
};
const NAMES = { entities: ["entity_ann", "entity_none"], applications: ["application_ann", "application_none"] };
const SCOPES = { scopes: ["account/read", "entity/read", "application/read"] };

/** What was asked of the bank, tokens apart. */
const asked = ({ requests }: Sandbox) =>
  requests.flatMap(({ method, path }) => (method === "GET" ? [path.replace("/v0/", "")] : []));

describe("Facts", () => {
  let folder: string;
  let ledger: Ledger;
  let needed: Needed;
  beforeEach(async () => {
    needed = { reads: 0, writes: 0 };
    folder = await mkdtemp(join(tmpdir(), "tieout-facts-"));
    ledger = await openTestLedger(join(folder, "ledger.sqlite"));
  });
  afterEach(async () => {
    await ledger[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  const begin = (id = "one") => ledger.runs.open(BANK, newRun(id));

  it("knows all that is asked for, and null for what the bank does not have", async () => {
    await withBank(
      async ({ bank }) => {
        const known = await new Facts(ledger, bank, await begin(), needed).know(NAMES);
        if (!known.ok) throw new Error(known.failure.message);
        const { entities, applications } = known.value;
        expect(entities.get("entity_ann")).to.include({ id: "entity_ann", type: "individual" });
        expect(applications.get("application_ann")).to.include({ status: "approved" });
        expect([entities.get("entity_none"), applications.get("application_none")]).to.deep.equal([null, null]);
      },
      { seed: SEED },
      SCOPES,
    );
  });

  it("asks once for what many rows name at the same time, and never again, nor after a start anew", async () => {
    await withBank(
      async ({ bank, sandbox }) => {
        const run = await begin();
        const facts = new Facts(ledger, bank, run, needed);
        await Promise.all(Array.from({ length: 50 }, () => facts.know(NAMES)));
        const once = ["entities/entity_ann", "entities/entity_none", "applications/application_ann"];
        expect(asked(sandbox)).to.have.members([...once, "applications/application_none"]);
        const [first, again] = [await facts.know(NAMES), await new Facts(ledger, bank, run, needed).know(NAMES)];
        expect(again).to.deep.equal(first);
        expect(asked(sandbox)).to.have.length(4);
        expect(needed).to.deep.equal({ reads: 4, writes: 0 });
      },
      { seed: SEED },
      SCOPES,
    );
  });

  it("asks nothing for no names, and anew for another run", async () => {
    await withBank(
      async ({ bank, sandbox }) => {
        const nothing = await new Facts(ledger, bank, await begin(), needed).know({ entities: [], applications: [] });
        expect(nothing).to.deep.equal({ ok: true, value: { entities: new Map(), applications: new Map() } });
        expect(asked(sandbox)).to.deep.equal([]);
        for (const id of ["two", "three"])
          await new Facts(ledger, bank, await begin(id), needed).know({ entities: ["entity_biz"], applications: [] });
        expect(asked(sandbox)).to.deep.equal(["entities/entity_biz", "entities/entity_biz"]);
      },
      { seed: SEED },
      SCOPES,
    );
  });

  it("gives a failure, keeps none of it, and knows it when it is asked again", async () => {
    await withBank(
      async ({ bank, sandbox }) => {
        const facts = new Facts(ledger, bank, await begin(), needed);
        sandbox.failNext("403", 1, ({ path }) => path.endsWith("/entity_ann"));
        const failed = await facts.know(NAMES);
        expect(failed).to.have.property("failure").that.includes({ kind: "stop", code: "bank_forbidden", status: 403 });
        const known = await facts.know(NAMES);
        expect(known).to.include({ ok: true });
        expect(asked(sandbox).filter((path) => path.endsWith("/entity_ann"))).to.have.length(2);
        expect(asked(sandbox), "the others once").to.have.length(5);
      },
      { seed: SEED },
      SCOPES,
    );
  });
});
