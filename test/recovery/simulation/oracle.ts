/**
 * The oracle: judges a history by what the bank holds, what the bank did, and the results files alone. It knows no ledger
 * and no code of the product.
 */
import { WORDS } from "../../../src/errors/words.ts";
import type { RunCalls } from "../../../src/report/calls.ts";
import type { SandboxAccount } from "../../../src/sandbox/state/bank-state.ts";
import { isPlanted } from "./absent.ts";
import type { Bank, Effect } from "./bank.ts";
import { JOBS, type JobName, type Load, type Row } from "./load.ts";

/** What it reads of a results file; the other columns are left alone, as reading them takes time. */
export const RESULT_COLUMNS = ["result_row", "result", "result_operations", "result_code", "result_message"] as const;

export type ResultLine = Readonly<Partial<Record<(typeof RESULT_COLUMNS)[number], string>>>;

/** What one job has published last. */
export interface Published {
  readonly run: string;
  readonly lines: readonly ResultLine[];
  readonly words: Readonly<Record<string, number>>;
  /** Those of a process that was killed are missing, and then they are not `complete`. */
  readonly calls: RunCalls | null;
}

export interface Evidence {
  readonly bank: Bank;
  readonly load: Load;
  readonly published: Readonly<Record<JobName, Published | null>>;
  /** What `core` has published of the same rows a night later; null where there was none. */
  readonly second: Published | null;
  /** Whose accounts somebody has set back after `core` was done with them: the bank need not have what its rows say. */
  readonly setBack: ReadonlySet<string>;
  /** Codes of rows whose doubt may have to stay. */
  readonly staysWith: readonly string[];
  /** Whether nothing has struck, so that every row must have come to what it wants. */
  readonly isUntroubled: boolean;
}

/** Every promise that was broken, in words. None when the history is as it should be. */
export function judge(evidence: Evidence): string[] {
  const { bank, load, published, setBack, staysWith, isUntroubled } = evidence;
  const judged = [...bank.state.accounts.values()].filter(({ id }) => !isPlanted(id));
  const byClient = Map.groupBy(judged, ({ client_account_id = "" }) => client_account_id);
  const wrongs: string[] = [];
  for (const [client, accounts] of byClient) {
    if (accounts.length > 1) wrongs.push(`${client} has ${accounts.length} accounts`);
  }
  for (const key of bank.keysOfSeveral) wrongs.push(`the key ${key} has come with several bodies`);
  const told = new Map<string, ToldOperation[]>();
  for (const job of JOBS) {
    const results = published[job];
    if (results === null) {
      wrongs.push(`${job} has published nothing`);
      continue;
    }
    wrongs.push(...judgeLines(job, results, load.rows[job]));
    const mayHoldCreates = !namesKnown(load, job);
    for (const [at, row] of load.rows[job].entries()) {
      const line = results.lines[at];
      if (line === undefined) continue;
      const account = byClient.get(row.client)?.[0];
      const isSetBack = job === "core" && setBack.has(row.client);
      const leniency = { staysWith, isUntroubled, mayHoldCreates, isSetBack };
      wrongs.push(...judgeRow(job, row, line, account, leniency));
      note(told, job, row, line);
    }
  }
  if (evidence.second !== null) {
    wrongs.push(...judgeLines("core", evidence.second, load.rows.core));
    for (const [at, row] of load.rows.core.entries()) {
      const line = evidence.second.lines[at] ?? {};
      note(told, SECOND, row, line);
      if (line.result_code === "not_fetched") wrongs.push(...judgeNotFetched(row, line, byClient.get(row.client)?.[0]));
    }
  }
  return [...wrongs, ...judgeEffects(bank.effects, byClient, told)];
}

/** Of the same rows a night later. */
const SECOND = "core-2";

/** Nobody but the jobs changes what rows speak of. */
function judgeNotFetched(row: Row, { result_row }: ResultLine, account: SandboxAccount | undefined): string[] {
  const where = `second night, row ${result_row} (${row.client}, not fetched)`;
  if (account === undefined) return [`${where} has no account`];
  return findUnmet(row, account).map((what) => `${where} ${what}`);
}

/** Whether a broken promise is that something was done twice, or that a row or what was told of it is missing. */
export function isDuplicate(wrong: string): boolean {
  return / accounts$|, and may have /.test(wrong);
}

export function isLost(wrong: string): boolean {
  return / tells of the rows | has none of the words| has published nothing| has no account$| and was not closed$|, and is told /.test(
    wrong,
  );
}

/** Each row has exactly one line, the eight words add up to the rows, and no more calls are needed than were made. */
function judgeLines(job: JobName, { lines, words, calls }: Published, rows: readonly Row[]): string[] {
  const wrongs: string[] = [];
  const numbers = lines.map(({ result_row }) => result_row).join();
  if (numbers !== rows.map((_, at) => at + 2).join()) wrongs.push(`${job} tells of the rows ${numbers}`);
  const counts = WORDS.map((word) => lines.filter(({ result }) => result === word).length);
  if (counts.reduce((sum, count) => sum + count) !== rows.length) wrongs.push(`${job}: a row has none of the words`);
  if (counts.join() !== WORDS.map((word) => words[word]).join()) wrongs.push(`${job}: the summary counts otherwise`);
  if (calls?.complete && (calls.leastReads > calls.reads || calls.leastWrites > calls.writes))
    wrongs.push(`${job} has made fewer calls than it needed: ${JSON.stringify(calls)}`);
  return wrongs;
}

