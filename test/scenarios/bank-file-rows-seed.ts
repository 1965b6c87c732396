/**
 * What the rows of the bank's own account file are made of: the bank that they meet, the file's columns, and sound cells of
 * a complete record. Data and builders only; nothing here runs.
 */
import { stringify } from "csv-stringify/sync";
import type { Code } from "../../src/errors/codes/codes.ts";
import type { JobInput } from "../../src/job.ts";
import type { SandboxOptions } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { ACCOUNTS, type Cells, CREDIT_CELLS, CROWD, SEED } from "./broken-rows-seed.ts";

/** The word and the one code that a row ends with. */
export type End = `${"invalid" | "refused" | "held"} ${Code}`;

/** Its name, what it ends with, and its cells over those of the theme. */
export type BankFileRow = readonly [name: string, end: End, cells: Cells];

/** Rows about one matter, in one file: the sound ones first. Each is about a new account, or about one that is like `on`. */
export interface BankFileTheme {
  readonly name: string;
  readonly on?: keyof typeof ACCOUNTS;
  readonly job?: Partial<JobInput>;
  readonly lookup?: NonNullable<SandboxOptions["lookup"]>;
  /** What every message says. */
  readonly says?: RegExp;
  /** Cells that every row has. */
  readonly base: Cells;
  /** Each of these rows is applied. */
  readonly sound: readonly Cells[];
  readonly broken: readonly BankFileRow[];
  /** What each row, a sound one too, ends with in our layout, where it's not the same. */
  readonly inOurs?: End | undefined;
}

/** Contract, "The bank's own account file": every column is there. The last is taken too. */
const COLUMNS = [
  ...["client_account_id", "application_id", "account_holder_type", "account_holders", "authorized_signers"],
  ...["authorized_users", "currency", "client_product_name", "is_secured", "is_mla", "underwriting_grade"],
  ...["available_credit", "credit_limit", "max_credit_limit", "scra_start_date", "scra_end_date", "credit_score"],
  ...["credit_pulled_at", "credit_report_source", "status", "status_reason", "created_at", "closed_at"],
  ...["aan_delivered_at", "aan_reason", "aan_delivery_method", "documents", "generated_at", "effective_at"],
  "capabilities",
];
const OUR_NAMES: Cells = {
  client_product_name: "product_name",
  credit_limit: "limit",
  max_credit_limit: "max_limit",
};

/** The job that reads the same rows in our layout. */
export const OURS: Partial<JobInput> = { money: "decimal", entities: { by: "client_customer_id" } };

const OWN_NAMES: Readonly<Record<string, string>> = {
  entity_ann: "cust-ann",
  entity_bob: "cust-bob",
  entity_biz: "cust-biz",
  entity_idle: "cust-idle",
  ...Object.fromEntries(CROWD.slice(10).map((id, index) => [id, `cust-${index + 10}`])),
};
const OWN_APPLICATIONS: Readonly<Record<string, string>> = {
  application_ann: "app-ann",
  application_bob: "app-bob",
  application_odd: "app-odd",
  application_declined: "app-declined",
};
const { entities = [], applications = [] } = SEED;
const holders = { account_holder_type: "consumer" as const, account_holders: ["entity_ann"] };

/** The program has ids of its own for most of what the bank holds, and one of them for two things. */
const OWN_SEED: SandboxSeed = {
  entities: [
    ...entities.map((entity) => ({
      ...entity,
      ...(entity.id in OWN_NAMES && { client_customer_id: OWN_NAMES[entity.id] as string }),
    })),
    ...["entity_twin1", "entity_twin2"].map((id) => ({ id, client_customer_id: "cust-twin" })),
    { id: "entity_long", client_customer_id: "c".repeat(64) },
  ],
  applications: [
    ...applications.map((application) => ({
      ...application,
      ...(application.id in OWN_APPLICATIONS && { client_application_id: OWN_APPLICATIONS[application.id] as string }),
    })),
    ...["application_twin1", "application_twin2"].map((id) => ({
      id,
      client_application_id: "app-twin",
      entities: holders,
    })),
  ],
};

export const list = (...ids: readonly string[]) => JSON.stringify(ids);

/** A complete record of an account of that kind; the product is another one, so that a row that goes through is applied. */
export const DEPOSIT: Cells = {
  account_holder_type: "consumer",
  account_holders: list("cust-ann"),
  client_product_name: "Everyday Plus",
  status: "active",
  status_reason: "active",
  created_at: "2025-03-04T15:00:00Z",
  generated_at: "2026-11-23T05:00:00Z",
  effective_at: "2026-11-22T23:00:00Z",
};
const { limit: _, max_limit: __, ...plainCredit } = CREDIT_CELLS;
export const CARD: Cells = {
  ...DEPOSIT,
  ...plainCredit,
  available_credit: "100.00",
  credit_limit: "200.00",
  max_credit_limit: "300.00",
};
export const COMMERCIAL: Cells = {
  ...DEPOSIT,
  account_holder_type: "commercial",
  account_holders: list("cust-biz"),
  authorized_signers: list("cust-ann"),
};
export const NEW: Cells = { ...DEPOSIT, capabilities: "deposit" };

/** The theme's rows, the sound ones first, each with an account of its own. */
export function bankRowsOf({ base, sound, broken }: BankFileTheme): readonly Cells[] {
  const all = [...sound, ...broken.map(([, , cells]) => cells)];
  return all.map((cells, index) => ({ client_account_id: clientIdOf(index), ...base, ...cells }));
}

/** As a program sends them: pipes between the cells, the bank's names above. */
export function bankFileOf(rows: readonly Cells[]): string {
  return stringify(rows as Cells[], { columns: columnsOf(rows), header: true, delimiter: "|" });
}

/** The same rows with our names and commas. */
export function ourFileOf(rows: readonly Cells[]): string {
  const columns = columnsOf(rows).map((key) => ({ key, header: OUR_NAMES[key] ?? key }));
  return stringify(rows as Cells[], { columns, header: true });
}

function columnsOf(rows: readonly Cells[]): string[] {
  return [...COLUMNS, ...(rows.some(({ account_id }) => account_id !== undefined) ? ["account_id"] : [])];
}

export function bankSeedOf({ on, sound, broken }: BankFileTheme): SandboxSeed {
  if (on === undefined) return structuredClone(OWN_SEED);
  const accounts = Array.from({ length: sound.length + broken.length }, (_, index) => ({
    ...structuredClone<object>(ACCOUNTS[on]),
    id: accountIdOf(index),
    client_account_id: clientIdOf(index),
  }));
  return { ...structuredClone(OWN_SEED), accounts };
}

export const accountIdOf = (index: number) => `account_${index}`;
export const clientIdOf = (index: number) => `core-${index}`;
