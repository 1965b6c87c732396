/**
 * Faults: what may happen to a request, an answer, and the bank as a whole, and how much of it one history gets. Draws
 * only; never does any of it.
 */
import type { LookupMode } from "../../../src/sandbox/calls/account-calls.ts";
import type { Habits } from "./bank.ts";
import { DOOMS, type Doom, type DoomKind, drawDoom } from "./life.ts";
import { JOBS } from "./load.ts";
import type { Random } from "./random.ts";

/** What happens to one call. */
export const CALL_FAULTS = [
  "refused",
  "reset",
  "lost",
  "late",
  "answer lost",
  "answer cut",
  "answer garbled",
  "answer slow",
  "work slow",
  "page",
  "401",
  "429",
  "429 with Retry-After",
  "500 before",
  "502 before",
  "503 before",
  "408 before",
  "422 before",
  "403 page before",
  "500 after",
  "503 after",
  "408 after",
  "403 page after",
  "204 after",
] as const;
export type CallFault = (typeof CALL_FAULTS)[number];

/** `no token`: every token ends, and only the requests for another one fail; or they are answered as if they were for something that is not there. */
export const OUTAGES = [
  "outage: refused",
  "outage: silent",
  "outage: 503",
  "outage: page",
  "outage: no token",
  "outage: no token, 404",
] as const;

/** What the queue of chunks does wrong. */
export const QUEUE_FAULTS = ["chunk lost", "chunk doubled", "chunk unheard of"] as const;
export type QueueFault = (typeof QUEUE_FAULTS)[number];

/** What strikes a worker; power goes for all at once. */
export const WORKER_DOOMS = ["kill", "pause", "told to stop", "ledger failed"] as const satisfies readonly DoomKind[];
const WORKER_FAULTS = WORKER_DOOMS.map((kind) => `worker: ${kind}` as const);

/** Everything that must have struck before the chaos counts as such. */
export const ALL_FAULTS = [
  ...CALL_FAULTS,
  ...OUTAGES,
  ...DOOMS,
  ...QUEUE_FAULTS,
  ...WORKER_FAULTS,
  "run taken over",
  "409",
  "batch 409 that says little",
  "key forgotten",
  "look-up lagged",
  "other writer",
  "pruned beside",
  "run deadline",
] as const;
export type Fault = (typeof ALL_FAULTS)[number] | "answered again";

export interface Outage {
  readonly kind: (typeof OUTAGES)[number];
  /** Requests that still get through. */
  readonly afterRequests: number;
  readonly lastsMs: number;
}

/** What one start of the job meets. */
export interface StartFate {
  readonly doom: Doom | null;
  readonly outage: Outage | null;
}

