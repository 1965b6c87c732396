/**
 * Claims in PostgreSQL: which change of which run may act on an account, kept with the account. An account is claimed under its id, and
 * while it has none under the client_account_id that it is to get; a create that applied holds both.
 */
import { clientIdOf } from "../../change-keys.ts";
import type { Claim, ClaimsLedger, FirstSending, PlannedAccount } from "../ledger.ts";
import { nearId } from "../near-id.ts";
import { leaseOfRunLost } from "../sql/errors.ts";
import { identityOf } from "../sql/outcome-effects.ts";
import { checkLeases } from "./check-leases.ts";
import type { Sql } from "./database.ts";
import { type ActsOn, releaseSure, restAll, restClaims } from "./held-accounts.ts";
import { recordSent } from "./record-sent.ts";
import { readForAll } from "./run-for-all.ts";
import type { PostgresStore } from "./store.ts";
import { takeAccounts, type Wanted } from "./take-accounts.ts";
import type { Perform } from "./writer.ts";

/** $1 bank, $2 near id. */
export const READ_NEAR = `SELECT o.bank, o.near FROM unnest($1::integer[], $2::text[]) AS o (bank, near)
  WHERE EXISTS (SELECT 1 FROM links l WHERE l.bank = o.bank AND l.near = o.near)`;

interface ToClaim extends Wanted {
  readonly bank: number;
  readonly planned: PlannedAccount;
  readonly first: FirstSending | undefined;
}

const performClaims: Perform<ToClaim, Claim> = async (sql, items) => {
  const lost = await checkLeases(sql, items, ({ first }) => first?.lease ?? null);
  const taken = await takeAccounts(
    sql,
    items.filter((item) => !lost.has(item)),
  );
  const isPlannedOn = (item: ToClaim) => item.planned.inDoubt || taken.get(item) === item.planned.touch;
  const near = await readNear(
    sql,
    items.filter((item) => item.planned.accountId === null && !item.planned.inDoubt && isPlannedOn(item)),
  );
  const claims = new Map<ToClaim, Claim>();
  for (const [item, touch] of taken) {
    if (typeof touch !== "number") claims.set(item, touch);
    else claims.set(item, { kind: isPlannedOn(item) && !near.has(item) ? "claimed" : "drifted" });
  }
  const sendings = items.flatMap((item) => {
    const { run, change, first } = item;
    return first !== undefined && claims.get(item)?.kind === "claimed" ? [{ run, change, ...first }] : [];
  });
  await recordSent(sql, sendings);
  return items.map((item) => claims.get(item) ?? leaseOfRunLost(item.run));
};

/** Of these changes without an account those that a link is near to. */
async function readNear(sql: Sql, items: readonly ToClaim[]): Promise<ReadonlySet<ToClaim>> {
  const nearOf = ({ planned }: ToClaim) => nearId(clientIdOf(planned.key));
  const found = await readForAll<{ bank: number; near: string }>(
    sql,
    READ_NEAR,
    items.map((item) => [item.bank, nearOf(item)]),
  );
  const isFound = (item: ToClaim) => found.some(({ bank, near }) => bank === item.bank && near === nearOf(item));
  return new Set(items.filter(isFound));
}

interface ToRest extends ActsOn {
  readonly isResting: boolean;
}

const performResting: Perform<ToRest, void> = async (sql, items) => {
  for (const isResting of [true, false]) {
    await restClaims(
      sql,
      items.filter((item) => item.isResting === isResting),
      isResting,
    );
  }
  return items.map(() => undefined);
};

export function postgresClaims(store: PostgresStore): ClaimsLedger {
  return {
    async claim(run, planned, nowMs, first) {
      const bank = await store.bankOf(run);
      const { change, key } = planned;
      const names = [...new Set([identityOf(planned), key])].map((identity) => ({ bank, identity }));
      return store.act(performClaims, { run, change, names, bank, nowMs, planned, first });
    },

    recordResting: (run, change, isResting) => store.act(performResting, { run, change, names: [], isResting }),

    releaseClaims(run) {
      return store.write(async (sql) => {
        await releaseSure(sql, run);
        await restAll(sql, run);
      });
    },
  };
}
