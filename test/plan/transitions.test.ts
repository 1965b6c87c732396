/**
 * Status transitions as a table: every status at the bank, every status and reason that a row may give, with and without
 * its permission to correct; which operations in which order, or which code.
 */
import { expect } from "chai";
import { type Account, REASONS_OF_STATUS, STATUSES, type Status, type StatusReason } from "../../src/account.ts";
import type { Plan } from "../../src/plan/operation.ts";
import type { Desired } from "../../src/read/change.ts";
import { accountWith, NEW, NOTICE, NOTICE_COLUMNS, plan, wordsOf } from "./builders.ts";

const CORRECTIONS: readonly Desired[] = [{}, { correction: false }, { correction: true }];

/** From, to, without a correction, with one; the reason at the bank is another status's own, so it never stands in the way. */
const MOVES: readonly [Status, Status, string, string][] = [
  ["active", "active", "unchanged", "unchanged"],
  ["active", "inactive", "deactivate", "deactivate"],
  ["active", "closed", "close", "close"],
  ["inactive", "active", "activate", "activate"],
  ["inactive", "closed", "close", "close"],
  ["closed", "active", "refused: account_closed", "activate"],
  ["closed", "inactive", "refused: account_closed", "activate, deactivate"],
];

/** New accounts: status, its operations. They start active. */
const STARTS: readonly [Status | undefined, string][] = [
  [undefined, "create"],
  ["active", "create"],
  ["inactive", "create, deactivate"],
  ["closed", "create, close"],
];

/** One account with data to change: from, the row's status and reason, correction, the words. */
const DATA: readonly [Status, Desired, string][] = [
  ["active", {}, "patch, add_relationships, remove_relationship"],
  [
    "active",
    { status: "inactive", status_reason: "frozen" },
    "patch, add_relationships, remove_relationship, deactivate",
  ],
  ["active", { status: "closed", status_reason: "paid_off" }, "patch, add_relationships, remove_relationship, close"],
  ["inactive", {}, "patch, add_relationships, remove_relationship"],
  ["inactive", { status: "inactive", status_reason: "frozen" }, "patch, add_relationships, remove_relationship"],
  ["inactive", { status: "active" }, "patch, add_relationships, remove_relationship, activate"],
  ["inactive", { status: "closed", status_reason: "paid_off" }, "patch, add_relationships, remove_relationship, close"],
  ["closed", {}, "refused: account_closed"],
  ["closed", { correction: true }, "refused: account_closed"],
  ["closed", { status: "closed", status_reason: "paid_off" }, "refused: account_closed"],
  ["closed", { status: "closed", status_reason: "paid_off", correction: true }, "refused: account_closed"],
  ["closed", { status: "active" }, "refused: account_closed"],
  ["closed", { status: "active", correction: false }, "refused: account_closed"],
  ["closed", { status: "active", correction: true }, "activate, patch, add_relationships, remove_relationship"],
  [
    "closed",
    { status: "inactive", status_reason: "dormant", correction: true },
    "activate, patch, add_relationships, remove_relationship, deactivate",
  ],
];

const REASON_AT_BANK = { active: "active", inactive: "frozen", closed: "paid_off" } as const;

const accountIn = (status: Status, status_reason: StatusReason = REASON_AT_BANK[status], over: Partial<Account> = {}) =>
  accountWith({ status, status_reason, details: { product_name: "A", adverse_action_notice: NOTICE }, ...over });

const bodiesOf = (made: Plan) => (made.kind === "operations" ? made.operations.map(({ body }) => body) : []);

/** What the transitions of a plan send. */
const bodyOf = (kind: string, reason: StatusReason) =>
  kind === "activate" ? "" : JSON.stringify({ status_reason: reason });

describe("transitions", () => {
  for (const [from, to, without, withCorrection] of MOVES) {
    for (const reason of REASONS_OF_STATUS[to]) {
      it(`${from} → ${to} (${reason}): ${without}; corrected: ${withCorrection}`, () => {
        for (const atBank of REASONS_OF_STATUS[from]) {
          for (const correction of CORRECTIONS) {
            const made = plan({ status: to, status_reason: reason, ...correction }, accountIn(from, atBank));
            const words = correction.correction ? withCorrection : without;
            expect(wordsOf(made)).to.equal(words);
            if (made.kind !== "operations") continue;
            expect(bodiesOf(made)).to.deep.equal(words.split(", ").map((kind) => bodyOf(kind, reason)));
            expect(made.operations.map(({ step }) => step)).to.deep.equal(
              words.split(", ").map((_, index) => index + 1),
            );
            expect(made.differences).to.deep.include({ field: "status", actual: from, desired: to });
          }
        }
      });
    }
  }

  for (const status of ["inactive", "closed"] as const) {
    for (const reason of REASONS_OF_STATUS[status]) {
      it(`stays ${status} (${reason}): unchanged with that reason, refused with another, corrected or not`, () => {
        for (const atBank of REASONS_OF_STATUS[status]) {
          for (const correction of CORRECTIONS) {
            const made = plan({ status, status_reason: reason, ...correction }, accountIn(status, atBank));
            expect(wordsOf(made)).to.equal(reason === atBank ? "unchanged" : "refused: status_reason_differs");
          }
        }
      });
    }
  }

  it("asks for no reason of an active account, and leaves every account alone whose row has no status", () => {
    expect(wordsOf(plan({ status: "active" }, accountIn("active")))).to.equal("unchanged");
    for (const status of STATUSES) {
      for (const correction of CORRECTIONS) expect(wordsOf(plan(correction, accountIn(status)))).to.equal("unchanged");
    }
  });

  for (const [from, row, words] of DATA) {
    it(`${from} with data and ${JSON.stringify(row)}: ${words}`, () => {
      const data: Desired = { product_name: "B", account_holders: ["entity_2"] };
      expect(wordsOf(plan({ ...data, ...row }, accountIn(from)))).to.equal(words);
    });
  }

  for (const field of ["metadata", "documents", "authorized_users"] as const) {
    it(`a closed account takes no ${field} either`, () => {
      const data: Required<Pick<Desired, typeof field>> = {
        metadata: { branch: "7" },
        documents: [{ document_id: "d1", type: "aan", displayed_at: "2026-01-31T09:30:00Z" }],
        authorized_users: ["entity_3"],
      };
      expect(wordsOf(plan({ [field]: data[field] }, accountIn("closed")))).to.equal("refused: account_closed");
      expect(wordsOf(plan({ product_name: "A" }, accountIn("closed")))).to.equal("unchanged");
    });
  }
});

