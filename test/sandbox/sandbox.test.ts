/** The handle: the look-up in its modes, live maps, the journal, the seed and the state file. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { parseSeed } from "../../src/sandbox/state/parse-seed.ts";
import { seedAccount, seedEntity } from "../../src/sandbox/state/seed.ts";
import { createBody, SEED } from "./bank-seed.ts";
import { openCaller } from "./caller.ts";

const FIND = "GET /v0/accounts?client_account_id=";

/** Mode, client id asked for, status, and the ids of the accounts that come back; no ids when none can be read. */
const LOOKUPS: ["list" | "object" | "absent" | "ignores_filter" | "html", string, number, string[]?][] = [
  ["list", "c-ann", 200, ["account_ann"]],
  ["list", "c-none", 200, []],
  ["list", "", 400],
  ["object", "c-ann", 200, ["account_ann"]],
  ["object", "c-none", 404],
  ["absent", "c-ann", 404],
  ["ignores_filter", "c-ann", 200, ["account_biz"]],
  ["ignores_filter", "c-none", 200, ["account_ann"]],
  ["html", "c-ann", 200],
];

/** A seed file's text and the line that says what is wrong with it. */
const BAD_SEEDS: [string, string][] = [
  ["{", "bank.json: the file must be a JSON object"],
  ["[]", "bank.json: the file must be a JSON object"],
  ['{"accounts":{}}', "bank.json: accounts must be a list"],
  ['{"entities":[3]}', "bank.json: entities[0] must be an object"],
  ['{"entities":[{"id":"ann"}]}', 'bank.json: entities[0].id is "ann", not an id of this kind'],
  ['{"entities":[{"id":"entity_a"},{"id":"entity_a"}]}', 'bank.json: entities[1].id "entity_a" occurs twice'],
  [
    '{"entities":[{"id":"entity_a","type":"cat"}]}',
    'bank.json: entities[0].type is "cat"; it must be one of individual, business, sole_prop',
  ],
  [
    '{"accounts":[{"id":"account_a","status":"open"}]}',
    'bank.json: accounts[0].status is "open"; it must be one of active, inactive, closed',
  ],
  [
    '{"accounts":[{"id":"account_a","relationships":{"account_holder":["entity_x"]}}]}',
    'bank.json: accounts[0].relationships.account_holder names "entity_x", which is not in the list of entities',
  ],
  [
    '{"applications":[{"id":"application_a","entities":{"account_holders":[]}}]}',
    "bank.json: applications[0].entities.account_holder_type is missing; it must be one of consumer, commercial",
  ],
  [
    '{"applications":[{"id":"application_a"}]}',
    "bank.json: applications[0].entities must be an object with account_holder_type and account_holders",
  ],
  [
    '{"accounts":[{"id":"account_a","relationships":{"owner":[]}}]}',
    "bank.json: accounts[0].relationships must be an object of no more than account_holder, authorized_signer, authorized_user",
  ],
  [
    '{"accounts":[{"id":"account_a","relationships":{"account_holder":"entity_a"}}]}',
    "bank.json: accounts[0].relationships.account_holder must be a list of entity ids",
  ],
];

