/** What the bank complains of, by the column that the value came from. */
import { expect } from "chai";
import { columnOfPath } from "../../../src/plan/diff/column-of-path.ts";

describe("columnOfPath", () => {
  for (const [path, column] of [
    ["entities.account_holders", "account_holders"],
    ["entities.authorized_signers[3]", "authorized_signers"],
    ["/entities/authorized_users/0", "authorized_users"],
    ["details.product_name", "product_name"],
    ["details.credit.limit", "limit"],
    ["details.credit.max_limit", "max_limit"],
    ["details.credit.scra.end_date", "scra_end_date"],
    ["details.credit.report.score", "credit_score"],
    ["details.credit.report.pulled_at", "credit_pulled_at"],
    ["details.adverse_action_notice.delivery_method", "aan_delivery_method"],
    ["documents[0].displayed_at", "documents"],
    ["metadata.branch", "metadata.branch"],
    ["application_id", "application_id"],
    // No single column, or not one of ours.
    ["details.credit", "details.credit"],
    ["details.credit.report", "details.credit.report"],
    ["details.unheard_of", "details.unheard_of"],
    ["", ""],
  ] as const)
    it(`${path || "nothing"} is ${column || "nothing"}`, () => expect(columnOfPath(path)).to.equal(column));
});
