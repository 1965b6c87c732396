/**
 * A bank with accounts and their authorized users, files of rows about them, and what each comes to.
 */
import type { JobInput } from "../../src/job.ts";
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

export interface UserScenario {
  readonly name: string;
  readonly users: readonly UserRow[];
  readonly words: readonly string[];
  /** Of the account of that number, afterwards. */
  readonly after: Readonly<Record<number, readonly string[]>>;
  readonly calls: number;
  readonly job?: Partial<JobInput>;
}

export const USER_SCENARIOS: readonly UserScenario[] = [
  {
    name: "add and remove single users, in one call for all that are added",
    users: [
      ["entity_p2", "core-1", "active"],
      ["entity_p0", "core-1", "inactive"],
      ["entity_p3", "core-1", "active"],
    ],
    words: ["applied", "applied", "applied"],
    after: { 1: ["entity_p1", "entity_p2", "entity_p3"] },
    calls: 2,
  },
  {
    name: "touch no other user, whatever the job says of lists",
    users: [["entity_p20", "core-2", "active"]],
    words: ["applied"],
    after: { 2: [...people(0, 12), "entity_p20"] },
    calls: 1,
    job: { removeRelationships: true, emptyMeans: "clear", emptyAuthorizedUsers: "clear" },
  },
  {
    name: "leave a user as it is that is as the row wants, beside others",
    users: [
      ["entity_p0", "core-1", "active"],
      ["entity_p9", "core-1", "inactive"],
      ["entity_p2", "core-1", "active"],
    ],
    words: ["unchanged", "unchanged", "applied"],
    after: { 1: ["entity_p0", "entity_p1", "entity_p2"] },
    calls: 1,
  },
  {
    name: "name a user by the program's own id",
    users: [
      ["cust-p5", "core-1", "active"],
      ["cust-p0", "core-1", "inactive"],
      ["cust-p1", "core-1", "active"],
    ],
    words: ["applied", "applied", "unchanged"],
    after: { 1: ["entity_p1", "entity_p5"] },
    calls: 2,
  },
  {
    name: "are refused together where the account would have too many",
    users: [
      ["entity_p19", "core-4", "active"],
      ["entity_p20", "core-4", "active"],
    ],
    words: ["refused relationships_full", "refused relationships_full"],
    after: { 4: people(0, 19) },
    calls: 0,
  },
  {
    name: "make room first where one goes and one comes",
    users: [
      ["entity_p19", "core-4", "active"],
      ["entity_p20", "core-4", "active"],
      ["entity_p0", "core-4", "inactive"],
    ],
    words: ["applied", "applied", "applied"],
    after: { 4: people(1, 21) },
    calls: 3,
  },
  {
    name: "are refused for a closed account, and unchanged where nothing is to be done",
    users: [
      ["entity_p1", "core-3", "active"],
      ["entity_p0", "core-3", "active"],
    ],
    words: ["refused account_closed", "unchanged"],
    after: { 3: ["entity_p0"] },
    calls: 0,
  },
  {
    name: "create no account, whatever the job says of creates",
    users: [
      ["entity_p0", "core-1", "active"],
      ["entity_p1", "core-9", "active"],
    ],
    words: ["unchanged", "refused account_of_user_missing"],
    after: {},
    calls: 0,
    job: { creates: "trusted" },
  },
  {
    name: "are held where only an unproven look-up says that there is no account",
    users: [["entity_p1", "core-9", "active"]],
    words: ["held lookup_unproven"],
    after: {},
    calls: 0,
    job: { creates: "first_alone" },
  },
  {
    name: "of one user: the latest counts, and an exact repetition is fine",
    users: [
      ["entity_p2", "core-1", "active", "2026-01-02T00:00:00Z"],
      ["entity_p2", "core-1", "inactive", "2026-01-01T00:00:00Z"],
      ["entity_p3", "core-1", "active"],
      ["entity_p3", "core-1", "active"],
    ],
    words: ["applied", "skipped superseded", "applied", "applied"],
    after: { 1: ["entity_p0", "entity_p1", "entity_p2", "entity_p3"] },
    calls: 1,
  },
  {
    name: "that contradict each other leave the other users alone",
    users: [
      ["entity_p2", "core-1", "active", "2026-01-01T00:00:00Z"],
      ["entity_p2", "core-1", "inactive", "2026-01-01T01:00:00+01:00"],
      ["entity_p3", "core-1", "active", "2026-01-01T00:00:00Z"],
      ["entity_p4", "core-1", "active"],
      ["entity_p4", "core-1", "inactive", "2026-01-01T00:00:00Z"],
    ],
    words: [
      "invalid contradiction",
      "invalid contradiction",
      "applied",
      "invalid contradiction",
      "invalid contradiction",
    ],
    after: { 1: ["entity_p0", "entity_p1", "entity_p3"] },
    calls: 1,
  },
  {
    name: "that only contradict each other do nothing",
    users: [
      ["entity_p2", "core-1", "active"],
      ["entity_p2", "core-1", "inactive"],
    ],
    words: ["invalid contradiction", "invalid contradiction"],
    after: { 1: ["entity_p0", "entity_p1"] },
    calls: 0,
  },
  {
    name: "are judged before anything is sent by a job with precheck",
    users: [
      ["entity_p2", "core-1", "active"],
      ["entity_off", "core-1", "active"],
      ["entity_biz", "core-2", "active"],
      ["entity_p0", "core-1", "active"],
    ],
    words: ["refused entity_role_inactive", "refused entity_role_inactive", "refused entity_type_unfit", "unchanged"],
    after: { 1: ["entity_p0", "entity_p1"] },
    calls: 0,
    job: { precheck: true },
  },
  {
    name: "share what the bank says of one of them",
    users: [
      ["entity_p2", "core-1", "active"],
      ["entity_nobody", "core-1", "active"],
    ],
    words: ["refused bank_refused", "refused bank_refused"],
    after: { 1: ["entity_p0", "entity_p1"] },
    calls: 1,
  },
  {
    name: "are never more than the guard allows to remove",
    users: [
      ["entity_p0", "core-1", "inactive"],
      ["entity_p1", "core-1", "inactive"],
    ],
    words: ["held guard", "held guard"],
    after: { 1: ["entity_p0", "entity_p1"] },
    calls: 0,
    job: { guards: { remove_relationship: { max: 1 } } },
  },
];
