/**
 * One endpoint: what it needs, and what it does with a request that has passed the gates. Holds the shape only.
 */
import type { SandboxAnswer } from "../answer.ts";
import type { BankState } from "../state/bank-state.ts";
import type { Scope } from "../state/tokens.ts";

/** A request that is allowed, has its key, and whose body is a JSON object where one is needed (else it is empty). */
export interface CallInput {
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string | undefined;
}

export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With `:name` for each parameter. */
  readonly path: string;
  readonly scope: Scope;
  /** Whether it needs an idempotency key. */
  readonly isKeyed: boolean;
  /** Whether it needs a body. */
  readonly hasBody: boolean;
  /** The one call that answers 409 to a key that was used otherwise (contract, "Errors"). */
  readonly isBatch?: true;
  run(input: CallInput, bank: BankState): SandboxAnswer;
}
