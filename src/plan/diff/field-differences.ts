/**
 * FieldDifferences: the managed fields that differ, gathered as they are found, beside what is remembered of the account. Pure.
 */
import type { Desired } from "../../read/change.ts";
import type { Difference } from "../operation.ts";
import { asText } from "./as-text.ts";
import { type Kept, keptOf, recall } from "./kept.ts";
import { groupOf, type Member } from "./members.ts";

/** Each method that notes a difference says whether it is to be sent. */
export class FieldDifferences {
  readonly #memory: readonly Kept[];
  readonly all: Difference[] = [];
  /** Those that are as remembered; of form, they are no differences. */
  readonly recalled: Kept[] = [];
  /** All that the account itself shows. */
  readonly unequal: Kept[] = [];

  constructor(memory: readonly Kept[]) {
    this.#memory = memory;
  }

  /** `isTold`: the answer shows the bank's side; an absent member doesn't, unless its map is there. */
  note(difference: Difference, wanted: unknown, actual: unknown, isTold = actual !== undefined): boolean {
    const kept = keptOf(difference.field, wanted, actual);
    if (isTold) this.unequal.push(kept);
    const known = recall(this.#memory, kept);
    if (known !== undefined) this.recalled.push(known);
    if (known?.isForm === true) return false;
    this.all.push(difference);
    return true;
  }

  noteField(field: string, wanted: unknown, actual: unknown, isTold?: boolean): boolean {
    return this.note({ field, actual: asText(actual), desired: asText(wanted) }, wanted, actual, isTold);
  }

  /** A value that the row gives, and that is compared as it is. */
  compare(field: string, wanted: unknown, actual: unknown, isTold?: boolean): boolean {
    return wanted !== undefined && wanted !== actual && this.noteField(field, wanted, actual, isTold);
  }

  /** The whole group as it is to be sent; undefined when no member of it differs. */
  compareGroup(
    members: readonly Member[],
    desired: Desired,
    actual: object | undefined,
  ): Readonly<Record<string, unknown>> | undefined {
    const wanted = groupOf(desired, members);
    if (wanted === undefined) return undefined;
    // A member that the bank has added to its answers may be one that it does not accept.
    const known = Object.fromEntries(
      Object.entries(actual ?? {}).filter(([name]) => members.some(({ member }) => member === name)),
    ) as Record<string, unknown>;
    const changed = members.filter(({ column, member, same }) => {
      if (!Object.hasOwn(wanted, member)) return false;
      const equal = same ? same(String(wanted[member]), known[member]) : wanted[member] === known[member];
      return !equal && this.noteField(column, wanted[member], known[member]);
    });
    return changed.length > 0 ? { ...known, ...wanted } : undefined;
  }
}
