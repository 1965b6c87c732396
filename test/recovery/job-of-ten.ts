/**
 * A job of ten rows in which each kind of operation takes place, and rows that the file, the bank's account and the bank's
 * answer decide without any. What a run must come to is written out here.
 */
import type { Opening } from "./scene.ts";

const ANN = { account_holder: ["entity_ann"] };
const CLOSED = { status: "closed", status_reason: "client_closed" } as const;

export const JOB_OF_TEN: Omit<Opening, "results"> = {
  seed: {
    entities: [{ id: "entity_ann" }, { id: "entity_bob" }],
    accounts: [
      { id: "account_1", client_account_id: "c1", relationships: ANN },
      { id: "account_2", client_account_id: "c2", relationships: ANN },
      { id: "account_3", client_account_id: "c3", relationships: ANN, status: "inactive", status_reason: "dormant" },
      { id: "account_4", client_account_id: "c4", relationships: ANN },
      { id: "account_5", client_account_id: "c5", relationships: ANN },
      { id: "account_6", client_account_id: "c6", relationships: ANN },
      { id: "account_7", client_account_id: "c7", relationships: ANN, ...CLOSED },
    ],
  },
  csv: [
    "account_id,client_account_id,capabilities,account_holders,authorized_users,product_name,status,status_reason,correction",
    ",n1,deposit,entity_ann,,Card,,,",
    ",n2,deposit,entity_bob,,Card,inactive,frozen,",
    ",n3,deposit,entity_gone,,Card,,,",
    "account_1,,,,,New,closed,paid_off,",
    "account_2,,,entity_bob,,,,,",
    "account_3,,,,,,active,active,",
    "account_4,,,,,Everyday,,,",
    "account_5,,,,,,closed,,",
    ",c6,,,entity_bob,New,inactive,dormant,",
    "account_7,,,,,New,active,active,true",
    "",
  ].join("\n"),
  job: { creates: "trusted", removeRelationships: true, concurrency: { reads: 4, writes: 2 } },
};

/** Word and operations of each row. */
export const TOLD = [
  "applied create=applied",
  "applied create=applied; deactivate=applied",
  "refused create=refused",
  "applied patch=applied; close=applied",
  "applied add_relationships=applied; remove_relationship=applied",
  "applied activate=applied",
  "unchanged ",
  "invalid ",
  "applied patch=applied; add_relationships=applied; deactivate=applied",
  "applied activate=applied; patch=applied",
];

export const EFFECTS = [
  "activate c3",
  "activate c7",
  "add_relationships c2",
  "add_relationships c6",
  "close c1",
  "create n1",
  "create n2",
  "deactivate c6",
  "deactivate n2",
  "patch c1",
  "patch c6",
  "patch c7",
  "remove_relationship c2",
];
