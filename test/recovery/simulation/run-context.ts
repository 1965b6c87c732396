/**
 * The RunContext of one process in the simulation: the real client around the simulated network, the real ledger behind
 * the process's life, and whatever the policy puts around them.
 */
import { assembleBank } from "../../../src/bank/open-bank.ts";
import type { Log } from "../../../src/log.ts";
import type { RunContext } from "../../../src/run/context.ts";
import { bankSettings } from "../../../src/run/start/bank-settings.ts";
import { spreadOverWorkers } from "../../../src/workers/spread-over-workers.ts";
import { ACTOR } from "../../ledger/builders.ts";
import { CREDENTIALS } from "./bank.ts";
import type { Figures } from "./figures.ts";
import type { LeaseWatch } from "./lease-watch.ts";
import type { Life } from "./life.ts";
import type { Line } from "./line.ts";
import type { JobName } from "./load.ts";
import { ledgerOf, type Machine, type OnDone } from "./machine.ts";
import type { Network } from "./network.ts";
import type { Policy } from "./policy.ts";
import type { Random } from "./random.ts";
import type { Server } from "./server.ts";
import type { MemoryStore } from "./stores.ts";
import type { World } from "./world.ts";

/** Of the program that all processes run. */
export const VERSION = "1";

/** What all processes of a history share. */
export interface Surroundings {
  readonly world: World;
  readonly machine: Machine;
  /** Null where one process at a time works on a run. */
  readonly server: Server | null;
  readonly network: Network;
  readonly policy: Policy;
  /** What the client draws, and what the policy does. */
  readonly chance: Random;
  readonly mutation: Random;
  readonly sources: Readonly<Record<JobName, MemoryStore>>;
  readonly results: Readonly<Record<JobName, MemoryStore>>;
  readonly newRunId: (name: JobName) => string;
  readonly figures: Figures;
  readonly watch: LeaseWatch;
  /** Something that our own code says must not be. */
  readonly onError: (what: string) => void;
}

export function openContext(around: Surroundings, line: Line, life: Life): RunContext {
  const { world, machine, server, network, policy, chance, mutation, sources, results } = around;
  const { job, name } = line;
  const onDone: OnDone = (...call) => {
    const wrong = around.watch.see(life, ...call);
    if (wrong !== null) around.onError(wrong);
  };
  const ledger = ledgerOf(life, machine.ledger, onDone, server?.way);
  return {
    job,
    jobPath: `${name}.ts`,
    bankName: { apiUrl: CREDENTIALS.apiUrl, program: CREDENTIALS.clientId },
    ledger: policy.ledger?.(ledger, mutation) ?? ledger,
    clock: life.clock,
    random: chance.next,
    newRunId: () => around.newRunId(name),
    log: openLog(around, life),
    progress: { note: (text) => world.tell(() => `${life.name} ${text}`), watch() {}, steer() {}, end() {} },
    workFolder: `${machine.folder}/work`,
    openBank: (kind, ownIds) => {
      const http = network.open(life);
      const shared = server?.line.way().shared;
      const outside = { clock: life.clock, random: chance.next, ...(shared !== undefined && { shared }) };
      return assembleBank(policy.http?.(http, mutation) ?? http, bankSettings(job, CREDENTIALS, kind, ownIds), outside);
    },
    openStore: (place) =>
      life.call(async () => {
        const isSource = "bucket" in place && place.bucket.endsWith("-in");
        return (isSource ? sources : results)[name].open(life);
      }),
    actor: ACTOR,
    owner: life.name,
    signal: life.signal,
    ...(server !== null && {
      spread: spreadOverWorkers({ queue: async () => server.queue.open(life), owner: life.name, version: VERSION }),
    }),
  };
}

/** What a worker says when the bank refuses it or cannot be reached, and then tries again. */
const STANDS_ASIDE = "this worker takes no part";

function openLog({ world, figures, onError }: Surroundings, life: Life): Log {
  const tell = (message: string, fields?: object) =>
    world.tell(() => `${life.name} ${message} ${JSON.stringify(fields)}`);
  return {
    info(message, fields) {
      tell(message, fields);
      if (message === "an uncertain operation was settled") figures.settle(String(fields?.outcome));
    },
    warn: tell,
    error(message, fields) {
      if (!life.isDead && !message.startsWith(STANDS_ASIDE))
        onError(`${life.name}: ${message} ${JSON.stringify(fields)}`);
    },
  };
}
