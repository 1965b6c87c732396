/**
 * Listing, adding and removing the entities of an account: a request in, the answer out, and the lists of entity ids
 * changed; never another field.
 */
import { MAX_ENTITIES_PER_RELATIONSHIP, RELATIONSHIP_TYPES, type RelationshipType } from "../../account.ts";
import { answerBadParameter, answerNotFound, answerOk, answerRefused } from "../answer.ts";
import type { SandboxAccount } from "../state/bank-state.ts";
import { Findings, isEntityId } from "../state/fields.ts";
import { checkEntities, readEntityIds, TOO_MANY } from "../state/relationships.ts";
import { findAccount } from "./account-calls.ts";
import type { Call } from "./call.ts";

const PATH = "/v0/accounts/:id/entity_relationships";
const MAX_PAGE = 100;
const DEFAULT_PAGE = 25;

function listRelationships({ relationships }: SandboxAccount) {
  return RELATIONSHIP_TYPES.flatMap((relationship_type) =>
    relationships[relationship_type].map((entity_id) => ({ entity_id, relationship_type })),
  );
}

function findType(value: unknown): RelationshipType | undefined {
  return RELATIONSHIP_TYPES.find((type) => type === value);
}

/** The cursor is the last object of a page, so that it stays good while others come and go. */
function cursorOf(object: { entity_id: string; relationship_type: string }): string {
  return Buffer.from(`${object.relationship_type} ${object.entity_id}`).toString("base64url");
}

export const getRelationships: Call = {
  method: "GET",
  path: PATH,
  scope: "account/read",
  isKeyed: false,
  hasBody: false,
  run(input, bank) {
    const found = findAccount(input, bank);
    if (found.kind !== "found") return found;
    const { account } = found;
    const { limit = String(DEFAULT_PAGE), starting_after } = input.query;
    const size = /^\d{1,3}$/.test(limit) ? Number(limit) : 0;
    if (size < 1 || size > MAX_PAGE) return answerBadParameter("limit", `must be 1 to ${MAX_PAGE}`);
    const all = listRelationships(account);
    const last = all.findIndex((object) => cursorOf(object) === starting_after);
    if (starting_after !== undefined && last < 0) return answerBadParameter("starting_after", "is not a cursor");
    const objects = all.slice(last + 1, last + 1 + size);
    const end = objects.at(-1);
    const has_more = last + 1 + objects.length < all.length;
    return answerOk({ objects, has_more, ...(has_more && end !== undefined && { cursor: cursorOf(end) }) });
  },
};

export const addRelationships: Call = {
  method: "POST",
  path: `${PATH}/batch`,
  scope: "account/read_write",
  isKeyed: true,
  hasBody: true,
  isBatch: true,
  run(input, bank) {
    const found = findAccount(input, bank);
    if (found.kind !== "found") return found;
    const { account } = found;
    const findings = new Findings();
    const type = findType(input.body.relationship_type);
    const ids = readEntityIds(input.body.entity_ids, "entity_ids", 1, findings);
    if (type === undefined) findings.add("relationship_type", `must be one of ${RELATIONSHIP_TYPES.join(", ")}`);
    else {
      checkEntities(ids, type, "entity_ids", bank, findings, account.entities?.account_holder_type);
      const after = new Set([...account.relationships[type], ...ids]);
      if (after.size > MAX_ENTITIES_PER_RELATIONSHIP) findings.add("entity_ids", TOO_MANY);
      if (findings.list.length === 0) {
        account.relationships[type] = [...after];
        bank.journal.noteEffect("add_relationships", account.id, input.idempotencyKey, bank.now());
        return answerOk({ account_id: account.id, relationship_type: type, entity_ids: [...after] });
      }
    }
    return answerRefused("The entities can't be added to the account.", findings.list);
  },
};

export const removeRelationship: Call = {
  method: "DELETE",
  path: `${PATH}/:entity_id`,
  scope: "account/read_write",
  isKeyed: false,
  hasBody: false,
  run(input, bank) {
    const { entity_id = "" } = input.params;
    if (!isEntityId(entity_id)) return answerBadParameter("entity_id", "must match entity_*");
    const type = findType(input.query.relationship_type);
    if (type === undefined) return answerBadParameter("relationship_type", `must be one of ${RELATIONSHIP_TYPES}`);
    const found = findAccount(input, bank);
    if (found.kind !== "found") return found;
    const { account } = found;
    const held = account.relationships[type];
    if (!held.includes(entity_id)) {
      return answerNotFound("The account has no such relationship.", ["entity_id", "relationship_type"]);
    }
    const isNeeded =
      type === "account_holder" ||
      (type === "authorized_signer" && account.entities?.account_holder_type === "commercial");
    if (isNeeded && held.length === 1) {
      return answerRefused("The last one can't be removed.", [{ name: "entity_id", reason: `the last ${type}` }]);
    }
    account.relationships[type] = held.filter((id) => id !== entity_id);
    bank.journal.noteEffect("remove_relationship", account.id, undefined, bank.now());
    return answerOk({ objects: listRelationships(account) });
  },
};
