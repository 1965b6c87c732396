/**
 * The queue of starts that are handed to workers: one at a time for each job at a bank, handed on when its worker is silent. It says what a
 * start came to; what its runs came to, the ledger says.
 */
import type { InstanceWorker, PgBoss } from "pg-boss";
import type { ExitCode } from "../errors/exit-codes.ts";
import type { Actor } from "../ledger/audit.ts";
import type { Run } from "../ledger/run.ts";
import type { StartOptions } from "../run/start/start-job.ts";
import { askQueue } from "./ask-queue.ts";
import { nameQueue } from "./name-queue.ts";

/** A start as it is handed out. `run` is the id that was promised: the first run that the start opens has it. */
export interface QueuedStart {
  readonly run: string;
  readonly options: StartOptions;
  /** Who handed it out; not given by earlier versions. */
  readonly actor?: Actor;
}

/** What a start came to: its exit code, the runs that it worked on, and what a person reads. */
export interface StartResult {
  readonly exit: ExitCode;
  readonly runs: readonly string[];
  readonly says: string;
}

/** `waits`: for a worker. `begun`: a worker is at it. */
export type StartState =
  | { readonly kind: "waits" }
  | { readonly kind: "begun" }
  | { readonly kind: "ended"; readonly result: StartResult };

type JobAtBank = Pick<Run, "bank" | "job">;

const PREFIX = "tieout-start";
/** A worker that has said nothing for so long has lost its start; the least that pg-boss allows. */
const SILENT_SECONDS = 10;
const KEEP_SECONDS = 30 * 86_400;
const OPTIONS = {
  policy: "exclusive",
  heartbeatSeconds: SILENT_SECONDS,
  expireInSeconds: 23 * 3600,
  retryLimit: 1_000,
  retryDelay: 1,
  retentionSeconds: KEEP_SECONDS,
  deleteAfterSeconds: KEEP_SECONDS,
} as const;
const WAYS = { pollingIntervalSeconds: 1, heartbeatRefreshSeconds: SILENT_SECONDS / 3 } as const;

/** The names of the jobs whose starts a process takes. */
export function jobsServed(workers: readonly Pick<InstanceWorker, "queue">[]): readonly string[] {
  return workers
    .map(({ queue }) => queue.split("/"))
    .flatMap(([prefix, job]) => (prefix === PREFIX && job !== undefined ? [job] : []))
    .sort();
}

/** Methods reject with FatalError `ledger_failed` for troubles of the server. */
export class StartQueue {
  readonly #boss: PgBoss;

  constructor(boss: PgBoss) {
    this.#boss = boss;
  }

  /** Whether a worker that was heard of lately takes starts of the job. */
  async isServed(of: JobAtBank): Promise<boolean> {
    const queue = nameQueue(PREFIX, of);
    const instances = await askQueue(() => this.#boss.getInstances());
    return instances.some(({ live, workers }) => live && workers.some((one) => one.queue === queue));
  }

  /** False when a start of the job waits or is under way: that one is to end first. */
  async put(of: JobAtBank, start: QueuedStart): Promise<boolean> {
    const queue = nameQueue(PREFIX, of);
    await askQueue(() => this.#boss.createQueue(queue, OPTIONS));
    return (await askQueue(() => this.#boss.send(queue, start, { singletonKey: "start" }))) !== null;
  }

  /** By the whole id that was promised; none when there is no such start. */
  async find(run: string): Promise<StartState | undefined> {
    const queues = await askQueue(() => this.#boss.getQueues());
    for (const { name } of queues.filter((one) => one.name.startsWith(`${PREFIX}/`))) {
      const [job] = await askQueue(() => this.#boss.findJobs<QueuedStart>(name, { data: { run } }));
      if (job === undefined) continue;
      if (job.state === "completed") return { kind: "ended", result: job.output as unknown as StartResult };
      return { kind: job.state === "active" ? "begun" : "waits" };
    }
    return undefined;
  }

  /** Performs starts of the job, one after another, until the signal aborts. One that rejects is handed to whoever is next. */
  async serve(
    of: JobAtBank,
    perform: (start: QueuedStart, isLost: AbortSignal) => Promise<StartResult>,
    signal: AbortSignal,
  ): Promise<void> {
    const queue = nameQueue(PREFIX, of);
    await askQueue(() => this.#boss.createQueue(queue, OPTIONS));
    const id = await askQueue(() =>
      this.#boss.work<QueuedStart, StartResult>(queue, WAYS, async ([job]) => {
        if (job === undefined) throw new Error("no start was handed out");
        return perform(job.data, job.signal);
      }),
    );
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    await this.#boss.offWork(queue, { id, wait: true });
  }
}
