/**
 * PlanTally: what a plan would do, counted change by change: operations by kind, and the fields that change. Of values it keeps only words of
 * the bank's own and booleans; ids, texts and amounts are counted and forgotten. Holds a few numbers for each kind and column.
 */
import { CAPABILITIES } from "../account.ts";
import type { Difference, GuardKind } from "../plan/operation.ts";
import { COLUMNS, type ColumnName } from "../read/columns.ts";
import { EvenSample } from "./even-sample.ts";

/** A change that has operations. `change` is the number of its first row. */
export interface PlannedKinds {
  readonly change: number;
  readonly kinds: readonly GuardKind[];
  readonly differences: readonly Difference[];
}

/** From one value to another; `none` for no value, and `other` for one that is no word of the column. */
export interface ValueChange {
  readonly from: string;
  readonly to: string;
  readonly accounts: number;
}

export interface ChangedField {
  readonly field: string;
  readonly accounts: number;
  readonly irreversible: boolean;
  /** The commonest first; empty for a field whose values are not shown. */
  readonly changes: readonly ValueChange[];
}

/** A capability can be added and never removed (contract, "The account"). */
const IRREVERSIBLE_FIELDS: readonly string[] = ["capabilities"];

const ROWS_SHOWN = 5;
const CHANGES_SHOWN = 3;

export class PlanTally {
  readonly #kinds = new Map<GuardKind, { count: number; readonly rows: EvenSample }>();
  readonly #fields = new Map<string, { accounts: number; readonly changes: Map<string, number> }>();

  add({ change, kinds, differences }: PlannedKinds): void {
    for (const [kind, { length }] of Object.entries(Object.groupBy(kinds, (one) => one))) {
      const counted = this.#kinds.get(kind as GuardKind) ?? { count: 0, rows: new EvenSample(ROWS_SHOWN) };
      this.#kinds.set(kind as GuardKind, counted);
      counted.count += length;
      counted.rows.add(change);
    }
    // A new account has every field of its row.
    if (kinds.includes("create")) return;
    for (const [field, [first]] of Map.groupBy(differences, fieldOf)) {
      const counted = this.#fields.get(field) ?? { accounts: 0, changes: new Map() };
      this.#fields.set(field, counted);
      counted.accounts += 1;
      const words = wordsOf(field);
      if (words === null || first === undefined) continue;
      const name = `${shown(first.actual, words)} ${shown(first.desired, words)}`;
      counted.changes.set(name, (counted.changes.get(name) ?? 0) + 1);
    }
  }

  /** Operations of the kind, and some of the rows that have one. */
  ofKind(kind: GuardKind): { readonly count: number; readonly rows: readonly number[] } {
    const { count = 0, rows } = this.#kinds.get(kind) ?? {};
    return { count, rows: rows?.numbers ?? [] };
  }

  /** Those of most accounts first. */
  get fields(): readonly ChangedField[] {
    const fields = [...this.#fields].map(([field, { accounts, changes }]): ChangedField => {
      const all = [...changes].map(([name, count]) => {
        const [from = "", to = ""] = name.split(" ");
        return { from, to, accounts: count };
      });
      const commonest = all.sort(byAccounts(({ from, to }) => `${from} ${to}`)).slice(0, CHANGES_SHOWN);
      return { field, accounts, irreversible: IRREVERSIBLE_FIELDS.includes(field), changes: commonest };
    });
    return fields.sort(byAccounts(({ field }) => field));
  }
}

/** A document's own name has its id. */
function fieldOf({ field }: Difference): string {
  return field.startsWith("documents.") ? "documents" : field;
}

/** The words that the field may have; null for one that holds other values. */
function wordsOf(field: string): readonly string[] | null {
  const column = Object.hasOwn(COLUMNS, field) ? COLUMNS[field as ColumnName] : null;
  switch (column?.kind) {
    case "boolean":
      return ["true", "false"];
    case "word":
      return column.allowed;
    case "capabilities":
      return CAPABILITIES;
    default:
      return null;
  }
}

/** The bank may have a word that this program does not know. */
function shown(text: string, words: readonly string[]): string {
  if (text === "" || text === "[]") return "none";
  return text.split(";").every((word) => words.includes(word)) ? text : "other";
}

const byAccounts =
  <Item extends { readonly accounts: number }>(name: (item: Item) => string) =>
  (one: Item, other: Item) =>
    other.accounts - one.accounts || (name(one) < name(other) ? -1 : 1);