describe("sandbox", () => {
  for (const [lookup, wanted, status, ids] of LOOKUPS) {
    it(`looks up '${wanted}' in mode ${lookup} with ${status}`, async () => {
      await using bank = await startSandbox({ seed: SEED, lookup });
      const said = await (await openCaller(bank))(`${FIND}${wanted}`);
      expect(said.status, said.text).to.equal(status);
      const found = lookup === "object" ? [said.json] : said.json.objects;
      if (ids !== undefined) expect(found.map(({ id }: { id: string }) => id)).to.deep.equal(ids);
      if (lookup === "list" && ids !== undefined) expect(said.json.has_more).to.equal(false);
      expect(said.headers.get("content-type")).to.include(lookup === "html" ? "text/html" : "application/json");
    });
  }

  it("finds every account of one client id, as the maps are changed", async () => {
    await using bank = await startSandbox({ seed: SEED });
    const call = await openCaller(bank);
    const find = async (id: string) => (await call(`${FIND}${id}`)).json.objects.map((one: { id: string }) => one.id);
    const { json } = await call("POST /v0/accounts", { body: createBody({ client_account_id: "c-ann" }) });
    expect(await find("c-ann")).to.deep.equal(["account_ann", json.id]);
    bank.accounts.delete("account_ann");
    expect(await find("c-ann")).to.deep.equal([json.id]);
    const account = { id: "account_x", client_account_id: "c-x", relationships: { account_holder: ["entity_biz"] } };
    bank.accounts.set("account_x", seedAccount(account, bank.entities));
    expect((await call("GET /v0/accounts/account_x")).json.entities).to.deep.equal({
      account_holder_type: "commercial",
    });
    bank.accounts.set("account_x", seedAccount({ ...account, client_account_id: "c-y" }, bank.entities));
    expect([await find("c-x"), await find("c-y")]).to.deep.equal([[], ["account_x"]]);
    bank.accounts.clear();
    expect(await find("c-y")).to.deep.equal([]);
    bank.entities.set("entity_new", seedEntity({ id: "entity_new" }));
    const body = createBody({ entities: { account_holders: ["entity_new"] } });
    expect((await call("POST /v0/accounts", { body })).status).to.equal(200);
  });

  it("never shares a seed's objects", async () => {
    await using first = await startSandbox({ seed: SEED });
    await using second = await startSandbox({ seed: SEED });
    first.accounts.get("account_idle")?.documents?.splice(0);
    expect(second.accounts.get("account_idle")?.documents).to.have.length(2);
  });

  it("notes every request, and counts them when it notes none", async () => {
    for (const recordRequests of [true, false]) {
      await using bank = await startSandbox({ seed: SEED, recordRequests });
      const call = await openCaller(bank);
      await call(`${FIND}c-ann`);
      await call("PATCH /v0/accounts/account_ann", { body: { metadata: { a: "b" } }, key: "k-1" });
      await call("GET /v0/nothing");
      expect(bank.counts).to.deep.include({ token: 1, read: 2, write: 1, byStatus: { 200: 3, 404: 1 } });
      expect(bank.counts.effects).to.include({ patch: 1, create: 0 });
      expect(bank.requests).to.have.length(recordRequests ? 4 : 0);
      if (!recordRequests) continue;
      const [, read, write] = bank.requests;
      expect(read).to.deep.include({ method: "GET", path: "/v0/accounts", query: { client_account_id: "c-ann" } });
      expect(write).to.deep.include({ idempotencyKey: "k-1", body: { metadata: { a: "b" } }, status: 200 });
      expect(bank.writes).to.deep.equal([write]);
    }
  });

  it("knows the most that was in flight at once", async () => {
    await using bank = await startSandbox({ seed: SEED, latencyMs: 30 });
    const call = await openCaller(bank);
    await Promise.all([1, 2, 3].map(() => call("GET /v0/accounts/account_ann")));
    await Promise.all([1, 2].map(() => call("PATCH /v0/accounts/account_ann", { body: {} })));
    await call("PATCH /v0/accounts/account_ann", { body: {} });
    expect(bank.peak).to.deep.equal({ reads: 3, writes: 2 });
  });

  it("answers in the bank's shape what never reaches a call", async () => {
    await using bank = await startSandbox({ seed: SEED });
    const call = await openCaller(bank);
    for (const [line, status] of [
      ["GET /v0/accounts/%zz", 400],
      ["PUT /v0/accounts", 404],
      ["GET /", 404],
    ] as const) {
      const said = await call(line);
      expect(said.status, line).to.equal(status);
      expect(said.json).to.include.keys("code", "title", "detail", "status", "invalid_parameters", "instance");
    }
    const large = await call("POST /v0/accounts", { body: createBody({ metadata: { a: "x".repeat(2_000_000) } }) });
    expect(large.status).to.equal(413);
  });

  it("takes no effect after it has closed", async () => {
    const bank = await startSandbox({ seed: SEED });
    const call = await openCaller(bank);
    bank.failNext("late", 1, ({ method }) => method === "POST");
    const creating = call("POST /v0/accounts", { body: createBody() }).catch(() => "cut");
    while (bank.writes.length === 0) await call("GET /v0/accounts/account_ann");
    await bank.close();
    expect(await creating).to.equal("cut");
    await bank.landLate();
    expect(bank.effects).to.have.length(0);
    expect(bank.accounts).to.have.property("size", SEED.accounts.length);
  });

  for (const [text, line] of BAD_SEEDS) {
    it(`says: ${line}`, () => {
      expect(() => parseSeed(text, "bank.json")).to.throw(line);
    });
  }

  it("takes a seed file", () => {
    const seed = parseSeed(JSON.stringify(SEED), "bank.json");
    expect(seed).to.deep.equal(JSON.parse(JSON.stringify(SEED)));
    expect(parseSeed("{}", "bank.json")).to.deep.equal({});
  });

  describe("state file", () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "tieout-sandbox-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    it("goes on where the last start ended, spent keys included", async () => {
      const state = join(folder, "bank.json");
      const make = { body: createBody({ client_account_id: "c-new" }), key: "k-1" };
      const first = await startSandbox({ seed: SEED, state });
      const made = await (await openCaller(first))("POST /v0/accounts", make);
      await first.close();
      await first.close();
      expect((await stat(state)).mode & 0o777).to.equal(0o600);
      expect(await readFile(state, "utf8")).to.not.include(first.clientSecret);
      await using second = await startSandbox({ seed: { accounts: [{ id: "account_unused" }] }, state });
      const call = await openCaller(second);
      expect((await call("POST /v0/accounts", make)).text).to.equal(made.text);
      expect(second.effects).to.have.length(0);
      expect((await call(`${FIND}c-new`)).json.objects).to.have.length(1);
      expect([...second.accounts.keys()]).to.have.length(SEED.accounts.length + 1);
    });

    for (const text of ["{", '{"keys":[{"key":1}]}', '{"accounts":[{"id":"x"}]}']) {
      it(`is refused when it holds ${text}`, async () => {
        const state = join(folder, "bank.json");
        await writeFile(state, text);
        const failure = await startSandbox({ state }).then(
          () => undefined,
          (error: Error) => error,
        );
        expect(failure).to.have.property("name", "SeedError");
        expect(failure?.message).to.include(state).and.not.include("\n");
        expect(await readFile(state, "utf8")).to.equal(text);
      });
    }
  });
});
