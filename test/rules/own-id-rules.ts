/**
 * For each code about the program's own ids of customers and applications: a file whose last row ends with it, one beside it
 * that does not, and what the message says. Only a run can tell, since the bank's look-up must have proved itself.
 */
import type { SandboxOptions } from "../../src/sandbox/start-sandbox.ts";
import type { RunRule } from "./rule.ts";

const HOLDERS = { account_holder_type: "consumer", account_holders: ["entity_ann"] } as const;
const BANK: SandboxOptions = {
  seed: {
    entities: [
      { id: "entity_ann", client_customer_id: "cust-1" },
      { id: "entity_bob", client_customer_id: "cust-2" },
      { id: "entity_cy", client_customer_id: "cust-3" },
      { id: "entity_dee", client_customer_id: "cust-3" },
    ],
    applications: [
      { id: "application_1", client_application_id: "app-1", entities: structuredClone(HOLDERS) as never },
    ],
    accounts: [1, 2].map((n) => ({
      id: `account_${n}`,
      client_account_id: `client-${n}`,
      relationships: { account_holder: ["entity_ann"] },
    })),
  },
};
const HEADER = "account_id|client_product_name|authorized_users\n";
const row = (n: number, users: string) => `account_${n}|Everyday|${users}\n`;
const trial = (what: string, users: string, bank = BANK) => ({
  what,
  csv: `${HEADER}${row(1, "cust-1")}${row(2, users)}`,
  bank,
});

export const OWN_ID_RULES = {
  own_id_not_found: {
    rejects: trial("a customer that the bank does not have", "cust-9"),
    accepts: trial("a customer that it has", "cust-2"),
    says: /^the bank has no entity with client_customer_id "cu…"; result_ids has the whole id$/,
  },
  own_id_ambiguous: {
    rejects: trial("a customer that the bank has twice", "cust-3"),
    accepts: trial("one of the two by the bank's id", "entity_cy"),
    says: /^the bank has 2 entities with client_customer_id "cu…": entity_cy, entity_dee$/,
  },
  own_id_twice: {
    rejects: trial("a customer by both ids", "cust-2;entity_bob"),
    accepts: trial("two customers, by an id each", "cust-2;entity_ann"),
    says: /^"cu…" and entity_bob are one entity at the bank, entity_bob; result_ids has both$/,
  },
  own_id_of_another: {
    rejects: trial("a bank whose look-up ignores the id", "cust-2", { ...BANK, lookup: "ignores_filter" }),
    accepts: trial("the bank's id there", "entity_bob", { ...BANK, lookup: "ignores_filter" }),
    says: /^the bank's look-up of client_customer_id "cu…" answered with an entity that has another client_customer_id$/,
  },
  own_id_unproven: {
    rejects: {
      what: "a customer where the look-up has found none",
      csv: `${HEADER}${row(1, "cust-9")}`,
      bank: BANK,
    },
    accepts: { what: "the bank's id there", csv: `${HEADER}${row(1, "entity_bob")}`, bank: BANK },
    says: /^the bank's look-up has not yet found any entity by client_customer_id, so it is not known whether .* "cu…"; give the bank's own id, or run the held rows again once /,
  },
} satisfies Record<string, RunRule>;