interface Leniency extends Pick<Evidence, "staysWith" | "isUntroubled"> {
  /** Whether the job may have no account to prove the look-up with. */
  readonly mayHoldCreates: boolean;
  /** Whether the account was set back after the row was done. */
  readonly isSetBack: boolean;
}

/** Whether a row of the job is about an account that the bank has from the beginning. */
function namesKnown({ accounts, rows }: Load, job: JobName): boolean {
  const known = new Set(accounts.map(({ client_account_id }) => client_account_id));
  return rows[job].some(({ client }) => known.has(client));
}

function judgeRow(
  job: JobName,
  row: Row,
  line: ResultLine,
  account: SandboxAccount | undefined,
  { staysWith, isUntroubled, mayHoldCreates, isSetBack }: Leniency,
): string[] {
  const { result = "", result_row, result_code = "" } = line;
  const where = `${job} row ${result_row} (${row.client}, ${result}${result_code && `, ${result_code}`})`;
  const codes = result_code.split(" | ");
  const isUnproven = codes.includes("lookup_unproven");
  if (result === "unknown" && !codes.some((code) => staysWith.includes(code))) return [`${where} stays unknown`];
  if (codes.includes("stopped")) return [`${where} was left behind`];
  // Then nothing of it was sent.
  if (result === "failed" && line.result_message?.startsWith("no token")) return [`${where} lacked a token`];
  const isHeld = mayHoldCreates && isUnproven && result === "held";
  if (isUntroubled && !isHeld && !["applied", "unchanged"].includes(result) && !isExpected(job, row, line)) {
    return [`${where} has come to nothing: ${line.result_message}`];
  }
  if (result !== "applied") return [];
  if (account === undefined) return [`${where} has no account`];
  return isSetBack ? [] : findUnmet(row, account).map((what) => `${where} ${what}`);
}

/** Rows that contradict each other, and rows of the one job that find the account closed or busy by the other's. */
function isExpected(job: JobName, { isContradiction }: Row, { result, result_code = "" }: ResultLine): boolean {
  if (isContradiction || result === "invalid") return result === "invalid" && result_code === "contradiction";
  return result_code === "account_busy" || (job === "side" && result_code === "account_closed");
}

function findUnmet({ cells }: Row, account: SandboxAccount): string[] {
  const { details, metadata, relationships, status, status_reason } = account;
  const wrongs: string[] = [];
  const check = (what: string, wanted: string | undefined, held: string | undefined) => {
    if (wanted !== undefined && wanted !== held) wrongs.push(`wants ${what} ${wanted}, and the bank has ${held}`);
  };
  check("product_name", cells.product_name, details?.product_name);
  check("status", cells.status, status);
  check("status_reason", cells.status_reason, status_reason);
  check("metadata.core", cells["metadata.core"], metadata?.core);
  check("metadata.side", cells["metadata.side"], metadata?.side);
  check("users", sorted(cells.authorized_users), [...relationships.authorized_user].sort().join(";"));
  check("holders", sorted(cells.account_holders), [...relationships.account_holder].sort().join(";"));
  return wrongs;
}

function sorted(list: string | undefined): string | undefined {
  return list === "[]" ? "" : list?.split(";").sort().join(";");
}

interface ToldOperation {
  readonly kind: string;
  readonly word: string;
}

/** The operations that the results tell of, once for each account and job: rows of one account share theirs. */
function note(
  told: Map<string, ToldOperation[]>,
  job: JobName | typeof SECOND,
  { client }: Row,
  { result_operations = "" }: ResultLine,
) {
  if (result_operations === "" || told.has(`${job} ${client}`)) return;
  const operations = result_operations.split("; ").map((text) => {
    const [kind = "", word = ""] = text.split("=");
    return { kind, word };
  });
  told.set(`${job} ${client}`, operations);
}

/** What is told as applied took effect as often as it is told; what may have is bounded; all else did not. */
function judgeEffects(
  effects: readonly Effect[],
  byClient: ReadonlyMap<string, readonly SandboxAccount[]>,
  told: ReadonlyMap<string, readonly ToldOperation[]>,
): string[] {
  const wrongs: string[] = [];
  const byAccount = Map.groupBy(effects, ({ accountId }) => accountId);
  for (const [client, accounts] of byClient) {
    const operations = [...JOBS, SECOND].flatMap((job) => told.get(`${job} ${client}`) ?? []);
    const done = accounts.flatMap(({ id }) => byAccount.get(id) ?? []);
    for (const kind of new Set([...operations, ...done].map((one) => one.kind))) {
      const count = (word: string) => operations.filter((one) => one.kind === kind && one.word === word).length;
      const happened = done.filter((one) => one.kind === kind).length;
      const least = count("applied");
      const most = least + count("unknown");
      if (happened < least) wrongs.push(`${client}: ${kind} happened ${happened} times, and is told ${least} times`);
      if (happened > most) wrongs.push(`${client}: ${kind} happened ${happened} times, and may have ${most} times`);
    }
  }
  for (const [key, operations] of told) {
    const client = key.split(" ")[1] ?? "";
    const isMade = operations.some(({ kind, word }) => kind === "create" && word === "applied");
    if (isMade && !byClient.has(client)) wrongs.push(`${client} is told to be made, and is not there`);
  }
  return wrongs;
}
