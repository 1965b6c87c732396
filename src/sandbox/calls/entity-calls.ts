/**
 * Reading entities and applications: an id in, the object as it is held out. They are never changed by a call; tests
 * and seeds set them.
 */
import { answerBadParameter, answerNotFound, answerOk, type SandboxAnswer } from "../answer.ts";
import type { IndexedMap } from "../state/bank-state.ts";
import { isApplicationId, isEntityId } from "../state/fields.ts";
import type { LookupMode } from "./account-calls.ts";
import type { Call } from "./call.ts";

const READING = { method: "GET", isKeyed: false, hasBody: false } as const;

export const getEntity: Call = {
  ...READING,
  path: "/v0/entities/:id",
  scope: "entity/read",
  run({ params: { id = "" } }, bank) {
    if (!isEntityId(id)) return answerBadParameter("id", "must match entity_*");
    const entity = bank.entities.get(id);
    return entity === undefined ? answerNotFound("No entity has this id.") : answerOk(entity);
  },
};

/** As the look-up of accounts, a bank may ignore the filter; and several of one id must be seen. */
export function lookUpEntity(mode: LookupMode): Call {
  return {
    ...READING,
    path: "/v0/entities",
    scope: "entity/read",
    run: ({ query: { client_customer_id = "" } }, bank) =>
      answerFound("client_customer_id", client_customer_id, bank.entities, mode),
  };
}

export const getApplication: Call = {
  ...READING,
  path: "/v0/applications/:id",
  scope: "application/read",
  run({ params: { id = "" } }, bank) {
    if (!isApplicationId(id)) return answerBadParameter("id", "must match application_*");
    const application = bank.applications.get(id);
    return application === undefined ? answerNotFound("No application has this id.") : answerOk(application);
  },
};

/** Not in the OpenAPI document (contract, "Also known"): answered as the entities' look-up is. */
export function lookUpApplication(mode: LookupMode): Call {
  return {
    ...READING,
    path: "/v0/applications",
    scope: "application/read",
    run: ({ query: { client_application_id = "" } }, bank) =>
      answerFound("client_application_id", client_application_id, bank.applications, mode),
  };
}

function answerFound<T extends { id: string }>(
  name: string,
  wanted: string,
  held: IndexedMap<T>,
  mode: LookupMode,
): SandboxAnswer {
  if (wanted === "") return answerBadParameter(name, "missing");
  const own = held.findBySecond(wanted);
  const found = mode === "ignores_filter" ? [...held.values()].filter((one) => !own.includes(one)).slice(0, 1) : own;
  const [first, ...others] = found;
  if (first === undefined) return answerNotFound(`Nothing has this ${name}.`, [name]);
  return answerOk(others.length === 0 ? first : { objects: found, has_more: false });
}
