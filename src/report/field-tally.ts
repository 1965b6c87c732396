/**
 * FieldTally: the fields that change, counted account by account. Of values it keeps only words of the bank's own and booleans; ids, texts and
 * amounts are counted and forgotten. Holds a few numbers for each column.
 */
import { CAPABILITIES } from "../account.ts";
import type { Difference } from "../plan/operation.ts";
import { COLUMNS, type ColumnName } from "../read/columns.ts";

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

const CHANGES_SHOWN = 3;

export class FieldTally {
  readonly #fields = new Map<string, CountedField>();

  /** Those of one account. */
  add(differences: readonly Difference[]): void {
    let hasDocuments = false;
    for (const { field, actual, desired } of differences) {
      // A document's own name has its id.
      const isDocument = field.startsWith("documents.");
      if (!isDocument) this.#count(field, actual, desired);
      else if (!hasDocuments) this.#count("documents", actual, desired);
      hasDocuments ||= isDocument;
    }
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

  #count(field: string, actual: string, desired: string): void {
    const counted = this.#fields.get(field) ?? { accounts: 0, words: wordsOf(field), changes: new Map() };
    if (counted.accounts === 0) this.#fields.set(field, counted);
    counted.accounts += 1;
    if (counted.words === null) return;
    const name = `${shown(actual, counted.words)} ${shown(desired, counted.words)}`;
    counted.changes.set(name, (counted.changes.get(name) ?? 0) + 1);
  }
}

interface CountedField {
  accounts: number;
  readonly words: readonly string[] | null;
  readonly changes: Map<string, number>;
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
