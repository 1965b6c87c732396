/**
 * RunSight: a run as people see it while this process works on it. It costs a row a count; all that takes longer is asked when
 * somebody looks, and the ledger seldom.
 */
import type { BankApi } from "../bank/bank-api.ts";
import type { Clock } from "../clock.ts";
import type { Run } from "../ledger/run.ts";
import { CallRate } from "../report/call-rate.ts";
import { type Forecast, secondsLate, writesPerChange } from "../report/forecast.ts";
import type { Activity, CallsNow, RunView, WordsSoFar } from "../report/progress.ts";
import { shownKey } from "../text/shown-key.ts";
import type { RunContext } from "./context.ts";
import { nextStopMs } from "./next-rates.ts";

/** Calls a second are measured over so long. */
const RATE_OVER_MS = 10_000;

/** What a phase does with the run. */
export interface Phase {
  readonly stage: Activity;
  /** Changes that it has to do. */
  readonly of: number;
  /** Once `done` of them are through: what is left of the whole run, and the calls that this phase has made. */
  readonly look: (done: number) => { readonly left: Forecast; readonly made: number };
}

/** A run of which no more is known than what it is. */
export function viewOf(
  { among, clock, isRehearsal }: Pick<RunContext, "among" | "isRehearsal"> & { readonly clock: Pick<Clock, "nowMs"> },
  run: Run,
): Omit<RunView, "stage" | "done"> {
  return {
    run: run.id,
    kind: isRehearsal ? "rehearsal" : run.kind,
    job: run.job,
    file: { key: shownKey(run.file.key), no: among?.no ?? 1, of: among?.of ?? 1 },
    rerunOf: run.rerunOf,
    limit: null,
    of: null,
    rows: run.stage === "read" ? null : run.rows,
    words: null,
    calls: null,
    forecast: null,
    deadlineMs: null,
    share: null,
    nowMs: clock.nowMs(),
  };
}

export class RunSight {
  readonly #context: RunContext;
  readonly #run: Run;
  readonly #bank: Pick<BankApi, "throughput">;
  readonly #limit: number | null;
  readonly #words: WordCounter;
  readonly #rate = new CallRate(RATE_OVER_MS);
  readonly #planned = { changes: 0, operations: 0 };
  /** When the run is to stop, as a person or the job says, and when its time is over. */
  readonly #stopAtMs: number | null;
  readonly #timeoutMs: number;
  /** Calls of earlier processes, and of the phases that are over. */
  #madeBefore: number;
  #endPhase = () => {};

  /** `limit`: of how many rows the run is; null for all. */
  constructor(context: RunContext, run: Run, bank: Pick<BankApi, "throughput">, limit: number | null) {
    const { clock, job, stopAtMs = nextStopMs(job, clock.nowMs()) } = context;
    this.#stopAtMs = stopAtMs;
    this.#timeoutMs = clock.nowMs() + job.runTimeoutMs;
    this.#context = context;
    this.#run = run;
    this.#bank = bank;
    this.#limit = limit;
    this.#words = new WordCounter(context, run);
    this.#madeBefore = (run.calls?.reads ?? 0) + (run.calls?.writes ?? 0);
  }

  /** Shows the phase from now on; what it gives is called for each change that is through. */
  show({ stage, of, look }: Phase): () => void {
    let done = 0;
    this.#endPhase();
    this.#words.expire();
    this.#endPhase = () => {
      this.#madeBefore += look(done).made;
    };
    this.#context.progress.watch(() => {
      const { left, made } = look(done);
      const before = this.#madeBefore + made;
      const share = left.calls === 0 ? 1 : before / (before + left.calls);
      return { ...this.#view(), stage, done, of, forecast: left, deadlineMs: this.#deadlineMs(left), share };
    });
    return () => {
      done += 1;
    };
  }

  /** A change is planned, with so many operations. */
  countPlanned(operations: number): void {
    this.#planned.changes += 1;
    this.#planned.operations += operations;
  }

  /** How many operations a change has, by those that this process has planned. */
  get writesPerChange(): number {
    const { changes, operations } = this.#planned;
    return writesPerChange(changes, operations);
  }

  #deadlineMs(left: Forecast): number | null {
    const deadlineMs = Math.min(this.#stopAtMs ?? Number.POSITIVE_INFINITY, this.#timeoutMs);
    const isLate = secondsLate(left, this.#context.clock.nowMs(), deadlineMs) > 0;
    return this.#stopAtMs !== null || isLate ? deadlineMs : null;
  }

  #view(): Omit<RunView, "stage" | "done"> {
    const words = this.#words.read();
    return { ...viewOf(this.#context, this.#run), limit: this.#limit, words, calls: this.#calls() };
  }

  #calls(): CallsNow {
    const { clock, ledger } = this.#context;
    const { perSecond: pace, reads, writes, slowDowns, pausedMs, isDown } = this.#bank.throughput();
    const perSecond = this.#rate.read(reads.calls + writes.calls, clock.monotonicMs());
    const inFlight = reads.inFlight + writes.inFlight;
    return { perSecond, pace, inFlight, slowDowns, pausedMs, isDown, isShared: ledger.chunks !== null };
  }
}

/** The ledger counts the words no more often than this, and for a fiftieth of the time at most. */
const COUNT_EVERY_MS = 1_000;
const REST_PER_COUNT = 50;

class WordCounter {
  readonly #context: RunContext;
  readonly #run: Run;
  #words: WordsSoFar | null = null;
  #dueMs = Number.NEGATIVE_INFINITY;

  constructor(context: RunContext, run: Run) {
    this.#context = context;
    this.#run = run;
  }

  /** As they were counted last; counts them again for the next time when that is some while ago. */
  read(): WordsSoFar | null {
    // A ledger that cannot be read ends the run, and whatever is seen of it.
    if (this.#context.clock.monotonicMs() >= this.#dueMs) this.#count().catch(() => {});
    return this.#words;
  }

  /** Counts them the next time, however long ago they were counted. */
  expire(): void {
    this.#dueMs = Number.NEGATIVE_INFINITY;
  }

  async #count(): Promise<void> {
    const { ledger, clock } = this.#context;
    this.#dueMs = Number.POSITIVE_INFINITY;
    const beganMs = clock.monotonicMs();
    this.#words = await ledger.rows.countWords(this.#run);
    const endedMs = clock.monotonicMs();
    this.#dueMs = endedMs + Math.max(COUNT_EVERY_MS, REST_PER_COUNT * (endedMs - beganMs));
  }
}
