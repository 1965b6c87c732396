/**
 * The file of faults for a stand-in: a path in, checked orders out. A mistake is reported in one line: which fault, what is wrong, and what
 * to write instead.
 */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { FatalError } from "../errors/fatal-error.ts";
import { nodeCode } from "../errors/node-code.ts";
import { FAULTS, type Fault, type FaultMatch, type FaultOrder } from "../sandbox/server/faults.ts";
import { trafficOf } from "../sandbox/state/journal.ts";
import { grouped } from "../text/counted.ts";
import { nearest } from "../text/nearest.ts";

const LONGEST_MS = 3_600_000;
/** Characters of a wrong value that an error line repeats. */
const LONGEST_SHOWN = 60;
const TRAFFIC = ["read", "write", "token"] as const;
const METHODS = ["GET", "POST", "PATCH", "DELETE"] as const;

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) => {
  const upTo = most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`;
  return z
    .int({ error: `give a whole number from ${least}${upTo}` })
    .min(least)
    .max(most)
    .optional();
};
const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, { error: `give one of ${words.join(", ")}` });

const matchSchema = z.strictObject(
  {
    traffic: oneOf(TRAFFIC).optional(),
    method: oneOf(METHODS).optional(),
    path: z.string({ error: "give a path that begins with /" }).startsWith("/").optional(),
  },
  { error: "give an object of traffic, method and path" },
);

const orderSchema = z.strictObject(
  {
    fault: oneOf(FAULTS),
    match: matchSchema.optional(),
    after: whole(0),
    every: whole(1),
    chance: z.number({ error: "give a number above 0, up to 1" }).gt(0).max(1).optional(),
    seed: whole(0),
    count: whole(1),
    ms: whole(1, LONGEST_MS),
    retryAfterSeconds: whole(0, 3600),
  },
  { error: "give an object with the name of a fault" },
);

type WrittenOrder = z.output<typeof orderSchema>;

const fileSchema = z.array(orderSchema, { error: "give a list of faults" }).superRefine((orders, { addIssue }) => {
  for (const [index, order] of orders.entries()) {
    const wrong = findMisplaced(order);
    if (wrong !== null) addIssue({ code: "custom", path: [index, wrong.member], message: wrong.message });
  }
});

/** Empty without a path. Throws FatalError `usage`. */
export async function readFaultFile(path: string | undefined): Promise<readonly FaultOrder[]> {
  if (path === undefined) return [];
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const code = nodeCode(error);
    throw unusable(code === "ENOENT" ? `there is no file ${path}` : `${path} cannot be read (${code})`);
  });
  return parseFaults(text, path);
}

/** The orders in a file's text; `name` is what the error line calls the file. Throws FatalError `usage`. */
export function parseFaults(text: string, name: string): readonly FaultOrder[] {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch {
    throw unusable(`${name} is not JSON`);
  }
  const parsed = fileSchema.safeParse(written);
  if (parsed.success) return parsed.data.map(toOrder);
  const [issue] = parsed.error.issues;
  throw issue === undefined ? unusable(`${name} cannot be used`) : describe(issue, written, name);
}

function unusable(message: string, hint = "see samples/faults.json"): FatalError {
  return new FatalError("usage", message, { hint });
}

/** A member that the fault needs and lacks, or has and cannot use. */
function findMisplaced({ fault, ms, retryAfterSeconds }: WrittenOrder): { member: string; message: string } | null {
  const takesMs = fault === "slow" || fault === "late";
  if (takesMs && ms === undefined) return { member: "ms", message: `${fault} needs ms, a number of milliseconds` };
  if (!takesMs && ms !== undefined) return { member: "ms", message: "only slow and late have ms" };
  if (retryAfterSeconds !== undefined && fault !== "429" && fault !== "503")
    return { member: "retryAfterSeconds", message: "only 429 and 503 have retryAfterSeconds" };
  return null;
}

/** As `faults.json: fault 2: every is 0; give a whole number from 1`. */
function describe(issue: z.core.$ZodIssue, written: unknown, name: string): FatalError {
  const [index, ...members] = issue.path;
  const where = index === undefined ? name : `${name}: fault ${Number(index) + 1}`;
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const known = Object.keys((members.length === 0 ? orderSchema : matchSchema).shape);
    const place = members.length === 0 ? where : `${where}: ${members.join(".")}`;
    const meant = nearest(key, known);
    const hint =
      meant === undefined ? `the known ones are ${known.join(", ")}` : `did you mean ${JSON.stringify(meant)}?`;
    return unusable(`${place} has the unknown member ${JSON.stringify(key)}`, hint);
  }
  const value = issue.path.reduce<unknown>((held, member) => Object(held)[member], written);
  const what = members.length === 0 ? where : `${where}: ${members.join(".")}`;
  const shown = value === undefined ? "missing" : JSON.stringify(value).slice(0, LONGEST_SHOWN);
  const words = issue.code === "invalid_value" ? issue.values.map(String) : [];
  const meant = nearest(String(value), words);
  return unusable(
    `${what} is ${shown}`,
    meant === undefined ? issue.message : `did you mean ${JSON.stringify(meant)}?`,
  );
}

function toOrder({ match, ...order }: WrittenOrder): FaultOrder {
  const given = Object.entries(order).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(given) as unknown as FaultOrder), match: toMatch(match ?? {}) };
}

/** A request for a token matches only when `traffic` says so: most faults are meant for calls. */
function toMatch({ traffic, method, path }: z.output<typeof matchSchema>): FaultMatch {
  const pattern = path === undefined ? undefined : new RegExp(`^${path.split("*").map(RegExp.escape).join(".*")}$`);
  return (request) => {
    const actual = trafficOf(request.method, request.path);
    if (traffic === undefined ? actual === "token" : actual !== traffic) return false;
    return (method === undefined || method === request.method) && (pattern === undefined || pattern.test(request.path));
  };
}

/** As `faults that struck: 20 of 429, 2 of timeout_after`. Faults that were ordered and never struck are listed too. */
export function describeStruck(struck: Readonly<Partial<Record<Fault, number>>>): string {
  const counts = FAULTS.flatMap((fault) =>
    struck[fault] === undefined ? [] : [`${grouped(struck[fault] ?? 0)} of ${fault}`],
  );
  return `faults that struck: ${counts.join(", ") || "none"}`;
}
