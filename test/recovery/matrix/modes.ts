/**
 * The disturbances of the matrix: for a file and what its undisturbed play was like, what is done to the next one, and a
 * count of how often it struck, since a fault that never fires proves nothing.
 */
import type { Fault } from "../../../src/sandbox/server/faults.ts";
import type { SandboxRequest } from "../../../src/sandbox/state/journal.ts";
import type { Disturbance, Played } from "./play.ts";

export interface Mode {
  readonly name: string;
  /** Whether it leaves attempts in doubt. */
  readonly doubts: boolean;
  /** Whether it has anything to strike in a file whose undisturbed play was like this. */
  readonly suits: (clean: Played) => boolean;
  readonly disturb: (clean: Played) => { readonly disturbance: Disturbance; readonly strikes: () => number };
}

const isCall = ({ path }: SandboxRequest) => path.startsWith("/v0/");
const isWrite = (request: SandboxRequest) => isCall(request) && request.method !== "GET";
const asksBank = ({ steps, bankCalls }: Played) => steps > 0 && bankCalls > 0;
const writes = ({ writes: count }: Played) => count > 0;

type Match = (request: SandboxRequest) => boolean;

/** Every request's first attempt; a request is known by all that it says. */
function firstOfEach(match: Match): Match {
  const seen = new Set<string>();
  return (request) => {
    if (!match(request)) return false;
    const { method, path, query, body } = request;
    const sig = JSON.stringify([method, path, query, body]);
    if (seen.has(sig)) return false;
    seen.add(sig);
    return true;
  };
}

/** The first `count` attempts. */
function burst(match: Match, count: number): Match {
  let left = count;
  return (request) => match(request) && left-- > 0;
}

function counted(match: Match): { readonly match: Match; readonly strikes: () => number } {
  let strikes = 0;
  return {
    match: (request) => {
      const isHit = match(request);
      if (isHit) strikes += 1;
      return isHit;
    },
    strikes: () => strikes,
  };
}

const CERTAIN: readonly Fault[] = ["429", "401"];
const SILENT: readonly Fault[] = ["timeout_after", "timeout_before"];
const SILENCE_MS = 400;

/** `fault` for whatever `choose` picks, of writes where the file has any. */
function faulty(name: string, fault: Fault, choose: (match: Match) => Match, suits = asksBank): Mode {
  return {
    name,
    doubts: !CERTAIN.includes(fault),
    suits,
    disturb: (clean) => {
      const { match, strikes } = counted(choose(writes(clean) ? isWrite : isCall));
      const arrange: Disturbance["arrange"] = (bank) => bank.failNext(fault, Number.POSITIVE_INFINITY, match);
      const callTimeoutMs = SILENT.includes(fault) ? { callTimeoutMs: SILENCE_MS } : {};
      return { disturbance: { arrange, ...callTimeoutMs }, strikes };
    },
  };
}

const first = (match: Match) => burst(match, 1);

/** The process dies at this part of its steps. */
function cut(part: number, when: "before" | "after"): Mode {
  return {
    doubts: true,
    name: `cut ${when} step ${Math.round(part * 100)} %`,
    suits: () => true,
    disturb: ({ steps }) => {
      const atStep = Math.max(1, Math.round(part * steps));
      return { disturbance: { cuts: [{ atStep, when }] }, strikes: () => 0 };
    },
  };
}

/** Tokens end at each of the first requests, one after another. */
const revoked: Mode = {
  name: "tokens that end in the middle",
  doubts: false,
  suits: asksBank,
  disturb: () => {
    const struck = { times: 0 };
    const arrange: Disturbance["arrange"] = (bank) => {
      const every = firstOfEach(isCall);
      bank.failNext("401", Number.POSITIVE_INFINITY, (request) => {
        if (struck.times < 3 && every(request)) {
          struck.times += 1;
          bank.revokeTokens();
        }
        return false;
      });
    };
    return { disturbance: { arrange }, strikes: () => struck.times };
  },
};

/** Creates have one path among them. */
const nameOf = ({ method, path, body }: SandboxRequest) => JSON.stringify([method, path, body]);

/** How long after it was sent a late request arrives: within the quiet time before anything is settled. */
const LATE_MS = 5 * 60_000;

/** The first write is still travelling while its next attempt goes out, and gets `then`, if given. */
function late(name: string, then: Fault | null): Mode {
  return {
    name,
    doubts: true,
    suits: writes,
    disturb: () => {
      const { match, strikes } = counted(burst(isWrite, 1));
      const arrange: Disturbance["arrange"] = (bank, clock) => {
        let struck = "";
        bank.failNext("late", 1, (request) => {
          if (!match(request)) return false;
          struck = nameOf(request);
          void clock.sleep(LATE_MS).then(() => bank.landLate());
          return true;
        });
        if (then !== null) bank.failNext(then, 1, (request) => nameOf(request) === struck);
      };
      return { disturbance: { arrange, callTimeoutMs: SILENCE_MS }, strikes };
    },
  };
}

export const MODES: readonly Mode[] = [
  cut(0.15, "after"),
  cut(0.4, "before"),
  cut(0.6, "after"),
  cut(0.8, "before"),
  cut(0.97, "after"),
  faulty("a burst of 429", "429", (match) => burst(match, 5)),
  faulty("429 for every first attempt", "429", firstOfEach),
  faulty("500 before every effect", "500", firstOfEach),
  faulty("a reset before every effect", "reset", firstOfEach),
  faulty("500 after every effect", "500_after", firstOfEach),
  faulty("a reset after every effect", "reset_after", firstOfEach),
  faulty("silence after an effect", "timeout_after", first),
  faulty("a request that is lost", "timeout_before", first),
  faulty("every answer cut", "cut_after", firstOfEach),
  faulty("every answer garbled", "garbled_after", firstOfEach),
  faulty("a firewall's page before every effect", "403_page", firstOfEach),
  faulty("a firewall's page in place of every answer", "403_page_after", firstOfEach),
  faulty("every answer emptied", "204_after", firstOfEach),
  faulty("409 for every first attempt", "409", firstOfEach, writes),
  faulty("401 for every first attempt", "401", firstOfEach),
  revoked,
  late("a write that arrives late", null),
  late("a write that arrives late, and a definite no meanwhile", "404"),
];
