/**
 * The rows of one account in, made one, or why they contradict each other, out (design §4, "Several rows for one
 * account"). Pure; which rows belong together is settled before.
 *
 * A row is taken as its *parts*: each column is one, each metadata key is one, and the status with its reason is one,
 * since a reason says nothing without the status it was given for. Rows agree when no part has two different values.
 */
import { grouped } from "../counted.ts";
import { instantNs, isLater } from "../instant.ts";
import type { Desired, DesiredRow, Folded } from "./change.ts";
import { COLUMNS, type ColumnName } from "./columns.ts";

/** What a row says of one part, as values to put into Desired. `same` is equal for values that mean the same. */
interface Part {
  readonly name: string;
  readonly same: string;
  readonly write: (into: Draft) => void;
}

interface FoldedRow {
  readonly row: number;
  readonly effectiveNs: bigint | undefined;
  readonly parts: readonly Part[];
}

type Draft = Record<string, unknown> & { metadata?: Record<string, string> };

/** How many row numbers a message names. */
const ROWS_NAMED = 5;
/** Never a reason to disagree, and never left out: which account it is. */
const KEYS: readonly string[] = ["account_id", "client_account_id"];
/** They say when a row was meant, not what it wants; the fold takes the latest. */
const TIMES: readonly string[] = ["effective_at", "generated_at"];

/**
 * `rows` in file order, at least one. The issue's column is a name of the `tieout` layout (see `fileColumn`), and its
 * code contradiction or effective_at_repeated. Where rows agree, the first one's spelling of a value stands.
 */
export function foldRows(rows: readonly DesiredRow[]): Folded {
  const [only] = rows;
  if (only !== undefined && rows.length === 1) return { kind: "change", desired: only.desired, superseded: [] };
  const folded = rows.map(partsOf);
  const disputed = findDisputed(folded);
  if (disputed === undefined) return { kind: "change", desired: unite(rows, folded.toReversed()), superseded: [] };
  const what = `rows ${nameRows(folded)} are for one account and give different values for ${disputed}`;
  if (KEYS.includes(disputed)) {
    return { kind: "contradiction", issue: { code: "contradiction", column: disputed, message: what } };
  }
  const times = folded.flatMap(({ effectiveNs }) => (effectiveNs === undefined ? [] : [effectiveNs]));
  if (times.length < rows.length) {
    const message = `${what}, and not all have an effective_at to tell which is the latest`;
    return { kind: "contradiction", issue: { code: "contradiction", column: disputed, message } };
  }
  if (new Set(times).size < times.length) {
    const message = `${what}, and two of them have the same effective_at`;
    return { kind: "contradiction", issue: { code: "effective_at_repeated", column: "effective_at", message } };
  }
  const inTime = folded.toSorted((one, other) => compare(one.effectiveNs ?? 0n, other.effectiveNs ?? 0n));
  return { kind: "change", desired: unite(rows, inTime), superseded: findSuperseded(inTime) };
}

function nameRows(rows: readonly FoldedRow[]): string {
  const named = rows.slice(0, ROWS_NAMED).map(({ row }) => row);
  const more = rows.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${grouped(more)} more` : ""}`;
}

/** The first part that has two different values, keys before all others. */
function findDisputed(rows: readonly FoldedRow[]): string | undefined {
  const seen = new Map<string, string>();
  const disputed = new Set<string>();
  for (const { name, same } of rows.flatMap(({ parts }) => parts)) {
    const earlier = seen.get(name);
    if (earlier === undefined) seen.set(name, same);
    else if (earlier !== same) disputed.add(name);
  }
  return KEYS.find((key) => disputed.has(key)) ?? disputed.values().next().value;
}

/** Each part as the last row that has it says; of the times, the latest over all rows. */
function unite(rows: readonly DesiredRow[], inOrder: readonly FoldedRow[]): Desired {
  const last = new Map(inOrder.flatMap(({ parts }) => parts.map((part) => [part.name, part] as const)));
  const draft: Draft = {};
  for (const part of last.values()) part.write(draft);
  for (const time of TIMES) {
    const latest = latestOf(rows.map(({ desired }) => desired[time as ColumnName] as string | undefined));
    if (latest !== undefined) draft[time] = latest;
  }
  // Every value comes from a Desired, under the name it had there.
  return draft as Desired;
}

/** Rows that said something, keys apart, and of which a later row has overruled everything. */
function findSuperseded(inTime: readonly FoldedRow[]): readonly number[] {
  const overruled = new Set<string>();
  const superseded: number[] = [];
  for (const { row, parts } of inTime.toReversed()) {
    const names = parts.map(({ name }) => name).filter((name) => !KEYS.includes(name));
    if (names.length > 0 && names.every((name) => overruled.has(name))) superseded.push(row);
    for (const name of names) overruled.add(name);
  }
  return superseded.sort((one, other) => one - other);
}

function partsOf({ source, desired }: DesiredRow): FoldedRow {
  const { metadata, status, status_reason, ...plain } = desired;
  const parts: Part[] = [];
  for (const [name, value] of Object.entries(plain)) {
    if (TIMES.includes(name)) continue;
    const write = (into: Draft) => {
      into[name] = value;
    };
    parts.push({ name, same: meaningOf(name as ColumnName, value), write });
  }
  for (const [key, value] of Object.entries(metadata ?? {})) {
    const write = (into: Draft) => {
      into.metadata = { ...into.metadata, [key]: value };
    };
    parts.push({ name: `metadata.${key}`, same: value, write });
  }
  if (status !== undefined) {
    // `active` takes no reason but `active`, so with and without it mean the same.
    const reason = status === "active" ? "" : (status_reason ?? "");
    const write = (into: Draft) =>
      Object.assign(into, { status }, status_reason === undefined ? {} : { status_reason });
    parts.push({ name: "status", same: `${status} ${reason}`, write });
  }
  const effectiveNs = desired.effective_at === undefined ? undefined : instantNs(desired.effective_at);
  return { row: source.row, effectiveNs, parts };
}

/** Equal for equal meanings: instants as instants, lists as sets, documents by their id. */
function meaningOf(column: ColumnName, value: unknown): string {
  const { kind } = COLUMNS[column];
  if (kind === "instant") return String(instantNs(value as string));
  if (kind === "capabilities" || kind === "entity_ids") return JSON.stringify([...(value as string[])].sort());
  if (kind === "documents") {
    const documents = (value as NonNullable<Desired["documents"]>).map(
      ({ document_id, type, version, displayed_at, consented_at }) =>
        JSON.stringify([document_id, type, version ?? null, ...[displayed_at, consented_at].map(meaningOfInstant)]),
    );
    return documents.sort().join();
  }
  return String(value);
}

function meaningOfInstant(instant: string | undefined): string | null {
  return instant === undefined ? null : String(instantNs(instant));
}

function latestOf(instants: readonly (string | undefined)[]): string | undefined {
  let latest: string | undefined;
  for (const instant of instants) {
    if (instant === undefined) continue;
    if (isLater(instant, latest ?? "")) latest = instant;
  }
  return latest;
}

function compare(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
