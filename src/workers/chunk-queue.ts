/**
 * The queue of chunks, kept by pg-boss on the ledger's own database: it hands each chunk to one worker, and hands it on when that one is
 * silent. What is to be done and who may still write, the ledger says; a lost or a doubled entry here costs time only.
 */
import type { PgBoss } from "pg-boss";
import { loadPeer } from "../ledger/postgres/load-peer.ts";
import { isGone } from "../ledger/postgres/troubles.ts";
import { askQueue } from "./ask-queue.ts";
import { jobsServed, StartQueue } from "./start-queue.ts";

/** A worker that has said nothing for so long has lost its chunk; the least that pg-boss allows. */
export const SILENT_SECONDS = 10;

/** A chunk as the queue hands it out. */
export interface QueuedChunk {
  readonly run: string;
  readonly no: number;
  readonly queue: string;
  /** This handing out of it, and no later one. */
  readonly attempt: { readonly id: string; readonly retryCount: number };
}

/** Chunks of one phase are handed out in their order, and a revived one before all others. */
const OPTIONS = {
  policy: "exclusive",
  heartbeatSeconds: SILENT_SECONDS,
  expireInSeconds: 23 * 3600,
  retryLimit: 1_000,
  retryDelay: 0,
  retentionSeconds: 30 * 86_400,
  deleteAfterSeconds: 3_600,
} as const;

/** How often each process looks for workers that are silent. */
const LOOK_SECONDS = 1;
/** How often each process says that it is there, and which starts it takes; three times as long without a word, and it is gone. */
const HEARD_SECONDS = 3;
const MOST_CONNECTIONS = 3;
/** Whatever is asked of the queue is small; without an answer for so long the way to the server is cut. */
const ANSWER_MS = 30_000;
/** pg-boss takes so many in one statement without trouble. */
const AT_ONCE = 1_000;

export interface QueueAddress {
  readonly url: string;
  /** A schema of the queue's own, beside the ledger's. */
  readonly schema: string;
  /** Names this process. */
  readonly owner: string;
  readonly onError: (error: Error) => void;
}

/** A process that has opened the queue. */
export interface QueueProcess {
  readonly name: string;
  readonly host: string;
  readonly sinceMs: number;
  /** Whose starts it takes. */
  readonly jobs: readonly string[];
}

/** Rejects with FatalError `ledger_unusable` when pg-boss is not installed. */
export const loadBoss = () => loadPeer("pg-boss", () => import("pg-boss"));

interface ChunkData {
  readonly run: string;
  readonly no: number;
}

/** What those who work on chunks ask of the queue. */
export type ChunkHandout = Pick<ChunkQueue, "put" | "take" | "touch" | "done" | "giveBack">;

/** Methods reject with FatalError `ledger_failed` for troubles of the server. */
export class ChunkQueue implements AsyncDisposable {
  readonly #boss: PgBoss;
  readonly #made = new Map<string, Promise<void>>();

  private constructor(boss: PgBoss) {
    this.#boss = boss;
  }

  static async open({ url, schema, owner, onError }: QueueAddress): Promise<ChunkQueue> {
    const { PgBoss } = await loadBoss();
    const boss = new PgBoss({
      connectionString: url,
      application_name: "tieout-queue",
      schema,
      max: MOST_CONNECTIONS,
      // For pg; the types of pg-boss leave it out.
      ...{ query_timeout: ANSWER_MS },
      schedule: false,
      superviseIntervalSeconds: LOOK_SECONDS,
      monitorIntervalSeconds: LOOK_SECONDS,
      instanceName: owner,
      instanceHeartbeatSeconds: HEARD_SECONDS,
    });
    boss.on("error", onError);
    await askQueue(() => boss.start());
    return new ChunkQueue(boss);
  }

  /** Starts that are handed to workers. */
  get starts(): StartQueue {
    return new StartQueue(this.#boss);
  }

  /** Enqueues chunks; those that are queued or handed out already stay as they are. */
  async put(queue: string, run: string, nos: readonly number[]): Promise<void> {
    const jobs = nos.map((no) => ({
      data: { run, no } satisfies ChunkData,
      singletonKey: `${run}/${no}`,
      priority: -no,
    }));
    await unlessAway(async () => {
      await this.#make(queue);
      for (let from = 0; from < jobs.length; from += AT_ONCE)
        await this.#boss.insert(queue, jobs.slice(from, from + AT_ONCE));
    });
  }

  /** The next chunk, which is then this process's; none when all are taken. */
  async take(queue: string): Promise<QueuedChunk | undefined> {
    const [job] =
      (await unlessAway(async () => {
        await this.#make(queue);
        return this.#boss.fetch<ChunkData>(queue, { includeMetadata: true });
      })) ?? [];
    return job && { ...job.data, queue, attempt: { id: job.id, retryCount: job.retryCount } };
  }

  /** Says that this process is at work on them. Resolves with those that have not been handed to another. */
  async touch(queue: string, chunks: readonly QueuedChunk[]): Promise<ReadonlySet<QueuedChunk>> {
    if (chunks.length === 0) return new Set();
    const attempts = chunks.map(({ attempt }) => attempt);
    const touched = await askQueue(() => this.#boss.touch(queue, attempts));
    // As pg-boss's documentation says; its types leave it out.
    const ids = new Set(Reflect.get(touched, "settled") as readonly string[]);
    return new Set(chunks.filter(({ attempt }) => ids.has(attempt.id)));
  }

  async done({ queue, attempt }: QueuedChunk): Promise<void> {
    await unlessAway(() => this.#boss.complete(queue, { ...attempt }));
  }

  /** Hands it back, for any process to take. */
  async giveBack({ queue, attempt }: QueuedChunk): Promise<void> {
    await unlessAway(() => this.#boss.fail(queue, { ...attempt }));
  }

  /** Processes that have opened the queue, and that have been heard of lately. */
  async listProcesses(): Promise<readonly QueueProcess[]> {
    const instances = await askQueue(() => this.#boss.getInstances());
    return instances
      .filter(({ live }) => live)
      .map(({ name, host, startedOn, workers }) => ({
        name: name ?? "",
        host,
        sinceMs: startedOn.getTime(),
        jobs: jobsServed(workers),
      }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#boss.stop({ graceful: false });
  }

  #make(queue: string): Promise<void> {
    let made = this.#made.get(queue);
    if (made === undefined) {
      made = askQueue(() => this.#boss.createQueue(queue, OPTIONS));
      this.#made.set(queue, made);
      made.catch(() => this.#made.delete(queue));
    }
    return made;
  }
}

/** None while the server is away: whether that ends a run, the ledger finds. What was not put or not noted then is put or handed out again. */
async function unlessAway<Answer>(act: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await askQueue(act);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
