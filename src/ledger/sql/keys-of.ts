/**
 * Ids of accounts in, the keys that changes of them may have out: each under both kinds of name, with what links say of them.
 */
import { OF_ACCOUNT, OF_CLIENT } from "../../change-keys.ts";

export interface LinkedNames {
  readonly client: string;
  readonly account: string;
}

/** A change of an account that was seen under one of the ids. */
export interface SeenChange {
  readonly key: string;
  readonly account: string | null;
}

export function keysOf(
  ids: readonly string[],
  links: readonly LinkedNames[],
  seen: readonly SeenChange[],
): readonly string[] {
  const named = ids.flatMap((id) => [OF_ACCOUNT + id, OF_CLIENT + id]);
  const linked = links.flatMap(({ client, account }) => [OF_CLIENT + client, OF_ACCOUNT + account]);
  const shown = seen.flatMap(({ key, account }) => [key, ...(account === null ? [] : [OF_ACCOUNT + account])]);
  return [...new Set([...named, ...linked, ...shown])];
}
