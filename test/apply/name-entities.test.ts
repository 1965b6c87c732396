/** Which entity of a list the bank means by its place: named where several went in one call. */
import { expect } from "chai";
import { nameEntities } from "../../src/apply/name-entities.ts";

const sent = (...ids: readonly string[]) => ({
  kind: "add_relationships" as const,
  body: JSON.stringify({ relationship_type: "authorized_user", entity_ids: ids }),
});
const refused = (message: string) => ({ code: "bank_refused", column: "entity_ids[1]", message }) as const;

describe("the place of an entity in a refused list", () => {
  it("is followed by its id, each place by its own", () => {
    const issue = nameEntities(refused("entity_ids[1] is inactive; entity_ids[0] too"), sent("entity_a", "entity_b"));
    expect(issue?.message).to.equal("entity_ids[1] (entity_b) is inactive; entity_ids[0] (entity_a) too");
    expect(issue?.column).to.equal("entity_ids[1]");
  });

  for (const [what, issue, operation] of [
    ["in a list of one", refused("entity_ids[0] is inactive"), sent("entity_a")],
    ["that the list does not have", refused("entity_ids[2] is inactive"), sent("entity_a", "entity_b")],
    ["of another call", refused("entity_ids[0] is inactive"), { kind: "patch" as const, body: "{}" }],
  ] as const) {
    it(`stays as it is ${what}`, () => {
      expect(nameEntities(issue, operation)).to.deep.equal(issue);
    });
  }

  it("is none where nothing was refused", () => {
    expect(nameEntities(null, sent("entity_a", "entity_b"))).to.equal(null);
  });
});
