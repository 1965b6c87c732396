/**
 * A job of a thousand rows: creates, patches, closings, relationships, and rows that need nothing or are invalid, mixed.
 */
import type { SandboxSeed } from "../../src/sandbox/seed.ts";
import type { Opening } from "./scene.ts";

export const ROWS = 1_000;
/** What each row of ten wants; `#` stands for the row's number. */
const KINDS = [
  ",n#,deposit,entity_ann,,Card,,",
  "account_#,,,,,New,,",
  ",n#,deposit,entity_bob,,Card,,",
  "account_#,,,,,New,inactive,dormant",
  ",c#,,,,New,,",
  "account_#,,,,entity_bob,,,",
  ",n#,deposit,entity_ann,entity_bob,Card,inactive,frozen",
  "account_#,,,,,Everyday,,",
  "account_#,,,,,New,closed,paid_off",
  "account_#,,,,,,closed,",
];
const NUMBERS = Array.from({ length: ROWS }, (_, row) => row);
const HEADER =
  "account_id,client_account_id,capabilities,account_holders,authorized_users,product_name,status,status_reason";
const kindOf = (row: number) => KINDS[row % KINDS.length] ?? "";

const seed: SandboxSeed = {
  entities: [{ id: "entity_ann" }, { id: "entity_bob" }],
  accounts: NUMBERS.filter((row) => !kindOf(row).startsWith(",n")).map((row) => ({
    id: `account_${row}`,
    client_account_id: `c${row}`,
    relationships: { account_holder: ["entity_ann"] },
  })),
};

/** Few writes at once, so that of the rows that a process died over each has had its turn soon after. */
export const WRITES = 4;

export const JOB_OF_THOUSAND: Opening = {
  seed,
  csv: [HEADER, ...NUMBERS.map((row) => kindOf(row).replaceAll("#", String(row))), ""].join("\n"),
  job: {
    creates: "trusted",
    concurrency: { reads: 8, writes: WRITES },
    guards: { close: { max: ROWS }, deactivate: { max: ROWS } },
  },
  results: "folder",
};
/** Rows whose word is applied, and the effects of all of them. */
export const APPLIED = 800;
export const EFFECTS = 1_100;
