/**
 * A year of schedules in virtual time: their slots, ticks and looks at expected files are the real ones, over a real ledger. The bucket is a
 * list, and a start takes what is in it.
 */
import { setImmediate as turn } from "node:timers/promises";
import type { Job } from "../../src/job.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { sequenceOf } from "../../src/read/file/sequence.ts";
import type { RunContext } from "../../src/run/context.ts";
import { followExpected } from "../../src/schedule/follow-expected.ts";
import { lookAtExpected } from "../../src/schedule/look-at-expected.ts";
import { createOnTick, type StartEnd } from "../../src/schedule/on-tick.ts";
import { runSchedule } from "../../src/schedule/run-schedule.ts";
import { openSlots } from "../../src/schedule/slots.ts";
import { sourcesOf } from "../../src/source-settings.ts";
import type { StoredFile } from "../../src/store/file-store.ts";
import { ACTOR, BANK, newRun } from "../ledger/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

export interface VirtualFile {
  readonly key: string;
  readonly atMs: number;
  readonly rows: number;
}

const DAY_MS = 86_400_000;
/** The bucket removes its files after so long, as many do. */
const KEPT_MS = 60 * DAY_MS;

export class VirtualYear {
  readonly clock: FakeClock;
  readonly ledger: Ledger;
  /** By job, in order. */
  readonly starts = new Map<string, number[]>();
  readonly #files: ReadonlyMap<string, readonly VirtualFile[]>;
  readonly #isDown: (job: string, atMs: number) => boolean;
  #busy = 0;
  readonly #taken = new Set<string>();

  /** `isDown`: the bank is away for the job then. */
  constructor(
    fromMs: number,
    ledger: Ledger,
    files: ReadonlyMap<string, readonly VirtualFile[]>,
    isDown: (job: string, atMs: number) => boolean,
  ) {
    this.clock = new FakeClock(fromMs);
    this.ledger = ledger;
    this.#files = files;
    this.#isDown = isDown;
  }

  /** A process with `tieout schedule` for these jobs, from now until then. */
  async run(jobs: readonly Job[], untilMs: number): Promise<void> {
    const { clock, starts } = this;
    const stopper = new AbortController();
    const following = { clock, signal: stopper.signal, lookMs: DAY_MS };
    const onTick = createOnTick({
      clock,
      signal: stopper.signal,
      onAgain() {},
      freeFromMs: (job, atMs) => (job.schedule ? openSlots(job.schedule, job.name).freeFromMs(atMs) : atMs),
      onBlackout() {},
      async onGivenUp() {},
    });
    const tick = async (job: Job) => void (await onTick(job, () => this.#work(() => this.#start(job))));
    const running = [
      runSchedule(
        jobs,
        {
          async onBegin({ name }, slots) {
            const last = starts.get(name)?.at(-1);
            const job = jobs.find((one) => one.name === name);
            if (job && last !== undefined && slots.findLast(last, clock.nowMs()) !== undefined) await tick(job);
          },
          onTick: (job) => tick(job),
          onNone() {},
          onMissed() {},
        },
        following,
      ),
      ...jobs.map((job) => followExpected(() => this.#work(() => lookAtExpected(this.#context(job))), following)),
    ];
    while (clock.nowMs() < untilMs) {
      await this.#idle();
      await clock.advance(Math.min(clock.nextInMs ?? DAY_MS, untilMs - clock.nowMs()));
    }
    await this.#idle();
    stopper.abort();
    await Promise.all(running);
  }

  /** Nobody is there. */
  async pass(untilMs: number): Promise<void> {
    await this.clock.advance(untilMs - this.clock.nowMs());
  }

  async #idle(): Promise<void> {
    do await turn();
    while (this.#busy > 0);
  }

  async #work<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#busy += 1;
    try {
      return await act();
    } finally {
      this.#busy -= 1;
    }
  }

  async #start(job: Job): Promise<StartEnd> {
    const nowMs = this.clock.nowMs();
    this.starts.set(job.name, [...(this.starts.get(job.name) ?? []), nowMs]);
    if (this.#isDown(job.name, nowMs)) return "stopped";
    for (const file of this.#listed(job)) await this.#take(job, file);
    await lookAtExpected(this.#context(job));
    return "ended";
  }

  #listed({ name }: Job): readonly VirtualFile[] {
    const nowMs = this.clock.nowMs();
    return (this.#files.get(name) ?? []).filter(({ atMs }) => atMs <= nowMs && atMs > nowMs - KEPT_MS);
  }

  async #take(job: Job, { key, atMs, rows }: VirtualFile): Promise<void> {
    const { runs } = this.ledger;
    const nowMs = this.clock.nowMs();
    const stored = storedFile(key, atMs);
    if (this.#taken.has(key)) return;
    this.#taken.add(key);
    const pattern = sourcesOf(job)[0]?.pattern;
    const sequence = pattern && sequenceOf(key, pattern);
    const file = { ...stored, place: "s3://in", sha256: key, ...(sequence !== undefined && { sequence }) };
    const opened = newRun(`run-${this.#taken.size}`, { job: job.name, file, startedAtMs: nowMs });
    const run = await runs.open(BANK, opened, [file]);
    await runs.record(run, { rows, stage: "report" });
    const published = { number: await runs.openPublication(run), summary: "{}", exit: 0, final: true } as const;
    await runs.recordPublication(run, { ...published, atMs: nowMs });
  }

  #context(job: Job): RunContext {
    const listed = this.#listed(job).map(({ key, atMs }) => storedFile(key, atMs));
    const store = {
      place: "s3://in",
      async *list() {
        yield* listed;
      },
    };
    const silent = { info() {}, warn() {}, error() {} };
    const { clock, ledger } = this;
    const made = { job, jobPath: "jobs/a.ts", bankName: BANK, ledger, clock, log: silent, actor: ACTOR };
    return { ...made, openStore: async () => store } as unknown as RunContext;
  }
}

function storedFile(key: string, atMs: number): StoredFile {
  return { key, size: 9, lastModifiedMs: atMs, etag: `"${key}"` };
}
