/**
 * The bank says which entity of a list it refuses by its place, as `entity_ids[1]`: the issue in, the same with the entity's id behind the
 * place out. Pure; a list of one needs no name.
 */
import type { Issue } from "../errors/issue.ts";
import type { Operation } from "../plan/operation.ts";

const PLACE = /\bentity_ids\[(\d{1,2})\]/g;

export function nameEntities(issue: Issue | null, { kind, body }: Pick<Operation, "kind" | "body">): Issue | null {
  if (issue === null || kind !== "add_relationships") return issue;
  const { entity_ids: ids = [] } = JSON.parse(body) as { readonly entity_ids?: readonly string[] };
  if (ids.length < 2) return issue;
  const named = (place: string, at: string) =>
    ids[Number(at)] === undefined ? place : `${place} (${ids[Number(at)]})`;
  return { ...issue, message: issue.message.replace(PLACE, named) };
}