describe("transitions of new accounts", () => {
  for (const [status, words] of STARTS) {
    for (const reason of status ? REASONS_OF_STATUS[status] : [undefined]) {
      it(`none → ${status ?? "no status"} (${reason ?? "no reason"}): ${words}`, () => {
        for (const correction of CORRECTIONS) {
          const row: Desired = { ...NEW, ...NOTICE_COLUMNS, ...correction, ...(status && { status }) };
          const made = plan({ ...row, ...(reason && { status_reason: reason }) }, null);
          expect(wordsOf(made)).to.equal(words);
          expect(bodiesOf(made).slice(1)).to.deep.equal(
            words === "create" ? [] : [JSON.stringify({ status_reason: reason })],
          );
        }
      });
    }
  }
});

describe("client_closed", () => {
  const closing: Desired = { status: "closed", status_reason: "client_closed" };
  const open = accountWith();

  it("sends the notice of the row before the close", () => {
    const made = plan({ ...closing, ...NOTICE_COLUMNS }, open);
    expect(wordsOf(made)).to.equal("patch, close");
    expect(bodiesOf(made)[0]).to.equal(JSON.stringify({ details: { adverse_action_notice: NOTICE } }));
  });

  it("closes at once with the notice that the bank has, and patches one that differs", () => {
    const noticed = accountWith({ details: { product_name: "A", adverse_action_notice: NOTICE } });
    expect(wordsOf(plan(closing, noticed))).to.equal("close");
    expect(wordsOf(plan({ ...closing, ...NOTICE_COLUMNS }, noticed))).to.equal("close");
    expect(wordsOf(plan({ ...closing, ...NOTICE_COLUMNS, aan_reason: "moved" }, noticed))).to.equal("patch, close");
  });

  it("is refused without any notice, from active and inactive alike", () => {
    expect(wordsOf(plan(closing, open))).to.equal("refused: notice_missing");
    const idle = accountWith({ status: "inactive", status_reason: "frozen" });
    expect(wordsOf(plan(closing, idle))).to.equal("refused: notice_missing");
  });

  it("needs no notice where the account is closed like that already, or is closed for another reason", () => {
    expect(wordsOf(plan(closing, accountWith(closing as Partial<Account>)))).to.equal("unchanged");
    expect(wordsOf(plan({ status: "closed", status_reason: "paid_off" }, open))).to.equal("close");
  });

  it("brings the notice of a new account with the create, and makes none without", () => {
    const made = plan({ ...NEW, ...closing, ...NOTICE_COLUMNS }, null);
    expect(wordsOf(made)).to.equal("create, close");
    expect(JSON.parse(bodiesOf(made)[0] ?? "").details.adverse_action_notice).to.deep.equal(NOTICE);
    expect(wordsOf(plan({ ...NEW, ...closing }, null))).to.equal("invalid: notice_missing");
  });
});

describe("a status that is not known here", () => {
  const strange = ["suspended", "", "constructor", "__proto__", "Active", undefined];

  for (const status of strange) {
    const account = { ...accountWith(), status } as Account;
    it(`${status ?? "none at all"}: refuses every row that asks for one, and says whose answer it was`, () => {
      for (const to of STATUSES) {
        for (const correction of CORRECTIONS) {
          const made = plan({ status: to, status_reason: REASON_AT_BANK[to], ...correction }, account);
          expect(wordsOf(made)).to.equal("refused: bank_answer_unreadable");
        }
      }
    });

    it(`${status ?? "none at all"}: is borne by rows that ask for none`, () => {
      expect(wordsOf(plan({ product_name: "A" }, account))).to.equal("unchanged");
    });
  }

  it("refuses another reason where the bank's own is not known here", () => {
    const account = { ...accountWith({ status: "inactive" }), status_reason: "asleep" } as unknown as Account;
    const made = plan({ status: "inactive", status_reason: "frozen" }, account);
    expect(wordsOf(made)).to.equal("refused: status_reason_differs");
  });
});
