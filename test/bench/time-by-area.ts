/**
 * A CPU profile of V8's comes in, the microseconds of each area go out: each sample's own time goes to the area of the
 * function that it met. What has no area of its own, such as native code and what serves everyone, counts for its caller. Pure.
 */
import type { benchCommit } from "./mark-commits.ts";

export interface CpuProfile {
  /** Callers first. */
  readonly nodes: readonly ProfileNode[];
  /** The node that each sample met, and the microseconds since the sample before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

export const AREAS = [
  "the ledger: statements, and what goes in and out",
  "the ledger: COMMIT",
  "garbage collection",
  "idle: waiting for the bank",
  "Node's net and streams, undici",
  "Node's queues and timers",
  "bank/",
  "loading modules",
  "csv-stringify and report/",
  "read/ and csv-parse",
  "run/ and apply/",
  "uuid and plan/",
  "outside of JavaScript",
  "other",
] as const;
export type Area = (typeof AREAS)[number];

const COMMIT: (typeof benchCommit)["name"] = "benchCommit";

const BY_FUNCTION: ReadonlyMap<string, Area> = new Map([
  ["(garbage collector)", "garbage collection"],
  ["(idle)", "idle: waiting for the bank"],
  ["(program)", "outside of JavaScript"],
  [COMMIT, "the ledger: COMMIT"],
]);

/** The first that fits the address of the function's file. */
const BY_URL: readonly (readonly [RegExp, Area])[] = [
  [
    /^node:internal\/(modules|bootstrap|main|process\/(pre_)?execution|deps\/(amaro|cjs-module-lexer))/,
    "loading modules",
  ],
  [
    /^node:(net|https?|_http\w*|tls|_tls\w*|dns|stream|internal\/(streams|stream_base_commons|net|tls|dns)\b)/,
    "Node's net and streams, undici",
  ],
  [/^wasm:|\/node_modules\/undici\//, "Node's net and streams, undici"],
  [
    /^node:(timers|async_hooks|internal\/(timers|async_hooks|process\/(task_queues|promises)))/,
    "Node's queues and timers",
  ],
  [/^node:sqlite|\/src\/ledger\/|\/test\/bench\//, "the ledger: statements, and what goes in and out"],
  [/\/src\/bank\/|\/node_modules\/p-limit\//, "bank/"],
  [/\/src\/report\/|\/node_modules\/csv-stringify\//, "csv-stringify and report/"],
  [/\/src\/(read|store)\/|\/node_modules\/csv-parse\//, "read/ and csv-parse"],
  [/\/src\/(run|apply)\//, "run/ and apply/"],
  [/\/src\/plan\/|\/node_modules\/uuid\//, "uuid and plan/"],
  [/\/src\/(cli|schedule)\/|\/node_modules\/(winston|logform|commander|zod)\//, "other"],
];

/** All that is called from here belongs to it. */
const WHOLE: readonly Area[] = ["the ledger: COMMIT", "loading modules"];

export function timeByArea({ nodes, samples, timeDeltas }: CpuProfile): ReadonlyMap<Area, number> {
  const areas = areasOf(nodes);
  const times = new Map<Area, number>(AREAS.map((area) => [area, 0]));
  samples.forEach((id, index) => {
    const area = areas.get(id) ?? "other";
    times.set(area, (times.get(area) ?? 0) + (timeDeltas[index] ?? 0));
  });
  return times;
}

function areasOf(nodes: readonly ProfileNode[]): ReadonlyMap<number, Area> {
  const areas = new Map<number, Area>();
  for (const { id, callFrame, children = [] } of nodes) {
    const caller = areas.get(id) ?? "other";
    const area = WHOLE.includes(caller) ? caller : (ownArea(callFrame) ?? caller);
    for (const child of children) areas.set(child, area);
    areas.set(id, area);
  }
  return areas;
}

function ownArea({ functionName, url }: ProfileNode["callFrame"]): Area | undefined {
  return BY_FUNCTION.get(functionName) ?? BY_URL.find(([pattern]) => pattern.test(url))?.[1];
}
