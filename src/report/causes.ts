/**
 * Causes: ResultRows in, the few things that keep them from agreement out, with how many rows each has, whose it is and what to
 * do. Row by row, and bounded whatever the rows hold. Never a cell.
 */
import type { CodeEntry } from "../errors/codes/code-entry.ts";
import { CODES, type Code } from "../errors/codes/codes.ts";
import type { Issue } from "../errors/issue.ts";
import type { Word } from "../errors/words.ts";
import { parseJson } from "../text/json.ts";
import { EvenSample } from "./even-sample.ts";
import type { ResultRow } from "./result-row.ts";
import { withoutValues } from "./without-values.ts";

export type Owner = CodeEntry["fixedBy"];

/** Failures with the same word, code, column and bank reason. */
export interface Cause {
  /** 1 for the first; the order is by count, then by name, so it is the same for the same ledger. */
  readonly no: number;
  readonly word: Word;
  readonly code: Code;
  /** The file's own name of the column; "" for none. */
  readonly column: string;
  /** The bank's own code, if it gave one that is a name. */
  readonly bankCode?: string;
  /** The bank's text without ids, numbers, instants and the row's own values: "" where the bank said nothing. */
  readonly bankReason: string;
  /** It has all that the word and code have beside MOST_CAUSES others, whatever their columns and texts. */
  readonly others?: true;
  /** Rows; one with two issues counts in two causes. */
  readonly count: number;
  readonly firstRow: number;
  readonly lastRow: number;
  /** Up to three row numbers: first, middle, last. */
  readonly samples: readonly number[];
  readonly owner: Owner;
  readonly todo: string;
  /** Runs just these rows again; null where running again cannot help. */
  readonly command: string | null;
}

export type CountedCause = Omit<Cause, "owner" | "todo" | "command">;

/** What is said of rows that agree by now, or are skipped for a reason that nobody has to lift. */
export interface Note {
  readonly word: Word;
  readonly code: Code;
  readonly count: number;
}

/** Of each word and code so many columns and texts are kept apart. */
export const MOST_CAUSES = 100;

/** Words whose rows are as the file wants them. */
const AGREED: readonly Word[] = ["applied", "unchanged"];

/** So many are kept to find one in the middle. */
const SAMPLES = 9;

type CauseName = Pick<Cause, "word" | "code" | "column" | "bankCode" | "bankReason" | "others">;

export class CauseTally {
  readonly #header: ReadonlySet<string>;
  readonly #causes = new Map<string, CausedRows>();
  readonly #apart = new Map<string, number>();
  readonly #notes = new Map<string, Note>();

  constructor(header: readonly string[]) {
    this.#header = new Set(header);
  }

