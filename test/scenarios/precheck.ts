/**
 * Files for prechecks: people and applications at the bank, and new underwritten accounts that name them.
 */
import type { JobInput } from "../../src/job.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";

export const PEOPLE = ["entity_ann", "entity_bob", "entity_cid"];
const HERS = { account_holder_type: "consumer" as const, account_holders: ["entity_ann"] };
export const SEED: SandboxSeed = {
  entities: [...PEOPLE.map((id) => ({ id })), { id: "entity_biz", type: "business" }],
  applications: [
    { id: "application_ann", entities: HERS },
    { id: "application_declined", status: "declined", entities: HERS },
  ],
};
export const PRECHECK: Partial<JobInput> = { precheck: true, creates: "trusted" };
export const HEADER =
  "client_account_id,capabilities,account_holders,authorized_users,product_name,application_id,is_secured,is_mla," +
  "underwriting_grade,currency,available_credit,limit,max_limit\n";
export const CREDIT = "false,false,A,USD,1,2,3";
/** Rows of new underwritten accounts: one holder, users in turn, one application. */
export const rowsFrom = (count: number, users: readonly string[] = PEOPLE) =>
  HEADER +
  Array.from({ length: count }, (_, i) => {
    const user = users[i % users.length];
    return `n${i},credit_with_underwriting,entity_ann,${user},Card,application_ann,${CREDIT}\n`;
  }).join("");
