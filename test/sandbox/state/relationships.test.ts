/** Listing with paging, adding in batches and removing the entities of an account. */
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { CROWD, SEED } from "../bank-seed.ts";
import { type Caller, complaintsOf, openCaller } from "../caller.ts";

/** Account, type, ids, and the complaint if there is one. */
const BATCHES: [string, string, string, unknown, string?][] = [
  ["a holder", "account_ann", "account_holder", ["entity_bob"]],
  ["a holder that is there", "account_ann", "account_holder", ["entity_ann"]],
  ["a holder of the other kind", "account_ann", "account_holder", ["entity_biz"], "entity_ids[0]"],
  ["a sole proprietor to a business", "account_biz", "account_holder", ["entity_sole"]],
  ["an individual to a business", "account_biz", "account_holder", ["entity_ann"], "entity_ids[0]"],
  ["an inactive holder", "account_ann", "account_holder", ["entity_idle"], "entity_ids[0]"],
  ["a signer", "account_biz", "authorized_signer", ["entity_bob"]],
  ["a business as signer", "account_biz", "authorized_signer", ["entity_biz"], "entity_ids[0]"],
  ["a user without the role", "account_ann", "authorized_user", ["entity_idle"], "entity_ids[0]"],
  ["20 users", "account_biz", "authorized_user", CROWD.slice(0, 20)],
  ["21 users at once", "account_biz", "authorized_user", CROWD.slice(0, 21), "entity_ids"],
  ["a 20th holder", "account_crowd", "account_holder", CROWD.slice(18, 20)],
  ["a 21st holder", "account_crowd", "account_holder", CROWD.slice(18, 21), "entity_ids"],
  ["an unknown entity", "account_ann", "authorized_user", ["entity_none"], "entity_ids[0]"],
  ["a malformed entity", "account_ann", "authorized_user", ["bob"], "entity_ids[0]"],
  ["nobody", "account_ann", "authorized_user", [], "entity_ids"],
  ["a text for a list", "account_ann", "authorized_user", "entity_bob", "entity_ids"],
  ["an unknown type", "account_ann", "owner", ["entity_bob"], "relationship_type"],
];

/** What is removed from which account, the status, and what a refusal names. */
const REMOVALS: [string, string, number, string[]?][] = [
  ["a user", "account_ann/entity_relationships/entity_bob?relationship_type=authorized_user", 200],
  ["one of two holders", "account_idle/entity_relationships/entity_bob?relationship_type=account_holder", 200],
  [
    "the last holder",
    "account_ann/entity_relationships/entity_ann?relationship_type=account_holder",
    422,
    ["entity_id"],
  ],
  [
    "the last signer of a business",
    "account_biz/entity_relationships/entity_ann?relationship_type=authorized_signer",
    422,
    ["entity_id"],
  ],
  [
    "from an unknown account",
    "account_none/entity_relationships/entity_bob?relationship_type=authorized_user",
    404,
    ["id"],
  ],
  [
    "what isn't related",
    "account_ann/entity_relationships/entity_biz?relationship_type=authorized_user",
    404,
    ["entity_id", "relationship_type"],
  ],
  [
    "a relationship of another type",
    "account_ann/entity_relationships/entity_bob?relationship_type=authorized_signer",
    404,
    ["entity_id", "relationship_type"],
  ],
  ["without a type", "account_ann/entity_relationships/entity_bob", 400, ["relationship_type"]],
  [
    "with an unknown type",
    "account_ann/entity_relationships/entity_bob?relationship_type=owner",
    400,
    ["relationship_type"],
  ],
  ["a malformed entity", "account_ann/entity_relationships/bob?relationship_type=authorized_user", 400, ["entity_id"]],
  ["from a malformed account", "ann/entity_relationships/entity_bob?relationship_type=authorized_user", 400, ["id"]],
];

