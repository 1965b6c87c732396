/**
 * Desired entity lists against those at the bank: what is added and removed, in an order that never breaks the bank's
 * limits on the way, and what is left, noted or refused.
 */
import { expect } from "chai";
import type { HolderType, Relationships } from "../../../src/account.ts";
import { diffRelationships, wantsRelationships } from "../../../src/plan/diff/diff-relationships.ts";
import type { Desired } from "../../../src/read/change.ts";
import { entities, relationshipsWith } from "../builders.ts";

const ON = true;
const OFF = false;

interface Given {
  readonly desired: Desired;
  readonly actual?: Partial<Relationships>;
  readonly type?: HolderType;
  readonly removal: boolean;
}

const diff = ({ desired, actual, type = "consumer", removal }: Given) =>
  diffRelationships(desired, relationshipsWith(actual), type, removal);

/** `+user 2 3` adds entity_2 and entity_3 as users, `-user 2` removes one. */
function stepsOf(given: Given): string[] {
  return diff(given).steps.map((step) => {
    const ids = step.kind === "add" ? step.entityIds : [step.entityId];
    return `${step.kind === "add" ? "+" : "-"}${step.type.split("_")[1]} ${ids.map((id) => id.slice(7)).join(" ")}`;
  });
}

const STEPS: readonly [string, Given, readonly string[]][] = [
  ["nothing without the columns", { desired: {}, removal: ON }, []],
  [
    "nothing for the same set in another order",
    {
      desired: { authorized_users: ["entity_3", "entity_2"] },
      actual: { authorized_user: ["entity_2", "entity_3"] },
      removal: ON,
    },
    [],
  ],
  ["nothing for two empty lists", { desired: { authorized_users: [] }, removal: ON }, []],
  [
    "only those that are new",
    { desired: { authorized_users: entities(2, 3) }, actual: { authorized_user: entities(2, 1) }, removal: OFF },
    ["+user 3 4"],
  ],
  [
    "nothing of extra ones with removal off",
    { desired: { authorized_users: [] }, actual: { authorized_user: entities(2, 2) }, removal: OFF },
    [],
  ],
  [
    "extra ones away with removal on",
    { desired: { authorized_users: entities(3, 1) }, actual: { authorized_user: entities(2, 3) }, removal: ON },
    ["-user 2", "-user 4"],
  ],
  [
    "an emptied list away",
    { desired: { authorized_users: [] }, actual: { authorized_user: entities(2, 2) }, removal: ON },
    ["-user 2", "-user 3"],
  ],
  [
    "the new holder before the old one goes",
    { desired: { account_holders: ["entity_2"] }, removal: ON },
    ["+holder 2", "-holder 1"],
  ],
  [
    "a holder for a signer's column as well",
    {
      desired: {
        account_holders: ["entity_1", "entity_2"],
        authorized_signers: ["entity_2"],
        authorized_users: ["entity_2"],
      },
      removal: ON,
    },
    ["+holder 2", "+signer 2", "+user 2"],
  ],
  [
    "the last signer of a consumer account away",
    { desired: { authorized_signers: [] }, actual: { authorized_signer: ["entity_2"] }, removal: ON },
    ["-signer 2"],
  ],
];

/** Lists that run full: what the account has, what it is to have. */
const FULL: readonly [string, string[], string[]][] = [
  ["all 20 for 20 others", entities(1, 20), entities(21, 20)],
  ["all 20 for one other", entities(1, 20), ["entity_30"]],
  ["one of 20", entities(1, 20), entities(2, 20)],
  ["19 for 20 others", entities(1, 19), entities(20, 20)],
  ["one for 20 others", ["entity_30"], entities(1, 20)],
  ["15 for 15 others", entities(1, 15), entities(16, 15)],
  ["half of 20", entities(1, 20), entities(11, 20)],
];

