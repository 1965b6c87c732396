/**
 * What would take a change back: the calls that took effect and what the account was before them in, values for a row of their own out, and
 * what no row can take back. Pure; whether the account is still as it was left is for the caller to see.
 */
import type { Account } from "../account.ts";
import type { Desired } from "../read/change.ts";
import { METADATA_PREFIX } from "../read/columns.ts";
import type { Actual } from "./actual.ts";
import { RELATIONSHIP_COLUMNS } from "./diff/diff-relationships.ts";
import { NOTICE_MEMBERS, PLAIN_CREDIT_FIELDS, REPORT_MEMBERS, SCRA_MEMBERS } from "./diff/members.ts";
import { STATUS_AFTER } from "./in-effect.ts";
import type { Difference, Operation } from "./operation.ts";

/** Why something stays as the run has made it. */
export type CannotUndo =
  | "created"
  | "capability_added"
  | "notice_given"
  | "documents_given"
  | "was_empty"
  | "closed"
  | "account_closed"
  | "added_relationship";

/** Columns that go together, with the value that each had before. */
export type UndoValues = Readonly<Record<string, unknown>>;

export interface NotUndone extends Difference {
  readonly why: CannotUndo;
}

export interface UndoneChange {
  readonly values: readonly UndoValues[];
  readonly not: readonly NotUndone[];
}

interface ChangeToUndo {
  /** Those that took effect. */
  readonly operations: readonly Pick<Operation, "kind" | "body">[];
  readonly differences: readonly Difference[];
  /** What the bank held before; null for an account that the change has made. */
  readonly before: Actual | null;
  /** Whether relationships that a row lacks are removed. */
  readonly removal: boolean;
}

export function undoChange({ operations, differences, before, removal }: ChangeToUndo): UndoneChange {
  const kinds = new Set(operations.map(({ kind }) => kind));
  if (before === null || kinds.has("create")) return { values: [], not: [cannot("account", "created")] };
  const last = operations.findLast(({ kind }) => STATUS_AFTER[kind] !== undefined);
  const after = last && STATUS_AFTER[last.kind];
  const undone = [
    ...(kinds.has("patch") ? differences.filter(isOfPatch).map((one) => undoField(one, before.account)) : []),
    ...differences.filter(isOfRelationships).map((one) => undoRelationships(one, operations, before, removal)),
    ...(after === undefined ? [] : [undoStatus(differences, before.account)]),
  ];
  const all = undone.filter((one) => one !== null);
  if (after !== "closed")
    return { values: merge(all.flatMap(({ values }) => values)), not: all.flatMap(({ not }) => not) };
  const rest = differences.filter(({ field }) => !isOfStatus({ field }) && all.some(({ of }) => of.field === field));
  const status = differences.find(isOfStatus) ?? {
    field: "status",
    actual: before.account.status ?? "",
    desired: "closed",
  };
  return {
    values: [],
    not: [{ ...status, why: "closed" }, ...rest.map((one) => ({ ...one, why: "account_closed" as const }))],
  };
}

interface UndoneField extends UndoneChange {
  readonly of: Difference;
}

const isOfStatus = ({ field }: Pick<Difference, "field">) => field === "status" || field === "status_reason";
const isOfRelationships = ({ field }: Difference) => (Object.values(RELATIONSHIP_COLUMNS) as string[]).includes(field);
const isOfPatch = (difference: Difference) => !isOfStatus(difference) && !isOfRelationships(difference);

const cannot = (field: string, why: CannotUndo): NotUndone => ({ field, actual: "", desired: "", why });
const stays = (of: Difference, why: CannotUndo): UndoneField => ({ of, values: [], not: [{ ...of, why }] });
const set = (of: Difference, values: UndoValues): UndoneField =>
  Object.values(values).every((value) => value !== undefined && value !== "")
    ? { of, values: [values], not: [] }
    : stays(of, "was_empty");

/** A group that goes whole or not at all gives every column of it. */
function undoField(of: Difference, account: Account): UndoneField {
  const { field } = of;
  const { application_id, details, metadata } = account;
  const isIn = (members: readonly { readonly column: string }[]) => members.some(({ column }) => column === field);
  if (field === "capabilities") return stays(of, "capability_added");
  if (field.startsWith("documents")) return stays(of, "documents_given");
  if (isIn(NOTICE_MEMBERS)) return stays(of, "notice_given");
  if (field.startsWith(METADATA_PREFIX)) {
    const name = field.slice(METADATA_PREFIX.length);
    return set(of, { [field]: metadata && Object.hasOwn(metadata, name) ? metadata[name] : undefined });
  }
  if (isIn(REPORT_MEMBERS)) return set(of, groupOf(REPORT_MEMBERS, details?.credit?.report));
  if (isIn(SCRA_MEMBERS)) {
    const held = groupOf(SCRA_MEMBERS, details?.credit?.scra);
    return held[field] === undefined
      ? stays(of, "was_empty")
      : set(of, { scra_start_date: held.scra_start_date, [field]: held[field] });
  }
  if (field === "application_id") return set(of, { application_id });
  if (field === "product_name") return set(of, { product_name: details?.product_name });
  const plain = PLAIN_CREDIT_FIELDS.find((name) => name === field);
  return set(of, { [field]: plain && details?.credit?.[plain] });
}

const groupOf = (
  members: readonly { readonly column: keyof Desired; readonly member: string }[],
  held: object | undefined,
) =>
  Object.fromEntries(members.map(({ column, member }) => [column, held && Reflect.get(held, member)])) as Record<
    string,
    unknown
  >;

/** Null where no call of that relationship took effect. */
function undoRelationships(
  of: Difference,
  operations: ChangeToUndo["operations"],
  { relationships }: Actual,
  removal: boolean,
): UndoneField | null {
  const [type] = Object.entries(RELATIONSHIP_COLUMNS).find(([, column]) => column === of.field) ?? [];
  const own = operations.filter(
    ({ kind, body }) =>
      kind.includes("relationship") && (JSON.parse(body) as { relationship_type?: string }).relationship_type === type,
  );
  if (own.length === 0) return null;
  const held = relationships?.[type as keyof typeof RELATIONSHIP_COLUMNS];
  if (!removal && own.some(({ kind }) => kind === "add_relationships")) return stays(of, "added_relationship");
  return set(of, { [of.field]: held });
}

function undoStatus(differences: readonly Difference[], { status, status_reason }: Account): UndoneField {
  const of = differences.find(isOfStatus) ?? { field: "status", actual: status ?? "", desired: "" };
  return set(of, status === "active" ? { status } : { status, status_reason });
}

/** Columns of one group once. */
function merge(values: readonly UndoValues[]): readonly UndoValues[] {
  const seen = new Set<string>();
  return values.filter((one) => {
    const names = Object.keys(one);
    const isNew = names.some((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    return isNew;
  });
}
