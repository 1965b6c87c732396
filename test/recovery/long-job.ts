/**
 * A job of a thousand rows, or fewer in the tests of every day: creates, patches, closings, relationships, and rows that
 * need nothing or are invalid, mixed.
 */
import { expect } from "chai";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { type Opening, type Outcome, Scene, wasKilled } from "./scene.ts";

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

export const LONG_JOB: Opening = {
  seed,
  csv: [HEADER, ...NUMBERS.map((row) => kindOf(row).replaceAll("#", String(row))), ""].join("\n"),
  job: {
    creates: "trusted",
    concurrency: { reads: 8, writes: WRITES },
    guards: { close: { max: ROWS }, deactivate: { max: ROWS } },
  },
  results: "folder",
};

let clean: Promise<Outcome> | undefined;

/** What comes of the job when nobody disturbs it. */
export function cleanOutcome(): Promise<Outcome> {
  clean ??= play();
  return clean;
}

async function play(): Promise<Outcome> {
  await using scene = await Scene.open(LONG_JOB);
  expect(wasKilled(await scene.start().ended)).to.equal(false);
  const outcome = await scene.look();
  expect(outcome.rows).to.have.length(ROWS);
  // Of ten rows eight change something, three of them twice.
  expect(outcome.rows.filter(({ result }) => result === "applied")).to.have.length((ROWS * 8) / 10);
  expect(outcome.effects).to.have.length((ROWS * 11) / 10);
  return outcome;
}
