/**
 * What is wrong with one cell, before it is known which column it stands in: a value, never thrown.
 */
import type { Code } from "../../errors/codes/registry.ts";

export interface Fault {
  readonly code: Code;
  /** One sentence: what is wrong and what is expected. Cell values in it are masked. */
  readonly message: string;
}

/** The faults of a cell, at least one. Parsers give their value or this. */
export class Faults {
  readonly all: readonly Fault[];

  constructor(all: readonly Fault[]) {
    this.all = all;
  }
}

export function fault(code: Code, message: string): Faults {
  return new Faults([{ code, message }]);
}
