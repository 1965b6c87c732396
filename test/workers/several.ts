/**
 * Several processes at one job over a ledger in PostgreSQL, whom a test disturbs: starts them, waits for a place in the run, and says in the
 * end what has gone wrong, and how long the rows of one that was disturbed had to wait.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { parsePostgresUrl } from "../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../src/ledger/postgres/open-ledger.ts";
import { ask, dropSchema, newSchema, POSTGRES_URL } from "../ledger/postgres/use-postgres.ts";
import { cleanOutcome, LONG_JOB } from "../recovery/long-job.ts";
import { type Life, type Opening, Scene, type StartWays } from "../recovery/scene.ts";
import { wrongsOf } from "../recovery/verdict.ts";

export const TIMEOUT_MS = 180_000;
/** Amid the phase that applies. */
export const SOME_EFFECTS = 200;
/** For the environment of a process that preload.ts is to make another one. */
export const PRELOADED = {
  NODE_OPTIONS: ["../recovery/strike-at.ts", "preload.ts"]
    .map((path) => `--import=${new URL(path, import.meta.url).href}`)
    .join(" "),
};
/** So that a chunk takes a while, and there are many of them. */
const LATENCY_MS = 20;
const POLL_MS = 20;
/** Twice what it may take at the 95th percentile, since a test machine is busy. */
const LONGEST_MS = 30_000;

interface Held {
  readonly phase: "find" | "plan" | "apply";
  readonly after: number;
  readonly upto: number;
  readonly since: number;
}

/** What a process was at when it was struck. */
interface Struck {
  readonly held: readonly Held[];
  readonly atMs: number;
}

const took: string[] = [];
after(() => {
  for (const line of took.splice(0)) process.stdout.write(`  ${line}\n`);
});

export class Several implements AsyncDisposable {
  readonly scene: Scene;
  readonly #server: string;
  readonly #schema: string;
  readonly #lives: Life[] = [];

  private constructor(scene: Scene, server: string, schema: string) {
    this.scene = scene;
    this.#server = server;
    this.#schema = schema;
  }

  /** On that server; a schema of its own there is dropped in the end. */
  static async open(server = POSTGRES_URL, opening: Opening = LONG_JOB): Promise<Several> {
    const schema = newSchema();
    const ledger = urlOf(server, schema);
    // A worker begins none.
    await (await openPostgresLedger(parsePostgresUrl(ledger)))[Symbol.asyncDispose]();
    return new Several(await Scene.open({ ...opening, latencyMs: LATENCY_MS, ledger }), server, schema);
  }

  start(ways: StartWays = {}): Life {
    const life = this.scene.start(ways);
    this.#lives.push(life);
    return life;
  }

  startWorker(ways: StartWays = {}): Life {
    return this.start({ ...ways, command: "worker" });
  }