describe("sandbox relationships", () => {
  let bank: Sandbox;
  let call: Caller;
  beforeEach(async () => {
    bank = await startSandbox({ seed: SEED });
    call = await openCaller(bank);
  });
  afterEach(() => bank.close());

  const list = (query = "", id = "account_crowd") => call(`GET /v0/accounts/${id}/entity_relationships${query}`);

  for (const [query, sizes] of [
    ["", [25, 13]],
    ["?limit=100", [38]],
    ["?limit=19", [19, 19]],
    ["?limit=16", [16, 16, 6]],
  ] as const) {
    it(`lists in pages of ${sizes.join(", ")} with '${query}'`, async () => {
      const seen: string[] = [];
      let page = await list(query);
      for (const [i, size] of sizes.entries()) {
        expect(page.status, page.text).to.equal(200);
        expect(page.json.objects).to.have.length(size);
        for (const one of page.json.objects) seen.push(`${one.relationship_type} ${one.entity_id}`);
        const isLast = i === sizes.length - 1;
        expect(page.json.has_more).to.equal(!isLast);
        expect("cursor" in page.json).to.equal(!isLast);
        if (!isLast) page = await list(`${query}${query === "" ? "?" : "&"}starting_after=${page.json.cursor}`);
      }
      expect(new Set(seen).size).to.equal(38);
    });
  }

  it("lists nothing as an empty page", async () => {
    bank.accounts.get("account_ann")?.relationships.authorized_user.splice(0);
    bank.accounts.get("account_ann")?.relationships.account_holder.splice(0);
    expect((await list("", "account_ann")).json).to.deep.equal({ objects: [], has_more: false });
  });

  for (const query of ["?limit=0", "?limit=101", "?limit=ten", "?limit=1.5", "?starting_after=nowhere"]) {
    it(`answers ${query} with 400`, async () => {
      expect((await list(query)).status).to.equal(400);
    });
  }

  it("answers a malformed and an unknown account", async () => {
    expect((await list("", "ann")).status).to.equal(400);
    expect((await list("", "account_none")).status).to.equal(404);
    const body = { relationship_type: "authorized_user", entity_ids: ["entity_bob"] };
    expect((await call("POST /v0/accounts/ann/entity_relationships/batch", { body })).status).to.equal(400);
    expect((await call("POST /v0/accounts/account_none/entity_relationships/batch", { body })).status).to.equal(404);
  });

  for (const [what, id, relationship_type, entity_ids, complaint] of BATCHES) {
    it(`${complaint === undefined ? "adds" : "refuses to add"} ${what}`, async () => {
      const body = { relationship_type, entity_ids };
      const said = await call(`POST /v0/accounts/${id}/entity_relationships/batch`, { body });
      if (complaint !== undefined) {
        expect(said.status, said.text).to.equal(422);
        expect(complaintsOf(said)).to.include(complaint);
        return;
      }
      expect(said.status, said.text).to.equal(200);
      expect(said.json).to.include({ account_id: id, relationship_type });
      expect(said.json.entity_ids).to.include.members([...(entity_ids as string[])]);
      expect(new Set(said.json.entity_ids).size).to.equal(said.json.entity_ids.length);
      expect(bank.effects.map(({ kind }) => kind)).to.deep.equal(["add_relationships"]);
    });
  }

  for (const [what, path, status, named] of REMOVALS) {
    it(`${status === 200 ? "removes" : `answers ${status} to removing`} ${what}`, async () => {
      const said = await call(`DELETE /v0/accounts/${path}`);
      expect(said.status, said.text).to.equal(status);
      if (named !== undefined) return expect(complaintsOf(said)).to.deep.equal(named);
      expect(said.json).to.have.all.keys("objects");
      expect(bank.effects.map(({ kind }) => kind)).to.deep.equal(["remove_relationship"]);
      return expect((await call(`DELETE /v0/accounts/${path}`)).status).to.equal(404);
    });
  }

  it("removes the last signer of a consumer account", async () => {
    const ann = bank.accounts.get("account_ann");
    ann?.relationships.authorized_signer.push("entity_bob");
    const path = "/v0/accounts/account_ann/entity_relationships/entity_bob?relationship_type=authorized_signer";
    const said = await call(`DELETE ${path}`);
    expect(said.status).to.equal(200);
    expect(said.json.objects).to.deep.equal([
      { entity_id: "entity_ann", relationship_type: "account_holder" },
      { entity_id: "entity_bob", relationship_type: "authorized_user" },
    ]);
  });
});
