/**
 * Judges a plan by what is usual for its job: its file's rows, and its operations of each kind, beside the median of the last runs. Pure.
 */
import { counted, grouped } from "../text/counted.ts";
import type { GuardSettings } from "./guard-settings.ts";
import type { PlanFigures, Tripped } from "./judge-guards.ts";
import { OPERATION_KINDS, type OperationKind } from "./operation.ts";

/** An earlier run of the job. */
export interface EarlierRun {
  readonly rows: number;
  readonly operations: Readonly<Partial<Record<OperationKind, number>>>;
}

export interface Size {
  readonly rows: number;
  readonly earlier: readonly EarlierRun[];
}

export function judgeSize({ size: settings }: GuardSettings, figures: PlanFigures): Tripped[] {
  const { size } = figures;
  if (settings === "off" || size === null || size.earlier.length < settings.needs) return [];
  const of = counted(size.earlier.length, "run");
  return [...judgeRows(settings.rows, size, of), ...judgeOperations(settings.operations, figures, size.earlier, of)];
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
  { most, floor }: SizeSettings["operations"],
  { operations }: PlanFigures,
  earlier: readonly EarlierRun[],
  of: string,
): Tripped[] {
  const wrong = OPERATION_KINDS.flatMap((kind) => {
    const usual = median(earlier.map((run) => run.operations[kind] ?? 0));
    const allowed = Math.max(floor, Math.floor(shareOf(most, usual)));
    return operations[kind] > allowed ? [{ kind, figure: operations[kind], allowed, usual }] : [];
  });
  if (wrong.length === 0) return [];
  const kinds = wrong.map(
    ({ kind, figure, allowed, usual }) =>
      `${grouped(figure)} ${kind} of at most ${grouped(allowed)} (median ${grouped(usual)})`,
  );
  const sum = (of: (one: (typeof wrong)[number]) => number) => wrong.reduce((total, one) => total + of(one), 0);
  const holds = { kind: "kinds", kinds: wrong.map(({ kind }) => kind) } as const;
  const why = `the plan has more operations than ${of} before: ${kinds.join(", ")}`;
  return [
    {
      guard: "size.operations",
      figure: sum(({ figure }) => figure),
      allowed: sum(({ allowed }) => allowed),
      why,
      holds,
    },
  ];
}

const shareOf = (percent: string, of: number) => (Number.parseFloat(percent) * of) / 100;

/** Of an even number the lower one of the two in the middle. */
function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