  /** The URL of the same ledger where another address leads to its server. */
  ledgerAt(server: string): string {
    return urlOf(server, this.#schema);
  }

  ask(sql: string) {
    return ask(sql.replaceAll("$schema", this.#schema), this.#server);
  }

  /** Waits until the bank has had so many effects. Throws when `life` has ended before. */
  untilEffects(count: number, life: Life): Promise<void> {
    return until(async () => this.scene.bank.effects.length >= count, life);
  }

  signalAll(signal: NodeJS.Signals): void {
    for (const { child } of this.#lives) child.kill(signal);
  }

  /** Waits until there is something for workers to do. */
  untilChunks(life: Life): Promise<void> {
    return until(async () => (await this.#heldBy(life)).length > 0, life);
  }

  /** Waits until the run has ended, whoever ends it. Throws when nobody is left who could. */
  async untilOver(): Promise<void> {
    while ((await this.ask("SELECT 1 FROM $schema.runs WHERE ended_at IS NULL")).length > 0) {
      const isOver = this.#lives.every(({ child }) => child.exitCode !== null || child.signalCode !== null);
      if (isOver)
        throw new Error((await Promise.all(this.#lives.map(({ ended }) => ended))).map(({ err }) => err).join());
      await sleep(POLL_MS);
    }
  }

  /** As soon as the process has begun on one more chunk of the phase; with a signal for it, unless something else is to befall it. */
  async strike(life: Life, signal: NodeJS.Signals | null, phase: Held["phase"] = "apply"): Promise<Struck> {
    const fromMs = Date.now();
    let held: readonly Held[] = [];
    await until(async () => {
      held = await this.#heldBy(life);
      return held.some((one) => one.phase === phase && one.since >= fromMs);
    }, life);
    if (signal !== null) life.child.kill(signal);
    return { held, atMs: Date.now() };
  }

  /**
   * How long what it held had to wait for another process: in milliseconds. Asserted, and printed at the end. What is left of a run may be
   * too little for chunks; then the first of those rows to end counts.
   */
  async expectTakenOver({ held, atMs }: Struck, what: string): Promise<number> {
    const begun = await Promise.all(
      held.map(async ({ phase, after: from, upto }) => {
        const [first] = await this.ask(`SELECT coalesce(
          (SELECT min(since) FROM $schema.chunks
            WHERE phase = '${phase}' AND since > ${atMs} AND after < ${upto} AND upto > ${from}),
          (SELECT min(at) FROM $schema.ends WHERE at > ${atMs} AND change > ${from} AND change <= ${upto})) AS ms`);
        return first?.ms == null ? [] : [Number(first.ms) - atMs];
      }),
    );
    const waits = begun.flat();
    expect(waits, `${what}: nobody has taken its rows over`).to.not.have.length(0);
    const longest = Math.max(...waits);
    took.push(`${what}: its rows went on after ${(longest / 1_000).toFixed(1)} s`);
    expect(longest).to.be.at.most(LONGEST_MS);
    return longest;
  }

  /** What is wrong with what has come of it; nothing when each row was worked on as by one process that nobody disturbs. */
  async wrongs(where: string): Promise<readonly string[]> {
    const bodies = new Map<string, Set<string>>();
    for (const { idempotencyKey, method, path, body } of this.scene.bank.writes) {
      if (idempotencyKey === undefined) continue;
      const known = bodies.get(idempotencyKey) ?? new Set();
      bodies.set(idempotencyKey, known.add(`${method} ${path} ${JSON.stringify(body)}`));
    }
    const doubled = [...bodies].filter(([, { size }]) => size > 1).map(([key]) => `${where}: two bodies under ${key}`);
    const ends = await this.scene.countEnds();
    const published = ends === 1 ? [] : [`${where}: ${ends} final results`];
    return [...wrongsOf(await this.scene.look(), await cleanOutcome(), where), ...doubled, ...published];
  }

  async #heldBy({ child: { pid } }: Life): Promise<readonly Held[]> {
    const rows = await this.ask(`SELECT phase, after, upto, since FROM $schema.chunks
      WHERE ended_at IS NULL AND holder LIKE '% pid ${pid} %'`);
    return rows.map((row) => ({ ...row, since: Number(row.since) }) as Held);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signalAll("SIGKILL");
    await Promise.all(this.#lives.map(({ ended }) => ended));
    await this.scene[Symbol.asyncDispose]();
    if (this.#server === POSTGRES_URL) for (const name of ["", "_queue"]) await dropSchema(this.#schema + name);
  }
}

/** The end of a process with that exit code; resolves with what it has said. */
export async function expectEnd({ ended }: Life, code = 3): Promise<string> {
  const end = await ended;
  expect(end.code, end.err).to.equal(code);
  return end.err;
}

function urlOf(server: string, schema: string): string {
  const url = new URL(server);
  url.searchParams.set("schema", schema);
  return url.href;
}

async function until(isSo: () => Promise<boolean>, { child, ended }: Life): Promise<void> {
  while (!(await isSo())) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it has ended: ${(await ended).err}`);
    await sleep(POLL_MS);
  }
}
