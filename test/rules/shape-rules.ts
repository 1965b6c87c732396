/**
 * The codes of rows whose job says how its files write values, each with a row beside it that is accepted.
 */
import type { SHAPE_CODES } from "../../src/errors/codes/shape.ts";
import { one, type Rule } from "./rule.ts";

const CHICAGO = {
  settings: { dates: { effective_at: { format: "MM/DD/YYYY HH:mm", zone: "America/Chicago" } } },
} as const;
const BY_CURRENCY = {
  settings: { money: "decimal", amounts: { limit: { byCurrency: { USD: "limit_usd", JPY: "limit_jpy" } } } },
} as const;

export const SHAPE_RULES: Readonly<Record<keyof typeof SHAPE_CODES, Rule>> = {
  value_unmapped: {
    rejects: one(
      "a cell that the job does not list",
      { is_mla: "J" },
      { settings: { values: { is_mla: { Y: true } } } },
    ),
    accepts: one("one that it lists", { is_mla: "Y" }, { settings: { values: { is_mla: { Y: true } } } }),
    says: /not one of the cells that the job gives a value to: Y/,
  },
  instant_not_once: {
    rejects: one("a time that the clock jumps over", { effective_at: "03/08/2026 02:30" }, CHICAGO),
    accepts: one("the minute before", { effective_at: "03/08/2026 01:59" }, CHICAGO),
    says: /a clock in America\/Chicago never shows that time/,
  },
  amount_currency_differs: {
    rejects: one("dollars in a row of yen", { currency: "JPY", limit_usd: "12.50", limit_jpy: "" }, BY_CURRENCY),
    accepts: one("yen in it", { currency: "JPY", limit_usd: "", limit_jpy: "1250" }, BY_CURRENCY),
    says: /the amount is in the column of USD, and the row's currency is another one/,
  },
};
