/**
 * What a job file says of guards, and how many operations of a kind that allows. Pure.
 */
import { z } from "zod";
import { counted } from "../text/counted.ts";
import { isZone, zoneInstantMs } from "../zone-instant.ts";
import { GUARD_KINDS, type GuardKind } from "./operation.ts";

/** Every guard, by the name that it has in the job file, in messages and for `tieout approve`. */
export const GUARD_NAMES = [
  ...GUARD_KINDS,
  "size.rows",
  "size.operations",
  "size.products",
  "protected",
  "freeze",
  "shrunk",
  "absent",
] as const;
export type GuardName = (typeof GUARD_NAMES)[number];

/** The most operations of each kind that a run may plan before their rows are held. */
const MOST: Readonly<Record<GuardKind, number>> = {
  clear_documents: 20,
  create: 1_000,
  patch: 50_000,
  activate: 200,
  deactivate: 200,
  close: 20,
  add_relationships: 2_000,
  remove_relationship: 20,
};

const count = z.int().min(0);
const percent = z.string().regex(/^\d+(\.\d+)?%$/, 'give a percentage, such as "0.5%"');
const off = z.literal("off");

/** `share` is of the accounts that the file names, and never means fewer than `floor`, which is 1 when not given. */
const figures = z.strictObject({ max: count.optional(), share: percent.optional(), floor: count.optional() });
type Limit = z.output<typeof figures>;
const limit = z.union([off, figures], {
  error: 'give { max, share, floor }, as in { max: 20, share: "0.5%", floor: 5 }, or "off"',
});

const swelling = z.strictObject({ most: percent.default("300%"), floor: count.default(50) }).prefault({});

/**
 * What is usual for the job, as its last `runs` runs of whole files show it: `least` and `most` are of their median. Nothing is judged with
 * fewer than `needs` of them, and no figure up to `floor` is too much.
 */
const size = z.union([
  off,
  z.strictObject({
    rows: z
      .strictObject({ least: percent.default("50%"), most: percent.default("200%"), floor: count.default(100) })
      .prefault({}),
    operations: swelling,
    products: swelling,
    runs: count.min(1).max(365).default(30),
    needs: count.min(1).default(5),
  }),
]);

/** Accounts, by the bank's ids or the program's own. */
export const accountIds = z.union([z.array(z.string().min(1)), z.strictObject({ file: z.string().min(1) })], {
  error: "give a list of ids, or { file } with one id in each line",
});

const localTime = z
  .string()
  .refine((text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}:00Z`)), {
    error: "give a day and a time of day, such as 2026-12-24T18:00",
  });
/** A window in which nothing is sent. */
const freeze = z
  .strictObject({
    from: localTime,
    to: localTime,
    zone: z.string().refine(isZone, { error: "give an IANA zone, such as America/Chicago" }).default("UTC"),
    reason: z.string().min(1).optional(),
  })
  .refine(({ from, to }) => from < to, { error: "from must be before to" });

/** `all`: what each kind has that does not say otherwise itself. */
const kinds = Object.fromEntries(["all", ...GUARD_KINDS].map((name) => [name, limit.optional()])) as Record<
  "all" | GuardKind,
  z.ZodOptional<typeof limit>
>;

const limits = z.strictObject({
  ...kinds,
  /** Accounts that the last snapshot held and this one lacks: more hold the whole file. `share` is of those it held. */
  shrunk: figures.optional(),
  /** Absent accounts that something is to be sent for. `share` is of the accounts that the snapshot names. */
  absent: figures.optional(),
  size: size.default("off"),
  /** Accounts that are never changed without an approval: the bank's ids or the program's own. */
  protected: accountIds.default([]),
  freeze: z.array(freeze).default([]),
});

/** `"off"` is `{ all: "off" }`, so that a wrong setting is named by its own path. */
export const guardSettings = z.preprocess(
  (given) => (given === "off" ? { all: "off" } : given),
  limits,
) as unknown as z.ZodType<GuardSettings, "off" | z.input<typeof limits>>;
export type GuardSettings = z.output<typeof limits>;

/** The most operations that are allowed, and what of the settings says so. */
export interface Allowed {
  readonly allowed: number;
  readonly because: string;
}

/** Of a file that names so many accounts; null where nothing limits the kind. What a kind does not say itself, `all` says. */
export function allowedOf(settings: GuardSettings, kind: GuardKind, accounts: number): Allowed | null {
  const { all, [kind]: own } = settings;
  if ((own ?? all) === "off") return null;
  const said = [own, all].filter((one) => one !== undefined && one !== "off");
  const first = <Name extends keyof Limit>(name: Name) => said.find((one) => one[name] !== undefined)?.[name];
  const [max, share, floor] = [first("max") ?? MOST[kind], first("share"), first("floor") ?? 1];
  return allowedBy({ max, share, floor }, accounts);
}

/** Guards of snapshots, when the job does not say otherwise; none of them can be turned off. */
const OF_SNAPSHOTS = {
  shrunk: { max: Number.MAX_SAFE_INTEGER, share: "10%", floor: 10 },
  absent: { max: 20, share: "1%", floor: 1 },
} as const;

export function allowedOfSnapshot(
  settings: GuardSettings,
  guard: keyof typeof OF_SNAPSHOTS,
  accounts: number,
): Allowed {
  const usual = OF_SNAPSHOTS[guard];
  const { max = usual.max, share = usual.share, floor = usual.floor } = settings[guard] ?? {};
  return allowedBy({ max, share, floor }, accounts);
}

interface Bounds {
  readonly max: number;
  readonly share: string | undefined;
  readonly floor: number;
}

function allowedBy({ max, share, floor }: Bounds, accounts: number): Allowed {
  if (share === undefined) return { allowed: max, because: `max ${max}` };
  const ofAccounts = Math.max(floor, Math.floor((accounts * Number.parseFloat(share)) / 100));
  if (max <= ofAccounts) return { allowed: max, because: `max ${max}` };
  return { allowed: ofAccounts, because: `${share} of ${counted(accounts, "account")}, at least ${floor}` };
}

/** A window in which nothing is sent, as a person reads it. */
export interface Freeze {
  readonly fromMs: number;
  readonly toMs: number;
  readonly says: string;
}

/** The windows that have not ended, in the order in which they begin. */
export function listFreezes({ freeze: windows }: GuardSettings, nowMs: number): Freeze[] {
  return windows
    .map(({ from, to, zone, reason }) => ({
      fromMs: zoneInstantMs(from, zone),
      toMs: zoneInstantMs(to, zone),
      says: `nothing is sent from ${from} to ${to} ${zone}${reason === undefined ? "" : ` (${reason})`}`,
    }))
    .filter(({ toMs }) => toMs > nowMs)
    .sort((one, other) => one.fromMs - other.fromMs);
}
