/**
 * Any files of rows about single users, on any bank: it ends with exactly the users that the rows say, all others are as they were, and the
 * same file again sends nothing.
 */
import { expect } from "chai";
import fc from "fast-check";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { IS_WHOLE } from "../support/extent.ts";
import { openDesk } from "../support/scenario.ts";
import { fileOfUsers, type UserRow, usersOf, wordsOf } from "./users-of-a-bank.ts";

const [ACCOUNTS, PEOPLE, MOST] = [2, 24, 20];
const SUBSET = fc.uniqueArray(fc.nat({ max: PEOPLE - 1 }), { maxLength: MOST });
const ROW = fc.record({
  person: fc.nat({ max: PEOPLE - 1 }),
  account: fc.nat({ max: ACCOUNTS - 1 }),
  isActive: fc.boolean(),
  byOwnId: fc.boolean(),
  /** Days of one year; 0 for none. */
  at: fc.nat({ max: 3 }),
});
type Row = typeof ROW extends fc.Arbitrary<infer Value> ? Value : never;
const FILES = fc.array(fc.array(ROW, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 3 });

const entity = (person: number) => `entity_p${person}`;
const userRow = ({ person, account, isActive, byOwnId, at }: Row): UserRow => [
  byOwnId ? `cust-p${person}` : entity(person),
  `core-${account}`,
  isActive ? "active" : "inactive",
  at === 0 ? "" : `2026-01-0${at}T00:00:00Z`,
];

/** What rows about one user by one name come to, as docs/authorized-users.md says it; null where they contradict each other. */
function wanted(rows: readonly Row[]): Row | null {
  const [first] = rows;
  if (first === undefined || rows.every(({ isActive }) => isActive === first.isActive))
    return rows.reduce((one, other) => (other.at > one.at ? other : one));
  const latest = Math.max(...rows.map(({ at }) => at));
  const last = rows.filter(({ at }) => at === latest);
  const isSure = rows.every(({ at }) => at > 0) && last.every(({ isActive }) => isActive === last[0]?.isActive);
  return isSure ? (last[0] ?? null) : null;
}

/** The bank as it should be: users by account, and when each was last changed. */
class Model {
  readonly users: Set<string>[];
  readonly times = new Map<string, number>();

  constructor(held: readonly (readonly number[])[]) {
    this.users = held.map((people) => new Set(people.map(entity)));
  }

  take(rows: readonly Row[]): void {
    for (const [account, users] of this.users.entries()) {
      const own = rows.filter((row) => row.account === account);
      const names = Map.groupBy(own, ({ person, byOwnId }) => `${person} ${byOwnId}`);
      const left = [...names.values()].flatMap((group) => wanted(group) ?? []);
      // One person by two ids: nobody knows which is meant.
      if (new Set(left.map(({ person }) => person)).size < left.length) continue;
      const differing = left.filter(({ person, isActive, at }) => {
        if (users.has(entity(person)) === isActive) return false;
        const time = this.times.get(`${account} ${person}`) ?? 0;
        return at === 0 || at > time;
      });
      const after = new Set(users);
      for (const { person, isActive } of differing) isActive ? after.add(entity(person)) : after.delete(entity(person));
      if (differing.some(({ isActive }) => isActive) && after.size > MOST) continue;
      this.users[account] = after;
      for (const { person, at } of differing) {
        const key = `${account} ${person}`;
        this.times.set(key, Math.max(at, this.times.get(key) ?? 0));
      }
    }
  }
}

describe("any rows of the Authorized Users file", function () {
  this.timeout(180_000);

  it("leave exactly the users that they say, and every other as it was", async () => {
    const held = fc.tuple(SUBSET, SUBSET);
    await fc.assert(
      fc.asyncProperty(held, FILES, async (before, files) => {
        await using bank = await startSandbox({
          seed: {
            entities: Array.from({ length: PEOPLE }, (_, i) => ({
              id: entity(i),
              client_customer_id: `cust-p${i}`,
            })).concat({ id: "entity_holder", client_customer_id: "cust-holder" }),
            accounts: before.map((people, no) => ({
              id: `account_${no}`,
              client_account_id: `core-${no}`,
              relationships: { account_holder: ["entity_holder"], authorized_user: people.map(entity) },
            })),
          },
        });
        await using desk = await openDesk({ durable: false });
        const job = { guards: { remove_relationship: "off" } } as const;
        const model = new Model(before);
        for (const [at, rows] of files.entries()) {
          model.take(rows);
          const csv = fileOfUsers(...rows.map(userRow));
          const first = await desk.run(bank, csv, { name: `${at}.csv`, job });
          for (const [no, users] of model.users.entries())
            expect(usersOf(bank, no), `account ${no} after file ${at}`).to.deep.equal([...users].sort());
          for (const [no, row] of rows.entries()) {
            const isThere = usersOf(bank, row.account).includes(entity(row.person));
            if (/applied|unchanged/.test(first.rows[no]?.result ?? ""))
              expect(isThere, `row ${no + 2} of file ${at}`).to.equal(row.isActive);
          }
          const sent = bank.writes.length;
          const again = await desk.run(bank, csv, { name: `${at}.csv`, job, start: { again: "once more" } });
          expect(bank.writes.length, `writes of file ${at} again`).to.equal(sent);
          const steady = wordsOf(first.rows).map((word) => (word === "applied" ? "unchanged" : word));
          expect(wordsOf(again.rows)).to.deep.equal(steady);
        }
        for (const { relationships } of bank.accounts.values())
          expect(relationships.account_holder).to.deep.equal(["entity_holder"]);
      }),
      { numRuns: IS_WHOLE ? 100 : 12 },
    );
  });
});
