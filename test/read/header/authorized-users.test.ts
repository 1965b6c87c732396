/**
 * The header of the Authorized Users file: what tells it from one of accounts, and what each row of it must have.
 */
import { expect } from "chai";
import { readHeader } from "../../../src/read/header/read-header.ts";
import { DEFAULT_READ_SETTINGS, type ReadSettings } from "../../../src/read/reading.ts";

const WHOLE = "entity_id,account_id,status,generated_at,effective_at";

function read(header: string, settings: Partial<ReadSettings> = {}): string {
  const read = readHeader(header.split(","), { ...DEFAULT_READ_SETTINGS, ...settings }, ",");
  if (read.kind === "rejected") return `${read.rejection.code}: ${read.rejection.message}`;
  return `${read.reading.layout}: ${read.reading.columns.join()}`;
}

const OF_USERS = "authorized_users: authorized_users,client_account_id,status,generated_at,effective_at";
const CASES: readonly [name: string, header: string, told: string | RegExp, settings?: Partial<ReadSettings>][] = [
  ["is recognised by its names", WHOLE, OF_USERS],
  ["is taken where the job says so", WHOLE, OF_USERS, { layout: "authorized_users" }],
  [
    "may have the columns of results beside its own",
    "account_id,status,entity_id,result_run,result_row,result",
    "authorized_users: client_account_id,status,authorized_users,result_run,result_row,",
  ],
  [
    "may have names of the program's own",
    "person,account_id,status",
    "authorized_users: authorized_users,client_account_id,status",
    { columns: { person: "entity_id" } },
  ],
  [
    "is one of accounts with a column that only accounts have",
    "entity_id,account_id,status,product_name",
    /^header_column_unknown: column 1, "entity_id" is not known in the layout tieout/,
  ],
  [
    "is one of accounts where the job ignores entity_id",
    "entity_id,account_id,status",
    "tieout: ,account_id,status",
    { unknownColumns: ["entity_id"] },
  ],
  [
    "is one of accounts where the job says so",
    WHOLE,
    /^header_column_unknown: column 1, "entity_id"/,
    { layout: "tieout" },
  ],
  [
    "has no column of accounts",
    `${WHOLE},metadata.branch`,
    /^header_layout_mixed: "metadata.branch" is a name of files of accounts, and the job sets the layout authorized_users/,
    { layout: "authorized_users" },
  ],
  [
    "has all that each row needs",
    "account_id,generated_at",
    /^header_key_missing: the header has no entity_id and no status, which each row of the layout authorized_users needs/,
    { layout: "authorized_users" },
  ],
  [
    "has no other column",
    `${WHOLE},note`,
    /^header_column_unknown: column 6, "note" is not known in the layout authorized_users/,
  ],
  [
    "of undo has its own way",
    "entity_id,account_id,status,undoes_run,undoes_row",
    /^authorized_users: /,
    { layout: "bank" },
  ],
];

describe("a header of the Authorized Users file", () => {
  for (const [name, header, told, settings] of CASES) {
    it(name, () => {
      if (typeof told === "string") expect(read(header, settings)).to.equal(told);
      else expect(read(header, settings)).to.match(told);
    });
  }
});
