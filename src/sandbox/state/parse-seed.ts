/**
 * A seed file's text in, the seed out, checked and not yet filled in; or one line that says what is wrong, where, and what
 * is right.
 */
import { z } from "zod";
import { HOLDER_TYPES, RELATIONSHIP_TYPES, type RelationshipType, STATUSES } from "../../account.ts";
import { ENTITY_KINDS } from "./bank-state.ts";
import { isAccountId, isApplicationId, isEntityId } from "./fields.ts";
import type { SandboxSeed } from "./seed.ts";

/** A seed file that can't be used; `message` is one line for people. */
export class SeedError extends Error {
  override name = "SeedError";
}

const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, { error: ({ input }) => `is ${show(input)}; it must be one of ${words.join(", ")}` });
const idOf = (isId: (value: unknown) => boolean) =>
  z.custom<string>(isId, { error: ({ input }) => `is ${show(input)}, not an id of this kind` });
const listOf = <One extends z.ZodType>(one: One) => z.array(one, { error: "must be a list" }).nullish();
const OBJECT = { error: "must be an object" };
const entityIds = z.array(idOf(isEntityId), { error: "must be a list of entity ids" });

const entitySchema = z.looseObject({ id: idOf(isEntityId), type: oneOf(ENTITY_KINDS).nullish() }, OBJECT);

const applicationSchema = z.looseObject(
  {
    id: idOf(isApplicationId),
    status: oneOf(["approved", "declined", "canceled"]).nullish(),
    entities: z.looseObject(
      { account_holder_type: oneOf(HOLDER_TYPES), account_holders: entityIds },
      { error: "must be an object with account_holder_type and account_holders" },
    ),
  },
  OBJECT,
);

const relationshipsSchema = z.strictObject(
  {
    account_holder: entityIds.optional(),
    authorized_signer: entityIds.optional(),
    authorized_user: entityIds.optional(),
  } satisfies Record<RelationshipType, z.ZodType>,
  { error: `must be an object of no more than ${RELATIONSHIP_TYPES.join(", ")}` },
);
const accountSchema = z.looseObject(
  { id: idOf(isAccountId), status: oneOf(STATUSES).nullish(), relationships: relationshipsSchema.nullish() },
  OBJECT,
);

/** Members that are not named here are taken as they are. */
export const seedSchema = z.looseObject(
  { entities: listOf(entitySchema), applications: listOf(applicationSchema), accounts: listOf(accountSchema) },
  { error: "the file must be a JSON object" },
);

/** The seed in a file's text; `name` is what the error line calls the file. Throws SeedError. */
export function parseSeed(text: string, name: string): SandboxSeed {
  return parseSeedBy(seedSchema, text, name) as SandboxSeed;
}

/** The same of a file that has more than a seed. */
export function parseSeedBy<Schema extends typeof seedSchema>(
  schema: Schema,
  text: string,
  name: string,
): z.output<Schema> {
  const parsed = schema.superRefine(checkIds).safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new SeedError(`${name}: ${parsed.error.issues.slice(0, 1).map(describe).join("")}`);
}

/** No id is there twice, and every entity that is named is there. */
function checkIds(seed: z.output<typeof seedSchema>, context: z.core.$RefinementCtx): void {
  const add = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message });
  for (const kind of ["entities", "applications", "accounts"] as const) {
    const ids = new Set<string>();
    for (const [at, { id }] of (seed[kind] ?? []).entries()) {
      if (ids.has(id)) add([kind, at, "id"], `${show(id)} occurs twice`);
      ids.add(id);
    }
  }
  const known = new Set((seed.entities ?? []).map(({ id }) => id));
  const checkKnown = (path: PropertyKey[], named: readonly string[] = []) => {
    const unknown = named.find((id) => !known.has(id));
    if (unknown !== undefined) add(path, `names ${show(unknown)}, which is not in the list of entities`);
  };
  for (const [at, { entities }] of (seed.applications ?? []).entries())
    checkKnown(["applications", at, "entities", "account_holders"], entities.account_holders);
  for (const [at, { relationships }] of (seed.accounts ?? []).entries())
    for (const type of RELATIONSHIP_TYPES) checkKnown(["accounts", at, "relationships", type], relationships?.[type]);
}

/** As `entities[1].id "entity_a" occurs twice`. */
function describe({ path, message }: z.core.$ZodIssue): string {
  const where = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return where === "" ? message : `${where.slice(1)} ${message}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "missing";
}
