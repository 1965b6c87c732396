/** Nights of a job whose files are snapshots: each puts a file into the source and starts the job. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { JobInput } from "../../src/job.ts";
import type { GuardName } from "../../src/plan/guard-settings.ts";
import type { Summary } from "../../src/report/summary.ts";
import { approveGuard } from "../../src/run/start/approve-guard.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import type { FileEnd } from "../../src/run/start/start-job.ts";
import type { Sandbox } from "../../src/sandbox/start-sandbox.ts";
import { put, type Start, start, told } from "../run/source.ts";
import type { Desk } from "../support/scenario.ts";
import { runOf } from "./held-rows.ts";

/** Later than whatever a run of a test has done. */
const LATER = 1_000;

/** A snapshot whose absent accounts are deactivated, or only listed. */
export const ACT: Partial<JobInput> = { mode: "snapshot", absent: { do: "deactivate", reason: "dormant" } };
export const LIST: Partial<JobInput> = { mode: "snapshot" };

export const numbers = (to: number) => Array.from({ length: to }, (_, index) => index + 1);
/** Of twenty accounts. */
export const without = (...gone: readonly number[]) => numbers(20).filter((n) => !gone.includes(n));
export const SEED = {
  accounts: numbers(20).map((n) => ({ id: `account_${n}`, client_account_id: `c${n}` })),
};

/** Rows of accounts, or lines as they are. */
export const csv = (of: readonly (number | string)[]) =>
  `client_account_id,product_name\n${of.map((one) => (typeof one === "number" ? `c${one},Card\n` : one)).join("")}`;

export function summaryOf(end: FileEnd | undefined): Summary {
  if (end?.kind !== "reported") throw new Error(`${end?.kind} instead of a summary`);
  return end.summary;
}

/** Lines of missing.csv beside the results. */
export async function missing(end: FileEnd | undefined): Promise<string[]> {
  const text = await readFile(join(summaryOf(end).results, "missing.csv"), "utf8");
  const rows = parse(text, { columns: true }) as Record<string, string>[];
  return rows.map((row) => `${row.account_id} ${row.client_account_id} ${row.state}`);
}

/** What each came to, whatever the file's name. */
export const short = (ends: readonly FileEnd[]) => told(ends).map((one) => one.replace(/^\d+\.csv/, "file"));

export class Nights {
  readonly desk: Desk;
  readonly bank: Sandbox;
  #day = LATER;

  constructor(desk: Desk, bank: Sandbox) {
    this.desk = desk;
    this.bank = bank;
  }

  /** Puts a file into the source, and starts the job. */
  async night(text: string, job: Partial<JobInput> = ACT, more: Start = {}): Promise<readonly FileEnd[]> {
    await this.put(text);
    return this.start(job, more);
  }

  async put(text: string): Promise<void> {
    this.#day += 1;
    await put(this.desk, `${this.#day}.csv`, text, this.#day);
  }

  start(job: Partial<JobInput> = ACT, more: Start = {}): Promise<readonly FileEnd[]> {
    return start(this.desk, this.bank, { job, ...more });
  }

  async approve(end: FileEnd | undefined, guard: GuardName, max: number, job = ACT): Promise<Summary> {
    const run = await runOf(this.desk, summaryOf(end).run);
    return approveGuard(this.desk.context(this.bank, job), run, { guard, max, reason: "seen" });
  }

  async resume(end: FileEnd | undefined, job = ACT): Promise<FileEnd> {
    const run = await runOf(this.desk, summaryOf(end).run);
    return resumeUnderLease(this.desk.context(this.bank, job), run, null);
  }

  statusOf(n: number): string | undefined {
    return this.bank.accounts.get(`account_${n}`)?.status;
  }

  /** At the bank, by hand. */
  change(n: number, status: "inactive" | "closed", reason: "frozen" | "canceled"): void {
    Object.assign(this.bank.accounts.get(`account_${n}`) ?? {}, { status, status_reason: reason });
  }

  /** Accounts that calls have deactivated. */
  get deactivated(): string[] {
    return this.bank.writes.flatMap(({ path }) => /accounts\/(\w+)\/deactivate$/.exec(path)?.slice(1) ?? []);
  }
}
