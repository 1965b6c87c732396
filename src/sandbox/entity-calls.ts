/**
 * Reading entities and applications: an id in, the object as it is held out. They are never changed by a call; tests
 * and seeds set them.
 */
import { answerBadParameter, answerNotFound, answerOk } from "./answer.ts";
import type { Call } from "./call.ts";
import { isApplicationId, isEntityId } from "./fields.ts";

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

export const lookUpEntity: Call = {
  ...READING,
  path: "/v0/entities",
  scope: "entity/read",
  run({ query: { client_customer_id = "" } }, bank) {
    if (client_customer_id === "") return answerBadParameter("client_customer_id", "missing");
    const entity = bank.entities.findBySecond(client_customer_id)[0];
    return entity === undefined
      ? answerNotFound("No entity has this client_customer_id.", ["client_customer_id"])
      : answerOk(entity);
  },
};

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