export interface Profile {
  readonly habits: Habits;
  /** The chance of each fault, for one call. */
  readonly chances: Readonly<Partial<Record<CallFault, number>>>;
  /** The most that a request may be late, and a process may sleep. */
  readonly lateMs: number;
  readonly pauseMs: number;
  /** Starts that meet a fate; those after them meet none, and the network is calm. */
  readonly fatefulStarts: number;
  readonly drawFate: (random: Random) => StartFate;
  /** How long until the next start. */
  readonly drawGapMs: (random: Random) => number;
  readonly creates: "proven" | "trusted" | "first_alone";
  readonly writesAtOnce: number;
  /** A run that takes longer is to stop, and to go on at its next start. */
  readonly runTimeoutMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How long a request may be under way and its process asleep with it in hand, together; and, then, unknown to the look-up. */
const BORNE_MS = 13 * MINUTE_MS;

export function drawProfile(random: Random): Profile {
  const profile = drawMixed(random);
  return random.chance(0.1) ? outlastKeys(profile) : profile;
}

/**
 * A process ends with its calls in hand; the next one begins while their keys are still good, and right into an outage
 * that outlasts them.
 */
function outlastKeys(profile: Profile): Profile {
  let starts = 0;
  return {
    ...profile,
    chances: { "answer slow": 0.7 },
    writesAtOnce: 8,
    runTimeoutMs: 6 * HOUR_MS,
    fatefulStarts: 2,
    drawFate(random) {
      starts += 1;
      const lastsMs = random.whole(2 * HOUR_MS, 4 * HOUR_MS);
      if (starts > JOBS.length)
        return { doom: null, outage: { kind: random.pick(OUTAGES), afterRequests: 1, lastsMs } };
      const afterMs = random.whole(MINUTE_MS / 2, 4 * MINUTE_MS);
      const kind = random.pick(["kill", "told to stop"] as const);
      return { doom: { kind, atCall: Number.POSITIVE_INFINITY, when: "before", afterMs }, outage: null };
    },
    drawGapMs: (random) => random.whole(20 * HOUR_MS, 22 * HOUR_MS),
  };
}

function drawMixed(random: Random): Profile {
  const lateMs = Math.round(BORNE_MS * random.next());
  const lagMs = random.chance(0.5) ? 0 : Math.round(BORNE_MS * random.next());
  const pauseMs = BORNE_MS - lateMs;
  const intensity = random.pick([0, 0.02, 0.1, 0.3, 0.5]);
  const kinds = DOOMS.filter((kind) => random.chance(0.6) && (kind !== "pause" || pauseMs > 2 * MINUTE_MS));
  const gaps = GAPS.filter(() => random.chance(0.5));
  const outages = random.chance(0.4) ? 0.3 : 0;
  return {
    habits: {
      lookup: drawLookup(random),
      lagMs,
      keyHours: 24,
      tokenSeconds: random.pick([900, 86_400]),
      saysLittle: random.chance(0.2),
      skewMs: random.chance(0.2) ? random.whole(-12 * MINUTE_MS, 12 * MINUTE_MS) : 0,
    },
    chances: drawChances(random, intensity),
    lateMs,
    pauseMs,
    fatefulStarts: kinds.length === 0 ? 1 : random.whole(0, 4),
    drawFate: (draws) => ({
      doom: kinds.length > 0 && draws.chance(0.85) ? drawDoom(draws, kinds) : null,
      outage: draws.chance(outages) ? drawOutage(draws) : null,
    }),
    drawGapMs: (draws) => (gaps.length === 0 ? 30_000 : draws.whole(...draws.pick(gaps))),
    creates: random.pick(["proven", "proven", "proven", "trusted", "first_alone"]),
    writesAtOnce: random.pick([1, 4, 8]),
    runTimeoutMs: random.pick([10 * MINUTE_MS, 6 * HOUR_MS]),
  };
}

const GAPS: readonly (readonly [number, number])[] = [
  [1_000, MINUTE_MS],
  [MINUTE_MS, 30 * MINUTE_MS],
  [HOUR_MS, 8 * HOUR_MS],
  [17 * HOUR_MS, 23 * HOUR_MS],
  [20 * HOUR_MS, 40 * HOUR_MS],
];

function drawLookup(random: Random): LookupMode {
  return random.chance(0.85) ? random.pick(["list", "object"]) : random.pick(["absent", "ignores_filter"]);
}

/** Some kinds of faults, each with its share. */
function drawChances(random: Random, intensity: number): Profile["chances"] {
  const shares = CALL_FAULTS.map((fault) => ({ fault, share: random.chance(0.5) ? random.next() : 0 }));
  const whole = shares.reduce((sum, { share }) => sum + share, 0);
  if (whole === 0) return {};
  return Object.fromEntries(shares.map(({ fault, share }) => [fault, (intensity * share) / whole]));
}

function drawOutage(random: Random): Outage {
  const afterRequests = random.spread(1, 300);
  return { kind: random.pick(OUTAGES), afterRequests, lastsMs: random.spread(MINUTE_MS, 2 * HOUR_MS) };
}
