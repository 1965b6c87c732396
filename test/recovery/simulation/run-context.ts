/**
 * The RunContext of one process in the simulation: the real client around the simulated network, the real ledger behind
 * the process's life, and whatever the policy puts around them.
 */
import { assembleBank } from "../../../src/bank/open-bank.ts";
import type { Log } from "../../../src/log.ts";
import type { RunContext } from "../../../src/run/context.ts";
import { bankSettings } from "../../../src/run/start/bank-settings.ts";
import { ACTOR } from "../../ledger/builders.ts";
import { CREDENTIALS } from "./bank.ts";
import type { Life } from "./life.ts";
import type { Line } from "./line.ts";
import type { JobName } from "./load.ts";
import { ledgerOf, type Machine, type OnDone } from "./machine.ts";
import type { Network } from "./network.ts";
import type { Policy } from "./policy.ts";
import type { Random } from "./random.ts";
import type { MemoryStore } from "./stores.ts";
import type { World } from "./world.ts";

/** What all processes of a history share. */
export interface Surroundings {
  readonly world: World;
  readonly machine: Machine;
  readonly network: Network;
  readonly policy: Policy;
  /** What the client draws, and what the policy does. */
  readonly chance: Random;
  readonly mutation: Random;
  readonly sources: Readonly<Record<JobName, MemoryStore>>;
  readonly results: Readonly<Record<JobName, MemoryStore>>;
  readonly newRunId: (name: JobName) => string;
  readonly onSettled: (outcome: string) => void;
  /** Something that our own code says must not be. */
  readonly onError: (what: string) => void;
  /** Every call of the ledger, the moment that it is done. */
  readonly onLedgerCall: (line: Line, life: Life, ...call: Parameters<OnDone>) => void;
}

export function openContext(around: Surroundings, line: Line, life: Life): RunContext {
  const { world, machine, network, policy, chance, mutation, sources, results } = around;
  const { job, name } = line;
  const ledger = ledgerOf(life, machine.ledger, (...call) => around.onLedgerCall(line, life, ...call));
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
      const outside = { clock: life.clock, random: chance.next };
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
  };
}

function openLog({ world, onSettled, onError }: Surroundings, life: Life): Log {
  const tell = (message: string, fields?: object) =>
    world.tell(() => `${life.name} ${message} ${JSON.stringify(fields)}`);
  return {
    info(message, fields) {
      tell(message, fields);
      if (message === "an uncertain operation was settled") onSettled(String(fields?.outcome));
    },
    warn: tell,
    error(message, fields) {
      if (!life.isDead) onError(`${life.name}: ${message} ${JSON.stringify(fields)}`);
    },
  };
}
