/**
 * The rows of one account in, made one, or why they contradict each other, out. Pure; which rows belong together is decided before.
 *
 * A row is taken as its *parts*: each column is one, each metadata key is one, and the status with its reason is one,
 * since a reason says nothing without the status it was given for. Rows agree when no part has two different values.
 * Rows come one after another and are not kept: what is kept of them grows with the columns, never with the rows.
 */
import type { Issue } from "../errors/issue.ts";
import { instantNs, isLater } from "../instant.ts";
import { grouped } from "../text/counted.ts";
import type { Desired, DesiredRow, Folded } from "./change.ts";
import { COLUMNS, type ColumnName } from "./columns.ts";

/** What a row says of one part, as values to put into Desired. `same` is equal for values that mean the same. */
interface Part {
  readonly name: string;
  readonly same: string;
  readonly write: (into: Draft) => void;
}

/** What the rows so far say of one part: the first of them in the file, and the latest in time. */
interface Told {
  readonly first: Part;
  latest: { readonly part: Part; readonly row: number; readonly ns: bigint };
}

type Draft = Record<string, unknown> & { metadata?: Record<string, string> };

/** How many row numbers a message names. */
const ROWS_NAMED = 5;
/** Never a reason to disagree, and never left out: which account it is. */
const KEYS: readonly string[] = ["account_id", "client_account_id"];
/** They say when a row was meant, not what it wants; the fold takes the latest. */
const TIMES = ["effective_at", "generated_at"] as const;

/** Takes the rows of one account in file order, at least one. */
export class Fold {
  readonly #told = new Map<string, Told>();
  readonly #disputed = new Set<string>();
  readonly #times: Partial<Record<(typeof TIMES)[number], string>> = {};
  readonly #named: number[] = [];
  #rows = 0;
  #dated = 0;
  #isInOrder = true;
  #lastNs: bigint | undefined;

  add({ source: { row }, desired }: DesiredRow): void {
    this.#rows += 1;
    if (this.#named.length < ROWS_NAMED) this.#named.push(row);
    const { effective_at } = desired;
    const ns = (effective_at === undefined ? undefined : instantNs(effective_at)) ?? 0n;
    if (this.#lastNs !== undefined && ns <= this.#lastNs) this.#isInOrder = false;
    this.#lastNs = ns;
    if (effective_at !== undefined) this.#dated += 1;
    for (const time of TIMES) {
      const given = desired[time];
      if (given !== undefined && isLater(given, this.#times[time] ?? "")) this.#times[time] = given;
    }
    for (const part of partsOf(desired)) {
      const told = this.#told.get(part.name);
      if (told === undefined) this.#told.set(part.name, { first: part, latest: { part, row, ns } });
      else {
        if (told.first.same !== part.same) this.#disputed.add(part.name);
        if (ns > told.latest.ns) told.latest = { part, row, ns };
      }
    }
  }

  /** Whether the rows disagree and each has an effective_at, so that time decides if no two have the same. */
  get isByTime(): boolean {
    return this.#disputed.size > 0 && this.#disputedKey === undefined && this.#dated === this.#rows;
  }

  /** How many different moments the rows name, where their order in the file shows it; undefined where it must be counted. */
  get instants(): number | undefined {
    return this.#isInOrder ? this.#rows : undefined;
  }

  /**
   * What the rows come to. `instants` is how many different effective_at they have, and only counts when `isByTime`. The
   * issue's column is a name of the `tieout` layout (see `fileColumn`), and its code contradiction or
   * effective_at_repeated. Where rows agree, the first one's spelling of a value is kept.
   */
  end(instants: number): Folded {
    const told = [...this.#told.values()];
    const disputed = this.#disputedKey ?? this.#disputed.values().next().value;
    if (disputed === undefined)
      return { kind: "change", desired: this.#desire(told.map(({ first }) => first)), left: null };
    const what = `rows ${this.#nameRows()} are for one account and give different values for ${disputed}`;
    if (!this.isByTime) {
      const untold = KEYS.includes(disputed)
        ? ""
        : ", and not all of them have an effective_at that shows which is the latest";
      return contradiction("contradiction", disputed, what + untold);
    }
    if (instants < this.#rows) {
      return contradiction(
        "effective_at_repeated",
        "effective_at",
        `${what}, and two of them have the same effective_at`,
      );
    }
    const desired = this.#desire(told.map(({ latest }) => latest.part));
    const kept = told.filter(({ first }) => !KEYS.includes(first.name));
    return { kind: "change", desired, left: new Set(kept.map(({ latest }) => latest.row).sort((a, b) => a - b)) };
  }

  get #disputedKey(): string | undefined {
    return KEYS.find((key) => this.#disputed.has(key));
  }

  #nameRows(): string {
    const more = this.#rows - this.#named.length;
    return `${this.#named.join(", ")}${more > 0 ? ` and ${grouped(more)} more` : ""}`;
  }

  #desire(parts: readonly Part[]): Desired {
    const draft: Draft = {};
    for (const part of parts) part.write(draft);
    // Every value comes from a Desired, under the name it had there.
    return { ...draft, ...this.#times } as Desired;
  }
}

/** Whether a row said something besides its keys, and nothing of it is `left`. */
export function isSuperseded({ source, desired }: DesiredRow, left: ReadonlySet<number>): boolean {
  return !left.has(source.row) && partsOf(desired).some(({ name }) => !KEYS.includes(name));
}

function contradiction(code: Issue["code"], column: string, message: string): Folded {
  return { kind: "contradiction", issue: { code, column, message } };
}

function partsOf(desired: Desired): Part[] {
  const { metadata, status, status_reason, effective_at: _, generated_at: __, ...plain } = desired;
  const parts: Part[] = [];
  for (const [name, value] of Object.entries(plain)) {
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
  return parts;
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
