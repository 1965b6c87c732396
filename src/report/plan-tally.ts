/**
 * PlanTally: what a plan would do, counted change by change: operations by kind, and the fields that change.
 * Holds a few numbers for each kind and column.
 */
import type { Difference, GuardKind } from "../plan/operation.ts";
import { EvenSample } from "./even-sample.ts";
import { type ChangedField, FieldTally } from "./field-tally.ts";

/** A change that has operations. `change` is the number of its first row. */
export interface PlannedKinds {
  readonly change: number;
  readonly kinds: readonly GuardKind[];
  readonly differences: readonly Difference[];
}

const ROWS_SHOWN = 5;

export class PlanTally {
  readonly #kinds = new Map<GuardKind, { count: number; readonly rows: EvenSample }>();
  readonly #fields = new FieldTally();

  add({ change, kinds, differences }: PlannedKinds): void {
    for (const [kind, { length }] of Object.entries(Object.groupBy(kinds, (one) => one))) {
      const counted = this.#kinds.get(kind as GuardKind) ?? { count: 0, rows: new EvenSample(ROWS_SHOWN) };
      this.#kinds.set(kind as GuardKind, counted);
      counted.count += length;
      counted.rows.add(change);
    }
    // A new account has every field of its row.
    if (!kinds.includes("create")) this.#fields.add(differences);
  }

  /** Operations of the kind, and some of the rows that have one. */
  ofKind(kind: GuardKind): { readonly count: number; readonly rows: readonly number[] } {
    const { count = 0, rows } = this.#kinds.get(kind) ?? {};
    return { count, rows: rows?.numbers ?? [] };
  }

  get fields(): readonly ChangedField[] {
    return this.#fields.fields;
  }
}
