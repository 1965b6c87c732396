/**
 * Canaries: a value of its own for every secret and every column, files that are made of them, and the search that finds
 * one again however it was written down. Data and pure functions only.
 */
import { stringify } from "csv-stringify/sync";
import { COLUMNS } from "../../src/read/columns.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";

type Cells = Readonly<Record<string, string>>;

/** Characters that JSON, URLs and terminals write in ways of their own. */
export const CLIENT_SECRET = 'CnrySecret"5\\<&é>/+%41=Tail9';
export const AWS_SECRET = "CnryAwsSecret/7+Key=Tail8";
export const PG_SECRET = "CnryPgSecret/7@Key%Tail6";

/** What an id may hold, and no word that stands anywhere else. */
const id = (kind: string, name: string) => `${kind}_Cnry${name}x7`;

const HOLDERS = [id("entity", "Ann"), id("entity", "Bob")];
const APPLICATION = id("application", "App");
const ACCOUNTS = ["One", "Two", "Three"].map((name) => id("account", name));
const [ONE = "", TWO = "", THREE = ""] = ACCOUNTS;

export const SEED: SandboxSeed = {
  entities: HOLDERS.map((one) => ({ id: one })),
  applications: [{ id: APPLICATION, entities: { account_holder_type: "consumer", account_holders: HOLDERS } }],
  accounts: [...ACCOUNTS, ...Array.from({ length: 40 }, (_, i) => id("account", `Many${i}`))].map((one) => ({
    id: one,
    client_account_id: `known-${one}`,
    details: { product_name: "CnryProductOld" },
    metadata: { note: "CnryNoteOld" },
    relationships: { account_holder: HOLDERS.slice(0, 1) },
  })),
};

/** What an account has by the time that its plan is applied. */
export const MOVED = ONE;
export const MOVED_PRODUCT = "CnryProductMoved";

const NOTICE = {
  aan_delivered_at: "2031-05-06T07:08:09Z",
  aan_reason: "CnryNoticeReason, %s and more",
  aan_delivery_method: "email",
};
/** Every column but those that hold nothing but words of the bank's own. */
const NEW: Cells = {
  client_account_id: "CnryClientId-1",
  application_id: APPLICATION,
  capabilities: "credit_with_underwriting",
  account_holders: HOLDERS[0] ?? "",
  authorized_users: HOLDERS[1] ?? "",
  product_name: 'CnryProduct "quoted" <&> é\\, and all',
  currency: "USD",
  is_secured: "false",
  is_mla: "false",
  underwriting_grade: "CnryGrade",
  available_credit: "918273641",
  limit: "918273642",
  max_limit: "918273643",
  scra_start_date: "2031-02-03",
  scra_end_date: "2031-02-04",
  credit_score: "787",
  credit_pulled_at: "2021-03-04T05:06:07Z",
  credit_report_source: "equifax",
  documents:
    '[{"document_id":"CnryDocument","type":"terms_of_use","version":"CnryVersion","displayed_at":"2021-09-08T07:06:05Z"}]',
  effective_at: "2021-04-05T06:07:08Z",
  "metadata.note": "CnryNote %d {}",
};
const SOUND: readonly Cells[] = [
  NEW,
  { account_id: ONE, product_name: "CnryProductOne", ...NOTICE, status: "closed", status_reason: "client_closed" },
  { account_id: TWO, account_holders: HOLDERS.join(";"), "metadata.note": "CnryNoteTwo" },
  { account_id: id("account", "Nowhere"), product_name: "CnryProductNowhere" },
  { account_id: THREE, product_name: "CnryContradiction1" },
  { account_id: THREE, product_name: "CnryContradiction2" },
];
/** One row for each column, whose cell there is no value of its kind, or far too long. */
const BROKEN: readonly Cells[] = [
  { account_id: id("account", "Nasty"), product_name: 'CnryNasty "quoted"\nnewline \u001b[2J\u2028 and all' },
  ...Object.keys(COLUMNS).map((column) => {
    const key = ["account_id", "client_account_id"].includes(column) ? {} : { account_id: id("account", `B${column}`) };
    return { ...key, [column]: `account_Cnry broken\n${column}\u001b[1m${"x".repeat(300)}` };
  }),
];

