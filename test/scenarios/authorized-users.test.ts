/**
 * The bank's Authorized Users file: which users rows add and remove, what becomes of the rows of one account, and what is
 * never touched.
 */
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";
import { fileOfUsers, people, SEED_OF_USERS, type UserRow, usersOf, wordsOf } from "./users-of-a-bank.ts";

interface Scenario {
  readonly name: string;
  readonly users: readonly UserRow[];
  readonly words: readonly string[];
  /** Of the account of that number, afterwards. */
  readonly after: Readonly<Record<number, readonly string[]>>;
  readonly calls: number;
  readonly job?: Partial<JobInput>;
}

const SCENARIOS: readonly Scenario[] = [
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

describe("rows of the Authorized Users file", () => {
  for (const { name, users, words, after, calls, job = {} } of SCENARIOS) {
    it(name, async () => {
      await using bank = await startSandbox({ seed: SEED_OF_USERS });
      await using desk = await openDesk();
      const plan = await desk.run(bank, fileOfUsers(...users), { job, start: { kind: "plan" } });
      expect(bank.writes, "of a plan").to.have.lengthOf(0);
      const { rows } = await desk.run(bank, fileOfUsers(...users), { job });
      expect(wordsOf(rows)).to.deep.equal(words);
      expect(bank.writes).to.have.lengthOf(calls);
      const planned = plan.rows.map(({ result_operations }) => result_operations?.replaceAll(/=\w+/g, ""));
      expect(planned).to.deep.equal(rows.map(({ result_operations }) => result_operations?.replaceAll(/=\w+/g, "")));
      for (const [no, wanted] of Object.entries(after))
        expect(usersOf(bank, Number(no)), `account ${no}`).to.deep.equal([...wanted].sort());
      const again = await desk.run(bank, fileOfUsers(...users), { job, start: { again: "once more" } });
      const expected = words.map((word) => (word === "applied" ? "unchanged" : word));
      expect(wordsOf(again.rows)).to.deep.equal(expected);
      expect(bank.writes.length - calls, "writes of the second run").to.equal(
        words.includes("refused bank_refused") ? 1 : 0,
      );
    });
  }
});
