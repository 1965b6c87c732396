/**
 * The one kind of error that is thrown: the command cannot continue. Only `cli/main.ts` catches it.
 */
import { CODES, type Code } from "./codes/codes.ts";
import type { ExitCode } from "./exit-codes.ts";

export interface FatalOptions {
  /** What to type or change next, as one clause. */
  readonly hint: string;
  readonly cause?: unknown;
  /** Defaults to the registry's exit code of `code`. */
  readonly exit?: ExitCode;
}

/** `message` says what and where in one line, without cell values or secrets; `hint` is the next step. */
export class FatalError extends Error {
  override readonly name = "FatalError";
  readonly code: Code;
  readonly hint: string;
  readonly exit: ExitCode;

  constructor(code: Code, message: string, options: FatalOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.exit = options.exit ?? CODES[code].exit ?? 2;
  }
}