  /** Rows come in the order of their numbers. Gives the key of the cause of each issue that is one. */
  add(row: ResultRow): readonly string[] {
    const noted = row.issues.filter(({ code }) => isNoted(row.word, code));
    for (const code of new Set(noted.map((issue) => issue.code))) this.#addNote(row.word, code);
    const names = causing(row).map((issue) => this.#begin(nameCause(row, issue, this.#header)));
    for (const name of new Set(names)) this.#causes.get(name)?.add(row.row);
    return names;
  }

  get causes(): readonly CountedCause[] {
    return this.#sorted().map(([, cause], index) => ({ no: index + 1, ...cause.counted }));
  }

  /** Once all rows have been added: gives the numbers of the causes that a row counts in. */
  finder(): (row: ResultRow) => ReadonlySet<number> {
    const numbers = new Map(this.#sorted().map(([key], index) => [key, index + 1]));
    return (row) => {
      const names = causing(row).map((issue) => nameCause(row, issue, this.#header));
      return new Set(names.flatMap((name) => numbers.get(keyOf(name)) ?? numbers.get(keyOf(othersOf(name))) ?? []));
    };
  }

  #sorted(): [key: string, cause: CausedRows][] {
    return [...this.#causes].sort(([name, a], [other, b]) => b.count - a.count || (name < other ? -1 : 1));
  }

  get notes(): readonly Note[] {
    return [...this.#notes.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  }

  #addNote(word: Word, code: Code): void {
    const name = `${word} ${code}`;
    const count = (this.#notes.get(name)?.count ?? 0) + 1;
    this.#notes.set(name, { word, code, count });
  }

  /** Gives the key of the cause that has it. */
  #begin(name: CauseName): string {
    const key = keyOf(name);
    if (this.#causes.has(key)) return key;
    const kind = keyOf(othersOf(name));
    const apart = this.#apart.get(kind) ?? 0;
    const isApart = apart < MOST_CAUSES;
    if (isApart) this.#apart.set(kind, apart + 1);
    const begun = isApart ? name : othersOf(name);
    if (!this.#causes.has(keyOf(begun))) this.#causes.set(keyOf(begun), new CausedRows(begun));
    return keyOf(begun);
  }
}

/** The issues that kept the row from agreement; what was done with cells of a repaired row did not. */
function causing({ word, issues }: ResultRow): readonly Issue[] {
  return issues.filter(({ code }) => !isNoted(word, code) && code !== "cell_restored" && code !== "edit_allowed");
}

/** Of a row that agrees, or that was skipped for a reason that nobody has to lift. */
function isNoted(word: Word, code: Code): boolean {
  return AGREED.includes(word) || (word === "skipped" && CODES[code].fixedBy === "nobody");
}

class CausedRows {
  readonly #name: CauseName;
  readonly #sample = new EvenSample(SAMPLES);
  #count = 0;
  #first = 0;
  #last = 0;

  constructor(name: CauseName) {
    this.#name = name;
  }

  add(row: number): void {
    if (this.#count === 0) this.#first = row;
    this.#count += 1;
    this.#last = row;
    this.#sample.add(row);
  }

  get count(): number {
    return this.#count;
  }

  get counted(): Omit<CountedCause, "no"> {
    const { numbers } = this.#sample;
    const middle = numbers[Math.floor(numbers.length / 2)] ?? this.#first;
    const samples = [...new Set([this.#first, middle, this.#last])];
    return { ...this.#name, count: this.#count, firstRow: this.#first, lastRow: this.#last, samples };
  }
}

/** What a cause is known by among those of its run. Also the order of causes with equal counts. */
export function keyOf({ word, code, column, bankCode = "", bankReason, others }: CauseName): string {
  return JSON.stringify([code, word, others === true, column, bankCode, bankReason]);
}

const othersOf = ({ word, code }: CauseName): CauseName => ({ word, code, column: "", bankReason: "", others: true });

/** Matches the name of a reason or a member; anything else may be a value that the bank echoes. */
const A_NAME = /^[A-Za-z][A-Za-z_. ]*(\[…\][A-Za-z_.]*)*$/;
const LONGEST_NAME = 60;

function nameCause(row: ResultRow, issue: Issue, header: ReadonlySet<string>): CauseName {
  const { code, bankCode = "" } = issue;
  const column = header.has(issue.column) ? issue.column : issue.column.replace(/\[\d+\]/g, "[…]");
  const bankText = bankTextOf(issue);
  const values = new Set(bankText === "" && bankCode === "" ? [] : valuesOf(row));
  const isName = (text: string) => text.length <= LONGEST_NAME && A_NAME.test(text) && !values.has(text);
  return {
    word: row.word,
    code,
    column: header.has(column) || isName(column) ? column : "",
    ...(isName(bankCode) && { bankCode }),
    bankReason: withoutValues(bankText, values),
  };
}

/** The bank's part of a message of its own (see error-body.ts). Ours have values as well, and say no more than their code. */
function bankTextOf({ message, bankCode }: Issue): string {
  const start = bankCode === undefined ? (/^HTTP \d+: /.exec(message)?.[0] ?? message) : `${bankCode}: `;
  return message.startsWith(start) ? message.slice(start.length) : "";
}

/** All that the bank may echo: the row's cells, what was sent, and what the bank held. */
function* valuesOf({ cells, operations, differences, accountId }: ResultRow): Generator<string> {
  for (const cell of cells ?? []) {
    yield* [cell, ...cell.split(/[;|,\n]/)];
    if (/^\s*[[{"]/.test(cell)) yield* leavesOf(parseJson(cell));
  }
  for (const { body } of operations) yield* leavesOf(parseJson(body));
  for (const { actual, desired } of differences) yield* [actual, desired];
  if (accountId !== null) yield accountId;
}

function* leavesOf(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null)
    for (const member of Object.values(value)) yield* leavesOf(member);
}

/** Words of rows that `rerun` runs again as they are. */
const TO_REPEAT: readonly Word[] = ["failed", "refused", "invalid"];

/** `run` is null where its rows cannot be run again, as those of a plan. */
export function completeCause(cause: CountedCause, run: string | null, renumbered?: number): Cause {
  // Whatever led to it, a doubt is settled before anything of the row is sent again.
  const { todo } = CODES[cause.word === "unknown" ? "outcome_unknown" : cause.code];
  const { fixedBy } = CODES[cause.code];
  const command = commandOf(cause, run, renumbered);
  const typed =
    command === null
      ? todo.replace("rerun …", `rerun ${run ?? "<run>"}`)
      : todo.replace(/tieout rerun ….*?"…"/, "the command below");
  return { ...cause, owner: fixedBy, todo: typed, command };
}

function commandOf({ no, word, code }: CountedCause, run: string | null, renumbered?: number): string | null {
  if (run === null) return null;
  const { retryHelps, heldUntil }: CodeEntry = CODES[code];
  const command = `tieout rerun ${run} --cause ${numberOf(no, renumbered)}`;
  if (word === "held" && heldUntil === "accepted") return `${command} --accept ${code} --reason "…"`;
  if (word === "held" && heldUntil === "lifted") return command;
  return TO_REPEAT.includes(word) && retryHelps ? command : null;
}

/** As `--cause` takes it. */
export function numberOf(no: number, renumbered?: number): string {
  return renumbered === undefined ? String(no) : `${no}@${renumbered}`;
}

type NumberedSummary = {
  readonly final: boolean;
  readonly causes: readonly CountedCause[];
  readonly renumbered?: number;
};

/** What a summary has as `renumbered`, after the one `before` it: a number that people may have seen never comes to mean another cause. */
export function renumberedIn(
  before: NumberedSummary | null,
  { causes }: Pick<NumberedSummary, "causes">,
  publication: number,
): number | undefined {
  // A summary of an earlier version has none.
  const isSame = before?.causes?.every((cause, index) => isAlike(cause, causes[index]));
  return before === null || !before.final || isSame ? before?.renumbered : publication;
}

function isAlike(one: CountedCause, other: CountedCause | undefined): boolean {
  return other !== undefined && keyOf(one) === keyOf(other);
}

/** Whether the numbers of both are of the same causes, with the same rows. */
export function isSameCount(one: readonly CountedCause[], other: readonly CountedCause[]): boolean {
  const alike = one.every((cause, index) => isAlike(cause, other[index]) && cause.count === other[index]?.count);
  return alike && one.length === other.length;
}
