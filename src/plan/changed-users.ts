/**
 * Which authorized users an operation adds or removes, and under which effective_at. Pure.
 */
import type { Desired } from "../read/change.ts";
import type { Operation } from "./operation.ts";
import { type Resolution, withBankIds } from "./own-ids.ts";

export interface ChangedUser {
  readonly entityId: string;
  readonly effectiveAt: string | null;
}

/** A row about one user gives that one's time, and a row about an account the account's. `resolutions` are of the ids in `desired`. */
export function changedUsers(
  { kind, body }: Pick<Operation, "kind" | "body">,
  desired: Desired,
  resolutions: readonly Resolution[],
): readonly ChangedUser[] {
  const ids = idsIn(kind, body);
  if (ids.length === 0) return [];
  const { users, effective_at } = withBankIds(desired, resolutions);
  const timeOf = (id: string) => users?.find((user) => user.id === id)?.effective_at ?? effective_at;
  return ids.map((entityId) => ({ entityId, effectiveAt: timeOf(entityId) ?? null }));
}

function idsIn(kind: Operation["kind"], body: string): readonly string[] {
  if (kind !== "create" && kind !== "add_relationships" && kind !== "remove_relationship") return [];
  const sent = JSON.parse(body) as {
    readonly entities?: { readonly authorized_users?: readonly string[] };
    readonly relationship_type?: string;
    readonly entity_ids?: readonly string[];
    readonly entity_id?: string;
  };
  if (kind === "create") return sent.entities?.authorized_users ?? [];
  if (sent.relationship_type !== "authorized_user") return [];
  return sent.entity_ids ?? (sent.entity_id === undefined ? [] : [sent.entity_id]);
}
