/**
 * Judges a plan by what is usual for its job: its file's rows, and its operations of each kind and for each product, beside the median of the last runs. Pure.
 */
import { counted, grouped } from "../text/counted.ts";
import type { GuardName, GuardSettings } from "./guard-settings.ts";
import type { HeldBy, PlanFigures, Tripped } from "./judge-guards.ts";
import { type KindOfProduct, OPERATION_KINDS, type OperationKind, type ProductCounts } from "./operation.ts";

/** An earlier run of the job. */
export interface EarlierRun {
  readonly rows: number;
  readonly operations: Readonly<Partial<Record<OperationKind, number>>>;
  /** Null for a run of before they were counted. */
  readonly products: ProductCounts | null;
}

export interface Size {
  readonly rows: number;
  readonly products: ProductCounts;
  readonly earlier: readonly EarlierRun[];
}

export function judgeSize({ size: settings }: GuardSettings, figures: PlanFigures): Tripped[] {
  const { size } = figures;
  if (settings === "off" || size === null || size.earlier.length < settings.needs) return [];
  const of = counted(size.earlier.length, "run");
  const operations = judgeOperations(settings.operations, figures, size.earlier, of);
  return [...judgeRows(settings.rows, size, of), ...operations, ...judgeProducts(settings, size, operations)];
}

type SizeSettings = Exclude<GuardSettings["size"], "off">;

function judgeRows({ least, most, floor }: SizeSettings["rows"], { rows, earlier }: Size, of: string): Tripped[] {
  const usual = median(earlier.map((run) => run.rows));
  const [from, to] = [Math.ceil(shareOf(least, usual)), Math.max(floor, Math.floor(shareOf(most, usual)))];
  // A job of small files has no usual size that says anything.
  const isSmall = usual > floor && rows < from;
  if (!isSmall && rows <= to) return [];
  const limit = isSmall ? `at least ${grouped(from)} (${least})` : `at most ${grouped(to)} (${most})`;
  const why = `the file has ${counted(rows, "row")}, and ${limit} are usual: the median of ${of} is ${grouped(usual)}`;
  return [{ guard: "size.rows", figure: rows, allowed: isSmall ? from : to, why, holds: { kind: "every" } }];
}

function judgeOperations(
  settings: SizeSettings["operations"],
  { operations }: PlanFigures,
  earlier: readonly EarlierRun[],
  of: string,
): Tripped[] {
  const swollen = OPERATION_KINDS.flatMap((kind) => {
    const usual = median(earlier.map((run) => run.operations[kind] ?? 0));
    return findSwollen(settings, { name: kind, figure: operations[kind], usual });
  });
  return tripBy("size.operations", swollen, of, { kind: "kinds", kinds: swollen.map(({ name }) => name) });
}

/** A kind of which there are too many as a whole is held as a whole, and needs no second approval. */
function judgeProducts(
  { products: settings, needs }: SizeSettings,
  { products, earlier }: Size,
  operations: readonly Tripped[],
): Tripped[] {
  const known = earlier.flatMap((run) => (run.products === null ? [] : [run.products]));
  if (known.length < needs) return [];
  const held = operations.flatMap(({ holds }) => (holds.kind === "kinds" ? holds.kinds : []));
  const swollen = (Object.entries(products) as [KindOfProduct, number][]).flatMap(([name, figure]) => {
    if (held.some((kind) => name.startsWith(`${kind} `))) return [];
    const usual = median(known.map((counts) => counts[name] ?? 0));
    return findSwollen(settings, { name, figure, usual });
  });
  const holds = { kind: "products", products: swollen.map(({ name }) => name) } as const;
  return tripBy("size.products", swollen, counted(known.length, "run"), holds);
}

interface Counted<Name extends string> {
  readonly name: Name;
  readonly figure: number;
  /** The median of earlier runs. */
  readonly usual: number;
}
type Swollen<Name extends string> = Counted<Name> & { readonly allowed: number };

function findSwollen<Name extends string>(
  { most, floor }: SizeSettings["operations"],
  planned: Counted<Name>,
): Swollen<Name>[] {
  const allowed = Math.max(floor, Math.floor(shareOf(most, planned.usual)));
  return planned.figure > allowed ? [{ ...planned, allowed }] : [];
}

/** How many the message names. */
const NAMED = 7;

/** None when nothing is swollen. */
function tripBy(guard: GuardName, swollen: readonly Swollen<string>[], of: string, holds: HeldBy): Tripped[] {
  if (swollen.length === 0) return [];
  const named = swollen
    .slice(0, NAMED)
    .map(
      ({ name, figure, allowed, usual }) =>
        `${grouped(figure)} ${name.replace(/ (.*)$/, ' for "$1"')} of at most ${grouped(allowed)} (median ${grouped(usual)})`,
    );
  const more = swollen.length > NAMED ? ` and ${grouped(swollen.length - NAMED)} more` : "";
  const sum = (of: "figure" | "allowed") => swollen.reduce((total, one) => total + one[of], 0);
  const why = `the plan has more operations than ${of} before: ${named.join(", ")}${more}`;
  return [{ guard, figure: sum("figure"), allowed: sum("allowed"), why, holds }];
}

const shareOf = (percent: string, of: number) => (Number.parseFloat(percent) * of) / 100;

/** Of an even number the lower one of the two in the middle. */
function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
