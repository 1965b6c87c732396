/**
 * A gateway in front of the bank that answers in its place, in whole runs: it costs the rows that it dislikes and no
 * others, each effect happens once whatever it hides, and a run of which no call gets through stops.
 */
import { join } from "node:path";
import { expect } from "chai";
import { startJob } from "../../src/run/start/start-job.ts";
import type { Fault } from "../../src/sandbox/server/faults.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxRequest } from "../../src/sandbox/state/journal.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { play } from "../recovery/matrix/play.ts";
import { openDesk } from "../support/scenario.ts";

const SEED: SandboxSeed = {
  entities: [{ id: "entity_ann" }],
  accounts: [1, 2, 3].map((n) => ({
    id: `account_${n}`,
    client_account_id: `c${n}`,
    details: { product_name: "Old" },
    relationships: { account_holder: ["entity_ann"] },
  })),
};
const PATCHES = "account_id,product_name\naccount_1,New\naccount_2,Disliked\naccount_3,New\n";
const CREATES =
  "client_account_id,capabilities,account_holders,product_name\nc1,,,New\nn1,deposit,entity_ann,Disliked\nn2,deposit,entity_ann,Card\n";

const isCall = ({ path }: SandboxRequest) => path.startsWith("/v0/");
const isDisliked = ({ body }: SandboxRequest) => JSON.stringify(body ?? "").includes("Disliked");

/** The file, with every request that says something disliked struck by the fault. */
function dislike(csv: string, fault: Fault) {
  return play(
    { name: fault, seed: SEED, csv, job: {} },
    { arrange: (bank) => bank.failNext(fault, Number.POSITIVE_INFINITY, isDisliked) },
  );
}

describe("a gateway that dislikes one row's body", () => {
  it("has it refused once the change is seen to be absent, and the others applied", async () => {
    const { rows, effects } = await dislike(PATCHES, "403_page");
    expect(rows).to.deep.equal([
      "2 applied [] patch=applied",
      "3 refused [gateway_refused] patch=refused",
      "4 applied [] patch=applied",
    ]);
    expect(effects).to.have.length(2);
  });

  it("has its create refused once the look-up is seen to find none", async () => {
    const { rows, effects } = await dislike(CREATES, "403_page");
    expect(rows).to.deep.equal([
      "2 applied [] patch=applied",
      "3 refused [gateway_refused] create=refused",
      "4 applied [] create=applied",
    ]);
    expect(effects).to.deep.equal(["create n2", "patch c1"]);
  });

  for (const fault of ["403_page_after", "204_after", "garbled_after"] as const) {
    it(`has it applied, once, where ${fault} hides every answer to it`, async () => {
      const patched = await dislike(PATCHES, fault);
      expect(patched.rows).to.include("3 applied [] patch=applied");
      expect(patched.effects).to.deep.equal(["patch c1", "patch c2", "patch c3"]);
      const created = await dislike(CREATES, fault);
      expect(created.rows).to.include("3 applied [] create=applied");
      expect(created.effects).to.deep.equal(["create n1", "create n2", "patch c1"]);
    });
  }

  it("fails a row whose account it does not let be read, and asks only once whether others get through", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("403_page", 99, ({ method, path }) => method === "GET" && path === "/v0/accounts/account_2");
    const { rows, summary } = await desk.run(bank, PATCHES, { job: { attempts: 2 } });
    expect(rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal([
      "applied ",
      "failed gateway_refused",
      "applied ",
    ]);
    expect(summary).to.include({ exit: 3, final: true });
    expect(bank.requests.filter(({ path }) => path === "/v0/accounts/account_0").length).to.be.at.most(1);
  });
});

describe("a gateway that lets no call through", () => {
  it("stops the run at its first call, and the bank's own 403 too", async () => {
    for (const [fault, message] of [
      ["403_page", /blocks every call/],
      ["403", /source_ip_not_allowed/],
    ] as const) {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      bank.failNext(fault, Number.POSITIVE_INFINITY, isCall);
      const { summary, rows } = await desk.run(bank, PATCHES, { job: { attempts: 2 } });
      expect(summary).to.include({ exit: 2, final: false });
      expect(summary?.stopped).to.include({ code: "bank_forbidden" });
      expect(summary?.stopped?.message).to.match(message);
      expect(rows.map(({ result }) => result)).to.deep.equal(["skipped", "skipped", "skipped"]);
    }
  });

  it("stops it in the middle too, and the next start settles what was in doubt", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    bank.failNext("403_page_after", 1, ({ method }) => method === "PATCH");
    bank.failNext("403_page", Number.POSITIVE_INFINITY, (request) => isCall(request) && bank.effects.length > 0);
    const job = { attempts: 2, concurrency: { reads: 1, writes: 1 } };
    const stopped = await desk.run(bank, PATCHES, { job });
    expect(stopped.summary).to.include({ exit: 2, final: false });
    bank.clearFaults();
    const start = { kind: "run", file: join(desk.folder, "file.csv"), from: null, limit: null, again: null } as const;
    const [end] = await startJob(desk.context(bank, job), start);
    expect(end?.kind === "reported" && end.summary.words.applied).to.equal(3);
    expect(bank.effects).to.have.length(3);
  });
});
