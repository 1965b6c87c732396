/**
 * A bank with accounts and their authorized users, and files of rows about them.
 */
import type { Sandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";

const PEOPLE = Array.from({ length: 30 }, (_, i) => `p${i}`);
/** The bank's ids of those people, from the first number to before the second. */
export const people = (from: number, to: number) => PEOPLE.slice(from, to).map((name) => `entity_${name}`);

const account = (no: number, users: readonly string[], more: object = {}) => ({
  id: `account_${no}`,
  client_account_id: `core-${no}`,
  relationships: { account_holder: ["entity_holder"], authorized_user: [...users] },
  ...more,
});

/** Two that are open, of which the second has more than ten users; a closed one; and one that has room for one more. */
export const SEED_OF_USERS: SandboxSeed = {
  entities: [
    { id: "entity_holder" },
    { id: "entity_biz", type: "business", role_details: [{ name: "authorized_user", status: "active" }] },
    ...PEOPLE.map((name) => ({ id: `entity_${name}`, client_customer_id: `cust-${name}` })),
    { id: "entity_off", role_details: [{ name: "authorized_user", status: "inactive" }] },
  ],
  accounts: [
    account(1, people(0, 2)),
    account(2, people(0, 12)),
    account(3, people(0, 1), { status: "closed", status_reason: "paid_off" }),
    account(4, people(0, 19)),
  ],
};

const HEADER = "entity_id|account_id|status|generated_at|effective_at";
export type UserRow = readonly [entity: string, account: string, status: string, effectiveAt?: string];

export const fileOfUsers = (...users: readonly UserRow[]) =>
  `${[HEADER, ...users.map(([entity, of, status, at = ""]) => [entity, of, status, "", at].join("|"))].join("\n")}\n`;

/** Of the account of that number, in the order of their ids. */
export const usersOf = ({ accounts }: Sandbox, no: number): readonly string[] =>
  [...(accounts.get(`account_${no}`)?.relationships.authorized_user ?? [])].sort();

export const wordsOf = (rows: readonly Readonly<Record<string, string>>[]) =>
  rows.map(({ result, result_code }) => `${result} ${result_code}`.trim());