describe("diffRelationships", () => {
  for (const [what, given, steps] of STEPS) {
    it(`plans ${what}`, () => {
      expect(stepsOf(given)).to.deep.equal(steps);
      expect(diff(given).issues).to.deep.equal([]);
    });
  }

  for (const [what, held, wanted] of FULL) {
    for (const column of ["account_holders", "authorized_signers", "authorized_users"] as const) {
      it(`exchanges ${what} of ${column}, with 1 to 20 there at every step`, () => {
        const type = column.slice(0, -1) as keyof Relationships;
        const there = new Set(held);
        const made = diff({ desired: { [column]: wanted }, actual: { [type]: held }, type: "commercial", removal: ON });
        for (const step of made.steps) {
          expect(step.type).to.equal(type);
          if (step.kind === "add") {
            expect(step.entityIds.length).to.be.within(1, 20);
            expect(step.entityIds.filter((id) => there.has(id))).to.deep.equal([]);
            for (const id of step.entityIds) there.add(id);
          } else expect(there.delete(step.entityId)).to.equal(true);
          expect(there.size).to.be.within(1, 20);
        }
        expect([...there].sort()).to.deep.equal([...wanted].sort());
        expect(made.issues).to.deep.equal([]);
      });
    }
  }

  it("takes two calls to add, and no more, where one would be too many", () => {
    const given = { desired: { authorized_users: entities(21, 20) }, actual: { authorized_user: entities(1, 20) } };
    expect(diff({ ...given, removal: ON }).steps.filter(({ kind }) => kind === "add")).to.have.length(2);
  });

  const REFUSED: readonly [string, Given, string, string][] = [
    ["the last holder", { desired: { account_holders: [] }, removal: ON }, "last_holder", "account_holders"],
    [
      "the last signer of a commercial account",
      {
        desired: { authorized_signers: [] },
        actual: { authorized_signer: ["entity_2"] },
        type: "commercial",
        removal: ON,
      },
      "last_holder",
      "authorized_signers",
    ],
    [
      "a 21st user while all others stay",
      { desired: { authorized_users: ["entity_30"] }, actual: { authorized_user: entities(1, 20) }, removal: OFF },
      "relationships_full",
      "authorized_users",
    ],
    [
      "20 holders beside another that stays",
      { desired: { account_holders: entities(2, 20) }, removal: OFF },
      "relationships_full",
      "account_holders",
    ],
  ];
  for (const [what, given, code, column] of REFUSED) {
    it(`refuses ${what}`, () => {
      const { issues, steps } = diff(given);
      expect(issues.map((issue) => [issue.code, issue.column])).to.deep.equal([[code, column]]);
      expect(steps).to.deep.equal([]);
    });
  }

  it("allows what fills the list to 20 exactly, and leaves a full one that needs nothing", () => {
    const actual = { authorized_user: entities(1, 19) };
    expect(stepsOf({ desired: { authorized_users: ["entity_30"] }, actual, removal: OFF })).to.deep.equal(["+user 30"]);
    const full = diff({
      desired: { authorized_users: ["entity_1"] },
      actual: { authorized_user: entities(1, 20) },
      removal: OFF,
    });
    expect([full.steps, full.issues]).to.deep.equal([[], []]);
  });

  it("leaves a list that is beyond the limit already and needs nothing", () => {
    const over = diff({
      desired: { authorized_users: ["entity_1"] },
      actual: { authorized_user: entities(1, 21) },
      removal: OFF,
    });
    expect([over.steps, over.issues]).to.deep.equal([[], []]);
  });

  it("notes extra ones that it leaves, by id, and tells no difference for them", () => {
    const made = diff({
      desired: { authorized_users: ["entity_2"] },
      actual: { authorized_user: entities(2, 3) },
      removal: OFF,
    });
    expect(made.notes.map(({ code, column }) => [code, column])).to.deep.equal([
      ["extra_relationship", "authorized_users"],
    ]);
    expect(made.notes[0]?.message).to.contain("entity_3, entity_4");
    expect(made.differences).to.deep.equal([]);
  });

  it("tells what is there and what will be, with those that stay", () => {
    const given = { desired: { authorized_users: ["entity_4"] }, actual: { authorized_user: entities(2, 2) } };
    const field = "authorized_users";
    expect(diff({ ...given, removal: ON }).differences).to.deep.equal([
      { field, actual: "entity_2;entity_3", desired: "entity_4" },
    ]);
    expect(diff({ ...given, removal: OFF }).differences).to.deep.equal([
      { field, actual: "entity_2;entity_3", desired: "entity_2;entity_3;entity_4" },
    ]);
  });
});

describe("wantsRelationships", () => {
  it("says whether any of the three columns is given, an empty list included", () => {
    expect(wantsRelationships({ product_name: "A" })).to.equal(false);
    for (const column of ["account_holders", "authorized_signers", "authorized_users"]) {
      expect(wantsRelationships({ [column]: [] }), column).to.equal(true);
    }
  });
});
