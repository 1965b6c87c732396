/**
 * An operation as columns have it, with what became of it.
 */
import type { Issue } from "../../errors/issue.ts";
import type { OperationKind } from "../../plan/operation.ts";
import type { OperationState, StoredOperation } from "../operations.ts";
import { STATE } from "./conditions.ts";

/** Columns of an operation `o` with its sending `s` and the end `e` of its change. */
export const OPERATION = `o.step, o.kind, o.generation, o.key, o.body_hash, o.body, ${STATE} AS state,
  coalesce(s.attempts, 0) AS attempts,
  CASE WHEN s.in_doubt = 1 OR (s.state = 'sending' AND e.change IS NOT NULL) THEN 1 ELSE 0 END AS in_doubt,
  s.first_at, s.first_bank_at, s.last_at, s.http_status, s.request_id, s.issue`;

export interface OperationShape {
  readonly step: number;
  readonly kind: OperationKind;
  readonly generation: number;
  readonly key: string;
  readonly body_hash: string;
  readonly body: string;
  readonly state: OperationState;
  readonly attempts: number;
  readonly in_doubt: 0 | 1;
  readonly first_at: number | null;
  readonly first_bank_at: number | null;
  readonly last_at: number | null;
  readonly http_status: number | null;
  readonly request_id: string | null;
  readonly issue: string | null;
}

export function decodeOperation(shape: OperationShape): StoredOperation {
  return {
    step: shape.step,
    kind: shape.kind,
    body: shape.body,
    bodyHash: shape.body_hash,
    generation: shape.generation,
    key: shape.key,
    state: shape.state,
    attempts: shape.attempts,
    inDoubt: shape.in_doubt === 1,
    firstSentAtMs: shape.first_at,
    firstSentBankAtMs: shape.first_bank_at,
    lastSentAtMs: shape.last_at,
    httpStatus: shape.http_status,
    requestId: shape.request_id,
    issue: shape.issue === null ? null : (JSON.parse(shape.issue) as Issue),
  };
}