const METADATA = "metadata.note";
const fileOf = (rows: readonly Cells[]) =>
  stringify(rows as Cells[], { columns: [...Object.keys(COLUMNS), METADATA], header: true });

export const FILES = {
  sound: fileOf(SOUND),
  broken: fileOf([...SOUND, ...BROKEN]),
  many: fileOf((SEED.accounts ?? []).map((account) => ({ account_id: account.id, product_name: "CnryProductMany" }))),
  one: fileOf([{ account_id: ONE, product_name: "CnryProductOne" }]),
  openQuote: `account_id,product_name\n${ONE},"CnryOpenQuote\n`,
  strayQuote: `account_id,product_name\n${ONE},Cnry"Stray"Quote,"x\n`,
  noHeader: `${ONE},CnryNoHeader\n${TWO},CnryNoHeader\n`,
  badTrailer: `account_id,product_name\n${ONE},CnryProductOne\nEND,CnryTrailerCount\n`,
  noNumber: `account_id,limit\n${ONE},CnryProductOne\nEND,1,7,7\n`,
  otherSum: `account_id,limit\n${ONE},918273642\nEND,1,7,7\n`,
  sameSum: `account_id,limit\n${ONE},918273642\nEND,1,918273642,918273642\n`,
  nastyHeader: `account_id,"no\nsuch\u001b[2J\u009b1m column${"y".repeat(500)}"\n${ONE},CnryProductOne\n`,
} as const;

/** Every cell of the files that is a canary; words of the bank's own and short numbers prove nothing. */
export const CELLS: readonly string[] = [
  ...new Set(
    [...SOUND, ...BROKEN].flatMap((row) => Object.values(row).filter((cell) => /Cnry|91827364|20[23]1-/.test(cell))),
  ),
  ...[
    ...HOLDERS,
    ...ACCOUNTS,
    "CnryProductOld",
    "CnryNoteOld",
    "CnryProductMany",
    MOVED_PRODUCT,
    "CnryOpenQuote",
    "CnryNoHeader",
  ],
  ...["CnryTrailerCount", "CnryDocument", "CnryVersion", '"Stray"Quote', "CnryBugCell"],
];

/** Whoever cuts a text, or wraps it, leaves a part of it. */
function partsOf(value: string): readonly string[] {
  if (value.length < 24) return [value];
  const half = Math.floor(value.length / 2);
  return [value.slice(0, half), value.slice(-half)];
}

/** In base64 a text looks different at each of three places; what all of its bytes decide is the same. */
function base64Of(value: string): string[] {
  return ["", "-", "--"].map((before) => {
    const text = Buffer.from(before + value)
      .toString("base64")
      .replace(/=+$/, "");
    return text.slice(before === "" ? 0 : before.length + 1, -2);
  });
}

function formsOf(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const all = [value, json, JSON.stringify(json).slice(1, -1), encodeURIComponent(value), encodeURI(value)];
  // As one line, which is how a message would show it.
  all.push(value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " "));
  all.push(json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`));
  const base64 = base64Of(value);
  all.push(...base64, ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")));
  all.push(Buffer.from(value).toString("hex"));
  return [...new Set(all)];
}

/** What `text` gives away of `values`, each with the form in which it stands there. */
export function findCanaries(text: string, values: Iterable<string>): string[] {
  return [...values].flatMap((value) =>
    partsOf(value)
      .flatMap(formsOf)
      .flatMap((form) => (form.length >= 6 && text.includes(form) ? [`${JSON.stringify(value)} as ${form}`] : [])),
  );
}
