/**
 * Whether a row means the same to two jobs: the first column that does not, where they say different things of how a file is written.
 */
import { expect } from "chai";
import type { ReadSettings } from "../../../src/read/reading.ts";
import { readsOtherwise } from "../../../src/read/repaired/reads-otherwise.ts";
import { readingOf } from "../shape/reading-of.ts";

type Settings = Partial<ReadSettings>;

const NAMES = ["client_account_id", "status", "limit", "u1", "u2", "scra_start_date"];
const JOIN: Settings = { join: { authorized_users: ["u1", "u2"] } };

function column(cells: string, now: Settings, then: Settings): string | null {
  const [reading, earlier] = [now, then].map((settings) => readingOf(NAMES, { ...JOIN, ...settings }));
  if (reading === undefined || earlier === undefined) throw new Error("no reading");
  return readsOtherwise({ row: 2, byteOffset: 0, cells: ["c1", ...cells.split(",")] }, reading, earlier);
}

describe("a row of another job", () => {
  const cases: readonly (readonly [
    what: string,
    cells: string,
    now: Settings,
    then: Settings,
    comes: string | null,
  ])[] = [
    ["the same", "active,1,a,b,2026-01-31", {}, {}, null],
    [
      "another map",
      "A,,,,",
      { values: { status: { A: "active" } } },
      { values: { status: { A: "closed" } } },
      "status",
    ],
    [
      "another map of an empty cell",
      ",,,,",
      { values: { status: { A: "active" } } },
      { values: { status: { B: "active" } } },
      null,
    ],
    ["an empty cell that one maps", ",,,,", { values: { status: { "": "active" } } }, {}, "status"],
    [
      "another format",
      ",,,,x",
      { dates: { scra_start_date: "DD/MM/YYYY" } },
      { dates: { scra_start_date: "MM/DD/YYYY" } },
      "scra_start_date",
    ],
    ["another form of amounts", ",1,,,", { numbers: { group: "," } }, {}, "limit"],
    ["another form of amounts, and none in the row", "active,,,,", { numbers: { group: "," } }, {}, null],
    ["users joined in another order", ",,a,b,", { join: { authorized_users: ["u2", "u1"] } }, {}, "u1"],
    ["a constant that only one has", ",,,,", { constants: { product_name: "Card" } }, {}, "product_name"],
    ["no users, which only one takes away", ",,,,", { emptyAuthorizedUsers: "clear" }, {}, "u1"],
    ["one user, where only one job takes all away for none", ",,a,,", { emptyAuthorizedUsers: "clear" }, {}, null],
  ];
  for (const [what, cells, now, then, comes] of cases) {
    it(`with ${what} ${comes === null ? "means the same" : `is read otherwise in ${comes}`}`, () => {
      expect(column(cells, now, then)).to.equal(comes);
      expect(column(cells, then, now)).to.equal(comes);
    });
  }
});
