/**
 * A core banking system's own file, in its own names and forms. To try it, start a sandbox with the seed beside it, and type
 * `npx tieout run samples/shapes/job.ts`.
 */
import { join } from "node:path";
import { defineJob } from "../../src/job.ts";

export default defineJob({
  name: "shapes",
  source: { folder: join(import.meta.dirname, "in") },
  results: { folder: "shapes-results" },
  columns: {
    ACCT_NO: "client_account_id",
    HOLDERS: "account_holders",
    STAT: "status",
    SECURED: "is_secured",
    CCY: "currency",
  },
  constants: { product_name: "Everyday Card", "metadata.source": "core-a" },
  values: {
    status: { A: "active", F: "inactive/frozen", C: "closed/paid_off" },
    is_secured: { Y: true, N: false },
    currency: { "840": "USD", "392": "JPY", "414": "KWD" },
    capabilities: { D: "deposit", C: "credit_with_underwriting" },
  },
  split: { account_holders: "|", capabilities: "/" },
  join: {
    authorized_users: ["USER_1", "USER_2", "USER_3"],
    effective_at: { columns: ["POST_DATE", "POST_TIME"], by: " " },
  },
  dates: {
    effective_at: { format: "MM/DD/YYYY HH:mm", zone: "America/Chicago" },
    scra_start_date: "DD.MM.YYYY",
  },
  numbers: { decimal: ",", group: "." },
  amounts: { limit: { byCurrency: { USD: "LIMIT_USD", JPY: "LIMIT_JPY", KWD: "LIMIT_KWD" } } },
});
