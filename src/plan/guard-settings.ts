/**
 * What a job file says of guards, and how many operations of a kind that allows. Pure.
 */
import { z } from "zod";
import { counted } from "../text/counted.ts";
import { GUARD_KINDS, type GuardKind } from "./operation.ts";

/** Every guard, by the name that it has in the job file, in messages and for `tieout approve`. */
export const GUARD_NAMES = [...GUARD_KINDS] as const;
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

/** `all`: what each kind has that does not say otherwise itself. */
const limits = z.strictObject(
  Object.fromEntries(["all", ...GUARD_KINDS].map((name) => [name, limit.optional()])) as Record<
    "all" | GuardKind,
    z.ZodOptional<typeof limit>
  >,
);

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
  if (share === undefined) return { allowed: max, because: `max ${max}` };
  const ofAccounts = Math.max(floor, Math.floor((accounts * Number.parseFloat(share)) / 100));
  if (max <= ofAccounts) return { allowed: max, because: `max ${max}` };
  return { allowed: ofAccounts, because: `${share} of ${counted(accounts, "account")}, at least ${floor}` };
}
