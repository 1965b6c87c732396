/**
 * Rejection: why a whole file is not acted on. A value, never thrown.
 */
import type { Code } from "./codes/codes.ts";

/** No row of the file can be acted on. `message` is one line without cell values of rows; `hint` the next step. */
export interface Rejection {
  readonly code: Code;
  readonly message: string;
  readonly hint: string;
  /** The CSV row that it is about; absent where it is about the whole file. */
  readonly row?: number;
}

/** A rejection in place of what was asked for. */
export interface Rejected {
  readonly kind: "rejected";
  readonly rejection: Rejection;
}

export function rejected(rejection: Rejection): Rejected {
  return { kind: "rejected", rejection };
}
