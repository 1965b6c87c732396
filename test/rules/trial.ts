/**
 * A row put to the proof: its cells, read as a file is read, folded when there are several, and planned when an account
 * is given; or a file that goes through a whole run. Out come the issues; nothing is asserted here.
 */
import { stringify } from "csv-stringify/sync";
import type { Entity } from "../../src/account.ts";
import type { Issue } from "../../src/errors/issue.ts";
import type { JobInput } from "../../src/job.ts";
import type { Actual } from "../../src/plan/actual.ts";
import type { BankFacts } from "../../src/plan/find-unfit.ts";
import { planChange } from "../../src/plan/plan-change.ts";
import type { DesiredRow } from "../../src/read/change.ts";
import type { ReadSettings } from "../../src/read/reading.ts";
import type { StartOptions } from "../../src/run/start/start-job.ts";
import { type SandboxOptions, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { foldRows } from "../read/fold-rows.ts";
import { readBytes } from "../read/read-bytes.ts";
import { pruneDesk } from "../support/prune-desk.ts";
import { openDesk } from "../support/scenario.ts";

export type Cells = Readonly<Record<string, string>>;

/** Rows that say `what`, as cells or, where what is wrong is not in a cell, as the file's own bytes. */
export interface Trial {
  readonly what: string;
  readonly rows?: readonly Cells[];
  readonly bytes?: string | Uint8Array;
  readonly settings?: Partial<ReadSettings>;
  /** Plans against this account, or, for null, a new one. */
  readonly actual?: Actual | null;
  readonly known?: BankFacts;
  readonly removeRelationships?: boolean;
}

/** A file and those run before it; the last row of the last one counts. */
export interface RunTrial {
  readonly what: string;
  readonly csv: string;
  readonly before?: readonly string[];
  readonly bank: SandboxOptions;
  readonly job?: Partial<JobInput>;
  /** Settings of the last file's job that those before it do not have. */
  readonly lastJob?: Partial<JobInput>;
  /** Whether those before have been pruned by then. */
  readonly pruned?: true;
  /** Of the last file. */
  readonly start?: Partial<StartOptions>;
}

/** What became of a trial: the text of its cells, and what was found, notes included. */
export interface Found {
  readonly cells: readonly string[];
  readonly issues: readonly Pick<Issue, "code" | "message">[];
}

export async function judge(trial: Trial): Promise<Found> {
  const rows = trial.rows ?? [];
  const columns = [...new Set(rows.flatMap(Object.keys))];
  const seen = await readBytes(trial.bytes ?? stringify(rows as Cells[], { columns, header: true }), trial.settings);
  if (seen.rejection !== undefined) throw new Error(`${trial.what}: ${seen.rejection.message}`);
  const cells = seen.rows.flatMap(({ source }) => source.cells ?? []);
  const invalid = seen.rows.flatMap((row) => (row.kind === "desired" ? [] : row.issues));
  if (invalid.length > 0) return { cells, issues: invalid };
  const [first, ...others] = seen.rows as readonly DesiredRow[];
  // As in a run, one row needs no folding.
  const folded =
    first === undefined || others.length > 0
      ? foldRows(seen.rows as readonly DesiredRow[])
      : ({ kind: "change", desired: first.desired } as const);
  if (folded.kind === "contradiction") return { cells, issues: [folded.issue] };
  if (trial.actual === undefined) return { cells, issues: [] };
  const settings = { removeRelationships: trial.removeRelationships ?? false, defaults: {} };
  const plan = planChange(folded.desired, trial.actual, settings, trial.known ?? null);
  return { cells, issues: "issues" in plan ? plan.issues : plan.notes };
}

export async function judgeRun({
  csv,
  before = [],
  bank: options,
  job = {},
  lastJob = {},
  pruned,
  start = {},
}: RunTrial): Promise<Found> {
  await using bank = await startSandbox(options);
  await using desk = await openDesk();
  for (const [index, earlier] of before.entries()) await desk.run(bank, earlier, { job, name: `${index}.csv` });
  if (pruned) await pruneDesk(desk, bank);
  const { rows } = await desk.run(bank, csv, { job: { ...job, ...lastJob }, start });
  const row = rows.at(-1) ?? {};
  const codes = (row.result_code ?? "").split(" | ").filter((code) => code !== "");
  const messages = (row.result_message ?? "").split(" | ");
  const cells = Object.entries(row).flatMap(([column, cell]) => (column.startsWith("result") ? [] : [cell]));
  return {
    cells,
    issues: codes.map((code, index) => ({ code: code as Issue["code"], message: messages[index] ?? "" })),
  };
}

/** The bank's entities by id, each of a type and active in every role unless told otherwise. */
export function knownOf(
  entities: Readonly<Record<string, Partial<Entity> | null>>,
  applications: object = {},
): BankFacts {
  const roles = ["account_holder", "authorized_signer", "authorized_user"].map((name) => ({ name, status: "active" }));
  const whole = ([id, entity]: [string, Partial<Entity> | null]): [string, Entity | null] => [
    id,
    entity && { id, type: "individual", role_details: roles, ...entity },
  ];
  return {
    entities: new Map(Object.entries(entities).map(whole)),
    applications: new Map(Object.entries(applications)),
  };
}
